"""The statistics of services: which of their numbers count what has been done."""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
from itertools import takewhile
from typing import NamedTuple

from ....resources.inflection import singular
from ....words import Json
from ...evidence.leaves import Leaf, Spot, is_element, is_set, time_of, words
from ...evidence.outline import Outline
from ...fields.parts import Part
from ...fields.roles import role_at_end
from ...vocabulary import word_list

#: Fewer of something are counted one by one, and seldom.
_SEVERAL = 20
#: Counters that are smaller than this, and such a share of the largest one beside
#: them, stand still for as long as anybody looks.
_SMALL, _SHARE = 1_000, 1_000
#: As many counters in one object make it one of statistics, or two such large ones.
_MANY, _LARGE = 3, 5_000
#: Longer whole numbers in texts are no counts.
_MAX_DIGITS = 18
#: Words at the start and at the end of names that only say that something is counted.
_MARKS = frozenset("""
    accumulated cmd cnt com count counter cumulative lifetime n nb num number tot total
    """.split())
#: Last words of names that say of which of those that are counted a number is.
_SIDES = frozenset("""
    all down external in incoming input internal local other out outgoing output recv
    remote rx shuffle today tx up xx
    """.split())
#: Words of names behind which is told since when or for whom something was done.
_TOLD = frozenset("after by during for from since to via with".split())
#: Names of objects in which each number counts what went through.
_FLOWS = frozenset({"bandwidth", "network", "traffic"})
#: Words of names of time that a service has spent, and on what; in which units.
_SPENT, _TIMES = "time", frozenset({"micros", "millis", "ms", "nanos", "ns", "us"})
#: Words of names of who plays, whose numbers are those of a game.
_PLAYERS = frozenset("away competitor home player players team teams".split())
#: Names of counters whose words are written as one.
_RUN_IN = re.compile(
    r"(?:total|num)?(?:bytes|packets|messages|msgs|requests)"
    r"(?:read|recv|received|rcvd|sent|written|in|out)"
)
#: Words that end like verbs of what was done.
_NOUNS = re.compile(r".*(?:bleed|breed|creed|feed|need|seed|shed|speed|weed)")
#: Where what is done comes to an end.
_STATES = frozenset({("status",), ("state",), ("conclusion",)})
_OVER = frozenset("""
    aborted canceled cancelled complete completed done ended failed failure finished
    succeeded
    """.split())
_ENDS = (("completed",), ("ended",), ("end",), ("finished",), ("stopped",))
#: Roles of numbers that count nothing, whatever is beside them.
_CODES = frozenset({Part.IDENTITY})


class _Object(NamedTuple):
    """The counters of one object: how many there are, and the largest one."""

    several: int
    largest: int


class Statistics:
    """Tells which numbers of one example count what a service has done."""

    def __init__(self, whole: Outline) -> None:
        self._whole = whole

    def counts(self, leaf: Leaf) -> bool:
        """Whether a number is a counter, in statistics that go on."""
        value = count_in(leaf.value)
        around = self._objects.get(leaf.spot[:-1])
        if value is None or around is None or not _may_count(leaf):
            return False
        if value < _SMALL and value * _SHARE < around.largest:
            return False
        return self._goes_on(leaf, around)

    @cached_property
    def _objects(self) -> dict[Spot, _Object]:
        """The objects that have counters by their names."""
        found: dict[Spot, _Object] = {}
        for spot, leaf in self._whole.leaves.items():
            value = count_in(leaf.value)
            if value is not None and _may_count(leaf):
                before = found.get(spot[:-1], _Object(0, 0))
                largest = max(before.largest, value)
                found[spot[:-1]] = _Object(before.several + 1, largest)
        return found

    def _goes_on(self, leaf: Leaf, around: _Object) -> bool:
        """Whether an object says what a service has done up to now."""
        if self._whole.is_over or self.is_over(leaf):
            return False
        holders = [word for step in leaf.spot[:-1] for word in words(str(step))]
        is_reported = not _reports().isdisjoint(holders)
        is_reported = is_reported or any("uptime" in words(n) for n in leaf.siblings)
        if self._whole.is_event or (self._whole.is_sent and self._whole.ids):
            return is_reported
        is_reported = is_reported or not _reports().isdisjoint(words(self._whole.topic))
        is_large = around.several > 1 and around.largest >= _LARGE
        return is_reported or around.several >= _MANY or is_large

    def is_over(self, leaf: Leaf) -> bool:
        """Whether the object of a number, or one around it, says that it is over."""
        spot = leaf.spot
        return any(spot[:end] in self._ended for end in range(len(spot)))

    @cached_property
    def _ended(self) -> frozenset[Spot]:
        """The objects that say that what they are about is over."""
        return frozenset(
            spot[:-1]
            for spot, leaf in self._whole.leaves.items()
            if says_end(words(leaf.name), leaf.value)
        )


def count_in(value: Json) -> int | None:
    """The count of several that a value may be, also in a text; else None."""
    if isinstance(value, str):
        if not value.isascii() or not value.isdigit() or value[0] == "0":
            return None
        value = int(value) if len(value) <= _MAX_DIGITS else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if value >= _SEVERAL else None


def says_end(name: tuple[str, ...], value: Json) -> bool:
    """Whether a member says that something has come to its end."""
    if name in _STATES:
        return isinstance(value, str) and value.lower() in _OVER
    return bool(value) and name[-1:] in (("at",), ("time",)) and name[-2:-1] in _ENDS


def _may_count(leaf: Leaf) -> bool:
    """Whether a number of several is a counter by its names."""
    if is_element(leaf) or is_set(leaf) or time_of(leaf) is not None:
        return False
    holders, role = _holders(leaf.spot), role_at_end(leaf.name)
    if _is_spent(words(leaf.name)):
        return True
    if role is not None and role.part in _CODES:
        return False
    if any(not _PLAYERS.isdisjoint(words(str(step))) for step in leaf.spot):
        return False
    return is_counted(leaf.name, *holders)


def _holders(spot: Spot) -> list[str]:
    """The names of the objects right around a value, of no list."""
    around = takewhile(lambda step: isinstance(step, str), spot[-2:-4:-1])
    return [str(step) for step in around]


def is_counted(name: str, *holders: str) -> bool:
    """Whether a name is of how often something was done: ``accepted``, ``hit_count``.

    In an object of what is counted each number is, as ``all`` in ``requests``.
    """
    parts = words(name)
    end = next((at for at, word in enumerate(parts) if at and word in _TOLD), None)
    parts = parts[:end]
    if not _gauges().isdisjoint(parts):
        return False
    marked = _unmarked(parts)
    if marked and is_done(marked[-1], len(marked) < len(parts)):
        return True
    if any(map(_RUN_IN.fullmatch, parts)) or _is_of_done(marked):
        return True
    if any(_gauges() & {*words(holder)} for holder in holders):
        return False
    return any(_is_holder(holder) for holder in holders)


def _is_spent(parts: tuple[str, ...]) -> bool:
    """Whether a name is of time that was spent: ``read_time_ms``."""
    while parts and (parts[-1] in _TIMES or parts[-1] == "in"):
        parts = parts[:-1]
    return parts[-1:] == (_SPENT,) and not _words("spentOn").isdisjoint(parts[:-1])


def _is_holder(name: str) -> bool:
    """Whether an object's name is of what is counted: ``requests``, ``bytes``."""
    parts = _unmarked(words(name))
    if parts[-1:] and parts[-1] in _FLOWS:
        return True
    return bool(parts) and parts[-1] in _things() | _words("countable")


def _unmarked(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name without those that say that it counts, and of which side."""
    return tuple(
        word for word in parts if word not in _MARKS | _SIDES and not word.isdecimal()
    )


def _is_of_done(parts: tuple[str, ...]) -> bool:
    """Whether a name is of things with which something was done: ``expired_keys``."""
    is_many = parts[-1:] and parts[-1] in _words("countable")
    return bool(is_many) and any(is_done(word, False) for word in parts[:-1])


@lru_cache(maxsize=2048)
def is_done(word: str, is_marked: bool) -> bool:
    """Whether a word says what was done; where a name says so, also ``hit``."""
    if word in _things() or word in _words("done"):
        return True
    if word.endswith("ed") and len(word) > 4 and word not in _words("standing"):
        return _NOUNS.fullmatch(word) is None
    return is_marked and (word in _words("countable") or word in _single())


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(word_list(name))


@cache
def _things() -> frozenset[str]:
    return _words("counted")


@cache
def _single() -> frozenset[str]:
    """What is counted, in the singular: ``hit``."""
    return frozenset(map(singular, _things() | _words("countable")))


@cache
def _gauges() -> frozenset[str]:
    return _words("gauges")


@cache
def _reports() -> frozenset[str]:
    return _words("reports")
