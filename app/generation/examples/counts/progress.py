"""Tasks that go on: how much is done, of how much, and how fast that gets more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from ....resources.inflection import singular
from ....schema.ranges import decimals_of
from ...evidence.leaves import Leaf, Spot, is_element, words
from ...evidence.outline import Outline
from ...fields.roles import role_at_end
from ...values.quantities import number_in
from ..arithmetic import DONE, is_done
from ..paces import seconds_in
from .statistics import says_end

#: Words of names of how much there is to do.
_WHOLE = frozenset("""
    all count estimated expected global goal length max num of overall remote size
    target to total
    """.split())
#: Words of names that say nothing of what is done.
_NOTHING = frozenset("in number n the i".split())
#: Words of names of what has a place among others, and of what players count.
_PLACED = frozenset("""
    attempt batch chapter episode hp lap level page price retry round score season set
    stage track user version
    """.split())
#: Words of names of shares of what there is to do.
_SHARES = frozenset("""
    complete completed completion done fraction pct percent percentage progress ratio
    """.split())
#: Words of names of how much is done in a second.
_RATES = frozenset("bps dlspeed rate speed throughput".split())
#: Words of names of how much is left to do; so much is a part of a task by no chance.
_TO_DO, _LEAST_REST = frozenset("left missing need needed todo".split()), 1_000
#: What is left to do, in seconds.
_LEFT = frozenset({"eta"})
#: A task without any other sign of how fast it is takes as many seconds.
_USUAL = 1_800.0
#: No task is over within as many seconds.
_SHORTEST = 20.0
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Longer lengths of time are none.
_LONGEST = 1e8


class Task(NamedTuple):
    """How much there is to do in all, and how much of it is done in a second."""

    whole: float
    pace: float


class Progress:
    """Tells which numbers of one example are of how much of a task is done."""

    def __init__(self, whole: Outline) -> None:
        self._whole = whole

    def task(self, spot: Spot) -> Task | None:
        """The task of which a number is how much is done, None for all others."""
        return self._tasks.get(spot)

    def is_whole(self, leaf: Leaf) -> bool:
        """Whether a number is how much there is to do in all, of a task beside it."""
        return (leaf.spot[:-1], number_in(leaf.value)) in self._wholes

    def is_left(self, leaf: Leaf) -> bool:
        """Whether a number is how many seconds a task still takes: ``eta``."""
        is_named = not _LEFT.isdisjoint(words(leaf.name))
        number = number_in(leaf.value) or 0.0
        return is_named and 0 < number < _LONGEST and leaf.spot[:-1] in self._working

    @cached_property
    def _working(self) -> frozenset[Spot]:
        """The objects that say how much of a task is done, or is to do."""
        return frozenset(
            spot[:-1]
            for spot, leaf in self._whole.leaves.items()
            if spot in self._tasks or _is_share(leaf)
        )

    @cached_property
    def _wholes(self) -> frozenset[tuple[Spot, float]]:
        """How much there is to do in all, by the object of the task."""
        return frozenset((spot[:-1], task.whole) for spot, task in self._tasks.items())

    @cached_property
    def _tasks(self) -> dict[Spot, Task]:
        """The tasks of the example, by where it says how much is done."""
        if self._whole.is_over:
            return {}
        objects: dict[Spot, list[Leaf]] = {}
        for spot, leaf in self._whole.leaves.items():
            if not is_element(leaf):
                objects.setdefault(spot[:-1], []).append(leaf)
        return {
            done.spot: task
            for members in objects.values()
            for done, task in self._tasks_in(members[:_MAX_BESIDE])
        }

    def _tasks_in(self, members: Sequence[Leaf]) -> Iterator[tuple[Leaf, Task]]:
        if any(says_end(words(leaf.name), leaf.value) for leaf in members):
            return
        numbers = [(leaf, number_in(leaf.value)) for leaf in members]
        known = [(leaf, number) for leaf, number in numbers if number]
        wholes = [pair for pair in known if _is_whole(pair[0])]
        lefts = {number for leaf, number in known if _is_left(leaf)}
        rests = {whole - left: whole for _, whole in wholes for left in lefts}
        shares = [pair for pair in known if _is_share(pair[0])]
        paces: dict[float, float] = {}
        holder = members[0].spot[-2:-1]
        is_timed = bool(shares) or any(_seconds(leaf) for leaf in members)
        is_timed = is_timed or "progress" in words(str(*holder))
        for leaf, done in known:
            if any(leaf is pair[0] for pair in (*wholes, *shares)):
                continue
            whole = rests.get(done) if done > _LEAST_REST else None
            if whole is None and not _is_done(leaf):
                continue
            whole = whole or (_whole_of(leaf, done, wholes) if is_timed else None)
            whole = whole or self._shared(done, shares[:1])
            if whole is not None and 0 < done < whole:
                pace = paces.setdefault(whole, _pace(leaf, done, whole, members))
                yield leaf, Task(whole, pace)

    def _shared(
        self, done: float, shares: Sequence[tuple[Leaf, float]]
    ) -> float | None:
        """The number of the example of which ``done`` is one of these shares."""
        for leaf, share in shares:
            digits = decimals_of(share) or 0
            for hundred in (100, 1):
                exact = 0.51 * 10.0**-digits
                if digits and share < hundred:
                    low = hundred * done / (share + exact)
                    high = hundred * done / max(share - exact, exact)
                    near = (n for n in self._numbers if low <= n <= high)
                    found = next(near, None)
                    if found is not None:
                        return found
        return None

    @cached_property
    def _numbers(self) -> tuple[float, ...]:
        """The larger numbers of the example."""
        numbers = (number_in(leaf.value) for leaf in self._whole.leaves.values())
        return tuple(number for number in numbers if number and number > 1)


def _is_done(leaf: Leaf) -> bool:
    parts = {*words(leaf.name)}
    return is_done(leaf.name) and parts.isdisjoint(_PLACED)


def _is_left(leaf: Leaf) -> bool:
    return not _TO_DO.isdisjoint(words(leaf.name))


def _is_whole(leaf: Leaf) -> bool:
    return not _WHOLE.isdisjoint(words(leaf.name)) and not _is_rate(leaf)


def _is_share(leaf: Leaf) -> bool:
    number = number_in(leaf.value) or 0.0
    return (
        words(leaf.name)[-1:] != ()
        and 0 < number <= 100
        and (leaf.last in _SHARES or words(leaf.name)[0] in _SHARES - DONE)
    )


def _is_rate(leaf: Leaf) -> bool:
    return not _RATES.isdisjoint(words(leaf.name)) or "per" in words(leaf.name)


def _subject(leaf: Leaf) -> frozenset[str]:
    """What the words of a name say it is of, besides how much: ``files``."""
    rest = {*words(leaf.name)} - DONE - _WHOLE - _NOTHING
    return frozenset(map(singular, rest))


def _whole_of(
    leaf: Leaf, done: float, wholes: Sequence[tuple[Leaf, float]]
) -> float | None:
    """How much there is to do in all, by the names beside how much is done."""
    known = [(_subject(other), number) for other, number in wholes if number >= done]
    own = _subject(leaf)
    same = [number for subject, number in known if subject == own]
    other = [number for subject, number in known if not subject or not own]
    return next(iter((*same, *other)), None)


def _seconds(leaf: Leaf) -> tuple[str, float] | None:
    """How many seconds a number says that something lasts, and in which direction."""
    number = number_in(leaf.value) or 0.0
    role = role_at_end(leaf.name)
    changes = "run-out" if leaf.last in _LEFT else role.changes if role else ""
    if changes not in ("elapse", "run-out") or not 0 < number < _LONGEST:
        return None
    return changes, number * seconds_in(words(leaf.name), number)


def _pace(leaf: Leaf, done: float, whole: float, members: Sequence[Leaf]) -> float:
    """How much is done in a second, by the time that it takes, or by a rate."""
    lengths = dict(filter(None, map(_seconds, islice(members, _MAX_BESIDE))))
    most = (whole - done) / _SHORTEST
    if "elapse" in lengths:
        return min(done / lengths["elapse"], most)
    if "run-out" in lengths:
        return (whole - done) / lengths["run-out"]
    rates = (number_in(each.value) for each in members if _is_rate(each))
    rate = next((rate for rate in rates if rate and rate > 0), whole / _USUAL)
    return rate if rate < most else min(whole / _USUAL, most)
