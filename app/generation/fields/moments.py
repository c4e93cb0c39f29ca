"""Which point in time a field means, by its name and its example.

Most clocks show the time of the event. Others keep their distance to it: an
alarm began some minutes before it was last updated, a token expires an hour
after it was issued. The distance is the one between the examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import TypeAlias

from ...data import table
from ...resources.inflection import MAX_NAME_LENGTH, words
from ..values.state import RENEW, Cell, Draft, Layout, State
from .parts import role_of
from .places import Place

#: Gives the milliseconds since 1970 that a field shows in an event.
Moment: TypeAlias = Callable[[State, Cell], int]

#: Words of names of when a document was made, whatever is in it.
MADE = frozenset("""
    current date datetime downloaded dt edge epoch event fetched generated iso local
    message micro ms now nano ns polled queried realtime refreshed report requested
    retrieved served server system t time timestamp ts tst unix us utc
    """.split())
#: Words of names of when what an event tells was so.
_TOLD = frozenset("""
    activity changed effective fired logged measured modified observed occurred reading
    received recorded reported seen sent stored update updated
    """.split())
_DAY = 86_400_000
_FIVE_MINUTES = 300_000


#: What a word ends in that is run into another one: ``cacheexpire``.
_ENDS = ("expire", "expires", "expiry")
#: A word that another one of a time is run into: ``startdate``.
_RUN_IN = re.compile("(start|end|begin|create|update|event|expiry)(?:date|time)")
#: Last words of the names of what tells an object from others.
_OWN_IDS = (["id"], ["uuid"], ["key"], ["number"])


class When(Enum):
    """What kind of time a name stands for."""

    #: The time of the event.
    NOW = "now"
    #: When the entity began to be; it stays.
    SINCE = "since"
    #: Something that is to come.
    UNTIL = "until"
    #: A date that has nothing to do with now: a birthday.
    OWN = "own"


@cache
def moments() -> Mapping[str, When]:
    """Phrases of names, and the time that they stand for."""
    kinds = table("roles/moments")["moments"].items()
    return {phrase: When(kind) for kind, names in kinds for phrase in names}


#: Words that say that a name is of a time, and not of which.
_SUFFIXES = frozenset("""at on time date timestamp ts utc ms local gmt iso unix nano in
    seconds millis micro micros epoch""".split())


def when(name: str) -> When | None:
    """What kind of time a field of this name shows, None for an unknown name."""
    return _when(name[-MAX_NAME_LENGTH:])


@lru_cache(maxsize=4096)
def _when(name: str) -> When | None:
    first = words(name)
    if "next" in first or (first and first[-1].endswith(_ENDS)):
        return When.UNTIL
    if first[-1:] == ["id"] or first[:2] == ["time", "since"]:
        return None
    if first[-2:] == ["arrival", "timestamp"]:
        return When.NOW
    while (
        len(first) > 1 and first[-1] in _SUFFIXES and "_".join(first) not in moments()
    ):
        first = first[:-1]
    kind = role_of("_".join(first), moments()) or role_of(name, moments())
    run_in = _RUN_IN.fullmatch(first[-1]) if first and kind is None else None
    return kind if run_in is None else moments().get(f"{run_in[1]}_time")


def is_told_time(name: str) -> bool:
    """Whether a name is that of when something was told, or was so: ``updatedAt``."""
    parts = words(name[-MAX_NAME_LENGTH:])
    return len(name) == 1 or MADE.issuperset(parts) or not _TOLD.isdisjoint(parts)


def moment(
    place: Place,
    example: int | None,
    base: int | None,
    layout: Layout,
    has_date: bool = True,
) -> Moment:
    """The time that a field shows.

    ``example`` is the field's own and ``base`` the present of the whole
    example, both in milliseconds since 1970. ``has_date`` is False for a time
    of day.
    """
    kind = when(place.name) or When.NOW
    distance = 0 if example is None or base is None else example - base
    if example is None and not has_date and kind is not When.NOW:
        return _stays(_soon if kind is When.UNTIL else _lately, layout)
    if kind is When.NOW:
        if -_DAY < distance < -1000:
            return lambda state, cell: state.time() + distance
        return _now
    if kind is When.OWN:
        return _stays(_own(example), layout)
    if kind is When.SINCE and distance >= 0:
        if place.is_entity and not place.fresh:
            return _stays(_days_ago, layout)
        if any(words(name)[-1:] in _OWN_IDS for name in place.siblings):
            return _stays(lambda state, draft: state.now_ms, layout)
        return _now
    if kind is When.UNTIL and distance <= 0:
        return _stays(_to_come, layout)
    return _stays(lambda state, draft: state.now_ms + distance, layout)


def _now(state: State, cell: Cell) -> int:
    return state.time()


def _stays(start: Callable[[State, Draft], int], layout: Layout) -> Moment:
    slot = layout.slot(start)

    def show(state: State, cell: Cell) -> int:
        if state.restless < RENEW:
            moment: int = cell[slot]
            return moment
        return state.time()

    return show


def _own(example: int | None) -> Callable[[State, Draft], int]:
    def start(state: State, draft: Draft) -> int:
        if example is not None and draft.position == 0:
            return example
        centre = example if example is not None else state.now_ms - 12_000 * _DAY
        return centre + int((state.random() - 0.5) * 6_000 * _DAY)

    return start


def _days_ago(state: State, draft: Draft) -> int:
    return state.now_ms - int((1 + state.random() * 400) * _DAY)


def _soon(state: State, draft: Draft) -> int:
    return state.now_ms + int(1 + state.random() * 24) * _FIVE_MINUTES


def _lately(state: State, draft: Draft) -> int:
    return state.now_ms - int(1 + state.random() * 24) * _FIVE_MINUTES


def _to_come(state: State, draft: Draft) -> int:
    return state.now_ms + int((0.05 + state.random() * 5) * _DAY)
