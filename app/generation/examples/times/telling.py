"""Times at which what an example tells came in, also where nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ...evidence.leaves import Leaf, plain, time_of, words
from ...evidence.occasions import NAMES
from ...evidence.outline import Outline
from ...evidence.renewal import CHANGES, OWN_IDS
from ...fields.moments import MADE, When, is_told_time

#: Times this near to each other are of one message (ms).
_AT_ONCE = 2_500
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Words of names of when something was last heard of.
_HEARD = frozenset("checkin contact heartbeat ping seen".split())
#: Members of what can be reached, and what those say that cannot, or its state.
_REACHABLE = frozenset("""
    available battery batterylevel connected connectionstate connectionstatus
    connectivity firmware ip ipaddress isonline location onduty online position
    presence reachable rssi uptime
    """.split())
_STATES = _REACHABLE | {"active", "state", "status"}
_LOST = frozenset("""
    away disconnected down false gone inactive lost offline unavailable unreachable
    """.split())
#: Words of names of what messages come through.
_ON_ITS_WAY = frozenset(
    "delivered enqueued forwarded ingested processed queued".split()
)
#: What an update of an answer is called in one word.
_UPDATED = frozenset({"updatetime", "updatedate", "lastupdate"})


def is_of_telling(leaf: Leaf, whole: Outline, distance: int) -> bool:
    """Whether a time, ``distance`` ms from the present, is when an event came in.

    It is beside the clock of a message, of a whole answer with its list, or when one
    thing that can be reached was last heard of.
    """
    found = time_of(leaf)
    if found is None or found[0] is not When.NOW or whole.is_over:
        return False
    if whole.record(leaf.spot) and not is_heard(leaf):
        return False
    if -_AT_ONCE <= distance <= 0 and _is_beside_clock(leaf, whole, found[1]):
        return True
    return not distance and (_is_of_answer(leaf) or is_heard(leaf))


def is_heard(leaf: Leaf) -> bool:
    """Whether a time is when the only thing of an example was last heard of."""
    if len(leaf.spot) > 1 or _HEARD.isdisjoint(words(leaf.name)):
        return False
    beside = {plain(n): v for n, v in islice(leaf.siblings.items(), _MAX_BESIDE)}
    said = {str(beside[name]).lower() for name in _STATES & beside.keys()}
    return not _REACHABLE.isdisjoint(beside) and _LOST.isdisjoint(said)


def _is_beside_clock(leaf: Leaf, whole: Outline, moment: int) -> bool:
    """Whether the time of a message is beside the one when it was received."""
    is_told = is_told_time(leaf.name) or not _ON_ITS_WAY.isdisjoint(words(leaf.name))
    if not is_told or not NAMES.isdisjoint(leaf.siblings):
        return False
    return any(abs(at - moment) <= _AT_ONCE for at in _clocks(leaf, whole))


def _clocks(leaf: Leaf, whole: Outline) -> Iterator[int]:
    """The times of clocks beside a field, in the same object."""
    for name in islice(leaf.siblings, _MAX_BESIDE):
        if name != leaf.name and MADE.issuperset(words(name)):
            other = whole.leaves.get((*leaf.spot[:-1], name))
            found = None if other is None else time_of(other)
            if found is not None:
                yield found[1]


def _is_of_answer(leaf: Leaf) -> bool:
    """Whether a time is that of an answer: of its update, beside its list."""
    is_update = plain(leaf.name) in _UPDATED or not CHANGES.isdisjoint(words(leaf.name))
    named = OWN_IDS | NAMES
    if not is_update or not named.isdisjoint(leaf.siblings):
        return False
    beside = islice(leaf.siblings.values(), _MAX_BESIDE)
    lists = (value for value in beside if isinstance(value, list) and value)
    return any(isinstance(elements[0], dict) for elements in lists)
