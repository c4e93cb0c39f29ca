"""Fields that follow from others by themselves: of a block before, of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...schema.jsontext import dumps
from ..compile.build import Built
from ..evidence.chains import Block, height_of
from ..evidence.leaves import Leaf, Spot, words
from ..evidence.outline import Outline
from ..values.state import Cell, State
from .earlier import BEFORE, without_tags

#: How a number is written in hexadecimal digits.
_HEXADECIMAL = '"0x%x"'
#: Longer texts are not looked through for numbers.
_LONGEST = 400
_DIGITS = re.compile(r"(?<![^\W_])(\d{3,19})(?![^\W_])")
#: A number of fewer digits is found in a text by chance.
_LEAST_DIGITS = 4


def linked(leaf: Leaf, whole: Outline) -> Built | None:
    """The writer of a block's height, of what it uses, or of the hash before its own.

    Also of a new text that is written again with tags; None for all other fields.
    """
    plain = without_tags(str(leaf.value))
    for spot in whole.messages if plain != leaf.value else ():
        message = whole.leaves[spot]
        if spot[:-1] == leaf.spot[:-1] and message.value == plain:
            return _tagged(str(leaf.value), plain, spot)
    for block in whole.blocks:
        before = whole.leaves.get(block.before or ())
        if before is not None and leaf.value == before.value:
            return _parent(leaf, block)
        if leaf.spot == block.height:
            return _height(leaf)
        if leaf.spot[:-1] == block.own[:-1] and _is_used(leaf):
            return _used(leaf)
    return None


def numbered(leaf: Leaf, strides: Mapping[str, int]) -> Built | None:
    """A text without spaces that has numbers of sequences in it, None for any other.

    ``strides`` say how far each rises from event to event, by its digits.
    """
    text = leaf.value
    if not strides or not isinstance(text, str) or " " in text[:_LONGEST]:
        return None
    if len(text) > _LONGEST:
        return None
    pieces = _DIGITS.split(text)
    found = [at for at in range(1, len(pieces), 2) if pieces[at] in strides]
    if not any(len(pieces[at]) >= _LEAST_DIGITS for at in found):
        return None
    steps = {at: (int(pieces[at]), strides[pieces[at]]) for at in found}

    def write(state: State, cell: Cell) -> str:
        parts = [
            str(steps[at][0] + steps[at][1] * state.number) if at in steps else piece
            for at, piece in enumerate(pieces)
        ]
        return dumps("".join(parts))

    return Built(write)


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
    form = _HEXADECIMAL if str(leaf.value)[1:2] == "x" else '"%d"'
    return Built(lambda state, cell: form % (first + state.number))


def _is_used(leaf: Leaf) -> bool:
    """Whether a field says in hexadecimal digits how much a block uses: ``gasUsed``."""
    is_text = isinstance(leaf.value, str) and leaf.value[:2] == "0x"
    return is_text and leaf.last == "used" and height_of(leaf.value) is not None


def _used(leaf: Leaf) -> Built:
    """Another amount in each block, within the limit beside it."""
    usual = height_of(leaf.value) or 0
    limits = [v for n, v in leaf.siblings.items() if words(n)[-1:] == ("limit",)]
    most = min([2 * usual, *filter(None, map(height_of, limits))])
    return Built(
        lambda state, cell: _HEXADECIMAL
        % (usual // 2 + int(state.random() * (most - usual // 2)))
    )
