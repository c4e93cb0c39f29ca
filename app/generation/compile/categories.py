"""Words out of a few: mostly the same as before, and now and then another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..fields.places import Place
from ..values.state import CHANGE, Cell, Draft, Layout, State, Writer
from .build import Built

#: How often an entity's word is drawn again, per event.
_MOVES = 0.06
#: How many new records have the example's word.
_EXAMPLE_SHARE = 0.5


def sticky(
    choices: Sequence[str], hints: Sequence[str], place: Place, layout: Layout
) -> tuple[Writer, Callable[[Cell], str]]:
    """One of ``choices``, JSON texts in which a common one occurs more often.

    The result writes it, and reads it again.

    The first entities begin with ``hints``. Of the records that are new in every
    event, half have those, and the others what is common.
    """
    distinct = tuple(dict.fromkeys(choices))
    if len(distinct) == 1:
        only = distinct[0]
        return (lambda state, cell: only), (lambda cell: only)
    count = len(choices)

    def start(state: State, draft: Draft) -> str:
        if state.restless:
            return distinct[int(state.random() * len(distinct))]
        if draft.position < len(hints) and not place.fresh:
            return hints[draft.position]
        if hints and state.random() < _EXAMPLE_SHARE:
            return hints[draft.position % len(hints)]
        return choices[int(state.random() * count)]

    def write(state: State, cell: Cell) -> str:
        word: str = cell[slot]
        if state.restless >= CHANGE:
            others = [choice for choice in distinct if choice != word]
            cell[slot] = word = others[int(state.random() * len(others))]
        elif state.random() < _MOVES:
            cell[slot] = word = choices[int(state.random() * count)]
        return word

    def read(cell: Cell) -> str:
        word: str = cell[slot]
        return word

    slot = layout.slot(start)
    if place.fresh:
        return (lambda state, cell: cell[slot]), read
    return write, read


def one_of(texts: Sequence[str], layout: Layout) -> Built:
    """The writer of one of some texts, another one for each record."""
    slot = layout.slot(lambda state, draft: texts[int(state.random() * len(texts))])
    return Built(lambda state, cell: cell[slot])
