"""Fields that follow from others by themselves: of a block before, of a text."""

from __future__ import annotations

from ...schema.jsontext import dumps
from ..compile.build import Built
from ..evidence.chains import Block, height_of
from ..evidence.leaves import Leaf, Spot
from ..evidence.outline import Outline
from .earlier import BEFORE, without_tags


def linked(leaf: Leaf, whole: Outline) -> Built | None:
    """The writer of a block's height, or of the hash of the block before it.

    Also of a new text that is written again with tags; None for all other fields.
    """
    plain = without_tags(str(leaf.value))
    for spot in whole.messages if plain != leaf.value else ():
        message = whole.leaves[spot]
        if spot[:-1] == leaf.spot[:-1] and message.value == plain:
            return _tagged(str(leaf.value), plain, spot)
    for block in whole.blocks:
        if leaf.spot == block.before:
            return _parent(leaf, block)
        if leaf.spot == block.height:
            return _height(leaf)
    return None


def _tagged(text: str, plain: str, spot: Spot) -> Built:
    """A text between the tags that the example has around it."""
    head, _, tail = text.partition(plain)
    around, first = (dumps(head)[:-1], dumps(tail)[1:]), dumps(plain)
    return Built(lambda state, cell: state.said.get(spot, first)[1:-1].join(around))


def _parent(leaf: Leaf, block: Block) -> Built:
    """The hash of the block that the event before was about."""
    first, latest = str(leaf.value), (*block.own, BEFORE)
    return Built(lambda state, cell: dumps(state.said.get(latest, first)))


def _height(leaf: Leaf) -> Built:
    """One more with each event, in the form of the example."""
    first = height_of(leaf.value) or 0
    if isinstance(leaf.value, int):
        return Built(lambda state, cell: str(first + state.number))
    form = '"0x%x"' if str(leaf.value)[1:2] == "x" else '"%d"'
    return Built(lambda state, cell: form % (first + state.number))
