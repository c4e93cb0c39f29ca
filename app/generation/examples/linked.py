"""The members of a block that follow from the block before."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema.jsontext import dumps
from ..compile.build import Built
from ..evidence.chains import Block, height_of
from ..evidence.leaves import Leaf
from .earlier import BEFORE


def linked(leaf: Leaf, blocks: Iterable[Block]) -> Built | None:
    """The writer of a block's height, or of the hash of the block before it.

    None for all other fields.
    """
    for block in blocks:
        if leaf.spot == block.before:
            return _parent(leaf, block)
        if leaf.spot == block.height:
            return _height(leaf)
    return None


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
