"""Numbers that services tell of themselves: what they count, rates, capacities."""

from __future__ import annotations

from itertools import islice

from ....schema.ranges import decimals_of
from ...evidence.leaves import Leaf, time_of, words
from ...fields.moments import When, when
from ...fields.parts import Part
from ...fields.roles import number_role, number_roles, role_at_end
from ...values.quantities import number_in

#: Words of names of how much there is of something, in use, and left.
_CAPACITY = frozenset({"capacity", "size", "total"})
_IN_USE = frozenset({"allocated", "busy", "used"})
UNUSED = frozenset("avail available free idle left remaining unused".split())
#: First words of names of what is counted for good.
_EVER = frozenset({"cumulative", "lifetime", "total"})
#: Last words of names of rates, and what those are of.
_SECONDS = (("second",), ("sec",), ("s",))
_COUNTED = frozenset("""
    bits bytes commands events messages msgs op operations ops packets queries reads
    records req requests rows transactions writes
    """.split())
#: What services do, and what they tell as a total of it, also by that word alone.
_HANDLED = frozenset("""
    bits bytes commands connections ops packets queries reads requests writes
    """.split())
_DONE = _HANDLED | frozenset("""
    errors events hits jobs messages misses query request tokens
    """.split())
#: Words of names of time that adds up, and names of what came and went.
_SPENT = (("time",), ("duration",), ("total",))
_FLOWS = frozenset((word,) for word in """
    accepted dropped filtered handled in out received sent total
    """.split())
#: First words of names of means.
_MEAN = frozenset({"average", "avg", "mean"})
#: Members that bound the time that a rate is of.
_INTERVALS = frozenset({"seconds", "duration", "end"})
#: Clocks in seconds are at least this old, and have as many decimals.
_LEAST_SECONDS, _CLOCK_DIGITS = 1_000, 3
#: First words of names of those that are counted once.
_ONCE = frozenset({"distinct", "unique"})
#: Rates that say that there is no limit.
_NO_RATE = (-1, 0)
#: Last words of names of what is used up, and of what there is only so much.
_USED_UP = (("used",), ("consumed",))
_ALLOWED = frozenset("calls credits minutes quota sms tokens".split())
#: Words of names of what happens once in hours, and of what a machine has done then.
_SELDOM = frozenset("boots collisions crashes reboots restarts".split())
_WORN = frozenset("battery charge charging duty erase power print wash".split())
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Names of how likely a class is, and of the class beside it.
_LIKELIHOODS = frozenset({"score", "probability", "prob", "confidence"})
_CLASSES = frozenset(
    "category class className class_name intent label name tag".split()
)
_MAX_OF_CLASS = 3


def is_capacity(leaf: Leaf) -> bool:
    """Whether a number is how much there is of what is in use and free beside it."""
    if _CAPACITY.isdisjoint(words(leaf.name)):
        return False
    number = number_in(leaf.value)
    parts: dict[frozenset[str], list[float]] = {}
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        kind = next(
            (k for k in (_IN_USE, UNUSED) if not k.isdisjoint(words(name))), None
        )
        part = number_in(value)
        if kind is not None and part is not None and name != leaf.name:
            parts.setdefault(kind, []).append(part)
    used, free = (parts.get(kind, []) for kind in (_IN_USE, UNUSED))
    return any(one + other == number for one in used for other in free)


def is_summed_up(leaf: Leaf) -> bool:
    """Whether a number is a total of all times, beside one of now: of connections."""
    first, *rest = words(leaf.name) or ("",)
    if first not in _EVER or not rest or not isinstance(leaf.value, int):
        return False
    now = next((v for n, v in leaf.siblings.items() if [*words(n)] == rest), None)
    return isinstance(now, int) and not isinstance(now, bool) and 0 <= now < leaf.value


def is_tally(leaf: Leaf) -> bool:
    """Whether a number counts what a service has done since it runs.

    It is the total of what services do (``requests_total``), or one of ``counters``.
    """
    if not isinstance(leaf.value, int):
        return False
    parts, holder = words(leaf.name), next(iter(leaf.spot[-2:-1]), "")
    if isinstance(holder, str) and holder.lower().endswith("counters"):
        return True
    if parts[-2:] == ("in", "millis"):
        return parts[-3:-2] in _SPENT
    if parts in _FLOWS and not _COUNTED.isdisjoint(words(str(holder))):
        return True
    if parts[-1:] == ("total",) and len(parts) > 1:
        return not _DONE.isdisjoint(parts)
    if parts[:1] != ("total",):
        return False
    is_of_service = any("uptime" in words(name) for name in leaf.siblings)
    done = _DONE if is_of_service else _HANDLED
    return not done.isdisjoint(parts)


def is_distinct(leaf: Leaf) -> bool:
    """Whether a number counts those of a kind that came, each once: ``unique_ips``."""
    parts = words(leaf.name)
    return isinstance(leaf.value, int) and len(parts) > 1 and parts[0] in _ONCE


def is_slow(leaf: Leaf) -> bool:
    """Whether a number counts what happens once in hours: ``charging_cycles``."""
    parts = {*words(leaf.name)}
    return bool(parts & _SELDOM) or ("cycles" in parts and not parts.isdisjoint(_WORN))


def is_quota(leaf: Leaf) -> bool:
    """Whether a number is how much is used up of what there is in some time."""
    parts = words(leaf.name)
    if parts[-1:] not in _USED_UP or not isinstance(leaf.value, int):
        return False
    if not _COUNTED.isdisjoint(parts) or not _ALLOWED.isdisjoint(parts):
        return True
    beside = {word for name in leaf.siblings for word in words(name)}
    return {"limit", "remaining"} <= beside


def is_rate(leaf: Leaf) -> bool:
    """Whether a number is how many of something there are in a second.

    That of a time that is over is a fact.
    """
    parts = words(leaf.name)
    if not leaf.siblings.keys().isdisjoint(_INTERVALS) or leaf.value in _NO_RATE:
        return False
    if "rate" in parts and isinstance(leaf.value, float):
        return not _COUNTED.isdisjoint(parts)
    if parts[-1:] not in _SECONDS or len(parts) < 2:
        return False
    counted = parts[-3:-2] if parts[-2] == "per" else parts[-2:-1]
    return not _COUNTED.isdisjoint(counted)


def is_mean_time(leaf: Leaf) -> bool:
    """Whether a number is how long answers take in the mean: ``avg_latency``."""
    first, *rest = words(leaf.name) or ("",)
    return first in _MEAN and role_at_end("_".join(rest)) is number_roles()["latency"]


def is_of_model(leaf: Leaf) -> bool:
    """Whether a number is the temperature at which a model is to answer."""
    return words(leaf.name) == ("temperature",) and "model" in leaf.siblings


def is_own_clock(leaf: Leaf) -> bool:
    """Whether a number is of seconds, since the start of a program for one."""
    value, role = leaf.value, number_role(leaf.name)
    if not isinstance(value, float) or value < _LEAST_SECONDS or role is None:
        return False
    is_exact = (decimals_of(value) or 0) >= _CLOCK_DIGITS and time_of(leaf) is None
    return is_exact and role.part is Part.CLOCK and when(leaf.name) is When.NOW


def is_of_class(leaf: Leaf) -> bool:
    """Whether a number is how likely a class is, of several that a list has."""
    is_share = isinstance(leaf.value, float) and 0 <= leaf.value <= 1
    is_listed = len(leaf.spot) > 1 and isinstance(leaf.spot[-2], int)
    is_alone = len(leaf.siblings) <= _MAX_OF_CLASS and leaf.last in _LIKELIHOODS
    return (
        is_share and is_listed and is_alone and not _CLASSES.isdisjoint(leaf.siblings)
    )
