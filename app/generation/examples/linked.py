"""Fields that follow from others by themselves: of a block before, of a text."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping

from ...schema.jsontext import dumps
from ..compile.build import Built
from ..evidence.chains import Block, height_of
from ..evidence.leaves import Leaf, Spot, words
from ..evidence.outline import Outline
from ..evidence.repeats import Piece
from ..evidence.utterances import OWN_WORDS, TAGS
from ..values.census import Census
from ..values.sentences import sentences
from ..values.state import Cell, State
from ..values.wording import reworded
from .earlier import BEFORE

#: Shorter texts are in others by chance; of more messages none are looked for.
_LEAST_COPIED, _MAX_COPIED = 8, 8
#: How a number is written in hexadecimal digits.
_HEXADECIMAL = '"0x%x"'
#: Longer texts are not looked through for numbers.
_LONGEST = 400
_DIGITS = re.compile(r"(?<![^\W_])(\d{3,19})(?![^\W_])")
#: A number of fewer digits is found in a text by chance.
_LEAST_DIGITS = 4


class Copies:
    """The new texts of an example that several fields have, in others or with tags."""

    def __init__(self, whole: Outline, census: Census) -> None:
        #: What makes each such text, by where the first field is that has it.
        self.announcers: dict[Spot, Callable[[State], str]] = {}
        self._parts: dict[Spot, tuple[str, Spot, str]] = {}
        said = {str(leaf.value) for leaf in whole.leaves.values()}
        cores: dict[str, Spot] = {}
        for spot, about in whole.messages.items():
            core = TAGS.sub("", str(whole.leaves[spot].value)).strip()
            if about != "delta" and len(core) >= _LEAST_COPIED:
                cores.setdefault(core, spot)
        for core, spot in [*cores.items()][:_MAX_COPIED]:
            found = [leaf for leaf in whole.leaves.values() if core in str(leaf.value)]
            make = _maker(core, whole.leaves[spot], whole.messages[spot], said, census)
            if len(found) > 1 and make is not None:
                self.announcers[spot] = make
                for leaf in found:
                    head, _, tail = str(leaf.value).partition(core)
                    self._parts.setdefault(leaf.spot, (head, spot, tail))

    def built(self, leaf: Leaf) -> Built | None:
        """The writer of a text that others have, too; None for any other field."""
        if leaf.spot not in self._parts:
            return None
        head, source, tail = self._parts[leaf.spot]
        return Built(lambda state, cell: dumps(head + state.said[source] + tail))


def _maker(
    text: str, leaf: Leaf, about: str, said: Collection[str], census: Census
) -> Callable[[State], str] | None:
    """What makes other texts like one that is ``about`` something."""
    if about == OWN_WORDS:
        make = reworded(text, said)
        return None if make is None else lambda state: make(state.random)
    plain = sentences(leaf.name, about)
    return lambda state: plain(state, census, state.number % 2)


def linked(leaf: Leaf, whole: Outline) -> Built | None:
    """The writer of a block's height, of what it uses, or of the hash before its own.

    None for all other fields.
    """
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


def follower(
    leaf: Leaf, parts: tuple[str | Piece, ...], leaves: Mapping[Spot, Leaf]
) -> Built:
    """A text that repeats identifiers, also one that does so in Base64."""

    def text(state: State) -> str:
        return "".join(
            [p if isinstance(p, str) else p.of(state.said[p.spot]) for p in parts]
        )

    if isinstance(leaf.value, int):
        return Built(lambda state, cell: text(state))
    own = [p if isinstance(p, str) else p.of(str(leaves[p.spot].value)) for p in parts]
    if "".join(own) != leaf.value:
        return Built(
            lambda state, cell: dumps(b64encode(text(state).encode()).decode())
        )
    return Built(lambda state, cell: dumps(text(state)))


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
