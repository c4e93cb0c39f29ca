"""What an event says of the one before it: the old state of what has changed."""

from __future__ import annotations

from dataclasses import replace

from ..compile.build import Built
from ..evidence.changes import newer
from ..evidence.leaves import Leaf, Spot, time_of
from ..evidence.outline import Outline
from ..values.state import Cell, State, Writer

#: Behind a place: what was said there in the event before.
BEFORE = "\0before"


class History:
    """Knows which fields of an example are the old states of which others."""

    def __init__(self, whole: Outline) -> None:
        self._newer = dict(newer(whole))
        self._new = frozenset(self._newer.values())
        self._order = {spot: place for place, spot in enumerate(whole.leaves)}

    def is_old(self, spot: Spot) -> bool:
        """Whether a field is what another one was before."""
        return spot in self._newer

    def is_new(self, spot: Spot) -> bool:
        """Whether a field is what another one has become."""
        return spot in self._new

    def before(self, spot: Spot, first: Writer) -> Built:
        """What the new state was in the event before; at first as ``first`` says."""
        newer_spot = self._newer[spot]
        is_later = self._order[newer_spot] < self._order[spot]
        said = (*newer_spot, BEFORE) if is_later else newer_spot

        def write(state: State, cell: Cell) -> str:
            known = state.said.get(said)
            return first(state, cell) if known is None else known

        return Built(write)

    def told(self, leaf: Leaf, built: Built) -> Built:
        """``built``, so that others repeat it, where it is a time."""
        if time_of(leaf) is None:
            return built
        if self.is_old(leaf.spot):
            return self.before(leaf.spot, built.write)
        return telling(built, leaf.spot) if self.is_new(leaf.spot) else built


def again(spot: Spot) -> Built:
    """A number that another field has said in this event."""
    return Built(lambda state, cell: state.said[spot])


def telling(built: Built, spot: Spot) -> Built:
    """A number that says what others repeat."""
    inner = built.write

    before = (*spot, BEFORE)

    def write(state: State, cell: Cell) -> str:
        text = inner(state, cell)
        if spot in state.said:
            state.said[before] = state.said[spot]
        state.said[spot] = text
        return text

    return replace(built, write=write)
