"""What comes to be with an event, and what does not: parts of records, games."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....words import Json
from ..leaves import Leaf, Spot, plain, words
from ..renewal import (
    JUST_NOW,
    NAMES_OF_THINGS,
    PAST,
    began_at,
    goes_on,
    lasts,
    own_id,
)

#: Members that say who plays against whom, and when.
_OPPONENTS = ({"awayteam", "hometeam"}, {"away", "home"}, {"teams"})
_KICKOFFS = frozenset("""
    commencetime gamedate gametime kickoff kickofftime matchdate matchtime
    scheduledstart startdate starttime
    """.split())

#: What paths call the one of several that goes on.
_GOING_ON = frozenset({"active", "current", "inprogress", "ongoing", "running"})


def is_fixture(example: Json) -> bool:
    """Whether an example is a game of two teams, which has the time when it begins."""
    names = {plain(name) for name in example} if isinstance(example, dict) else set()
    return any(two <= names for two in _OPPONENTS) and not names.isdisjoint(_KICKOFFS)


def is_current(path: str) -> bool:
    """Whether a path ends in a word for the one that goes on: ``entries/current``."""
    return plain(path.rstrip("/").rpartition("/")[2]) in _GOING_ON


def elements_born(
    leaves: Mapping[Spot, Leaf], born: frozenset[Spot], noun: str, present: int | None
) -> frozenset[Spot]:
    """The elements of lists that came to be with the object around them.

    ``born`` are such objects; with a ``noun`` so is the whole, where it has an id. The
    elements say so by a time, and have no name.
    """
    root = [leaf for spot, leaf in leaves.items() if len(spot) == 1]
    around = born | {()} if noun and own_id(root, noun) else born
    if present is None or not around:
        return frozenset()
    return frozenset(_elements(leaves, around, present))


def _elements(
    leaves: Mapping[Spot, Leaf], around: frozenset[Spot], present: int
) -> Iterator[Spot]:
    inside: dict[Spot, list[Leaf]] = {}
    for spot, leaf in leaves.items():
        if len(spot) > 2 and isinstance(spot[-2], int):
            inside.setdefault(spot[:-1], []).append(leaf)
    for spot, members in inside.items():
        holder = str(spot[-2])
        if spot[:-2] not in around or lasts(holder, leaves) or goes_on(holder):
            continue
        is_past = not PAST.isdisjoint(words(holder))
        if is_past or any(plain(leaf.name) in NAMES_OF_THINGS for leaf in members):
            continue
        began = began_at(members)
        if began is not None and 0 <= present - began <= JUST_NOW:
            yield spot
