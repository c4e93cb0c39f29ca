"""Times that go with another beside them, or stay: terms, ends, posts, attributes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice

from ..fields.moments import When, when
from ..values.clocks import iso_date
from ..values.quantities import number_in
from .leaves import Leaf, Spot, is_date, plain, time_of, words
from .outline import Outline
from .renewal import CHANGES, ENDED, is_own_id

_SECOND, _MINUTE, _DAY = 1_000, 60_000, 86_400_000
#: No more members of an object are looked at for the beginning of a term.
_MAX_BESIDE = 16
#: Words of names of when something began.
_BEGAN = frozenset("began started start".split())
#: What names of ends have where those of starts have a word.
_ENDS = {"start": ("end", "stop"), "begin": ("end",), "from": ("to", "until")}
#: Times this near to the present move with it (ms).
_NEAR = 60_000
#: What lasts and was posted once has these members.
_POSTED = frozenset({"score", "title"})


def begun_by(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> tuple[Leaf, int] | None:
    """The time beside an end that is some whole days before it, and the gap (ms).

    Or whole minutes, where it is none by chance. None where ``leaf`` is no such end.
    """
    own = time_of(leaf)
    if own is None or own[0] is not When.UNTIL or own[1] % _DAY == 0:
        return None
    unit = _DAY if own[1] % _MINUTE == 0 else _MINUTE
    for name in islice(leaf.siblings, _MAX_BESIDE):
        other = leaves.get((*leaf.spot[:-1], name))
        found = None if other is None or other is leaf else time_of(other)
        if other is not None and found is not None and found[0] is not When.UNTIL:
            gap = own[1] - found[1]
            is_whole = gap % unit == 0 or (gap + _SECOND) % _DAY == 0
            if gap > 0 and is_whole:
                return other, gap
    return None


def is_of_post(
    leaf: Leaf, leaves: Mapping[Spot, Leaf], new_ids: Collection[Spot]
) -> bool:
    """Whether a time is when somebody has posted what lasts, with a title and votes."""
    own = (*leaf.spot[:-1], "id")
    if leaf.name != "time" or own not in leaves or own in new_ids:
        return False
    return _POSTED <= leaf.siblings.keys()


def is_of_attribute(leaf: Leaf) -> bool:
    """Whether a time is when an attribute inside was set, whose text is beside it."""
    if len(leaf.spot) < 2 or CHANGES.isdisjoint(words(leaf.name)):
        return False
    value = leaf.siblings.get("value")
    return len(leaf.siblings) == 2 and isinstance(value, str) and not number_in(value)


def is_as_begun(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a time is when its record came to be, long before its last change.

    A user who was created and has signed in since then at that very time has so once.
    """
    if len(leaf.spot) < 2 or not CHANGES.isdisjoint(words(leaf.name)):
        return False
    beside = [
        leaves.get((*leaf.spot[:-1], n)) for n in islice(leaf.siblings, _MAX_BESIDE)
    ]
    others = [other for other in beside if other is not None and other is not leaf]
    is_same = any(
        other.value == leaf.value and (time_of(other) or (None,))[0] is When.SINCE
        for other in others
    )
    return is_same and any(not CHANGES.isdisjoint(words(o.name)) for o in others)


def ended_with(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a time is when something was over that says beside it when it began."""
    if ENDED.isdisjoint(words(leaf.name)):
        return False
    for name in islice(leaf.siblings, _MAX_BESIDE):
        other = leaves.get((*leaf.spot[:-1], name))
        if other is not None and not _BEGAN.isdisjoint(words(name)):
            return time_of(other) is not None
    return False


def is_first(leaf: Leaf) -> bool:
    """Whether a time is the first one of what also has a last one: ``firstSeen``.

    So is the ``startTime`` of what has a ``time``, too.
    """
    parts = words(leaf.name)
    if parts[:1] == ("start",):
        return any(words(name) == parts[1:] for name in leaf.siblings)
    if parts[:1] != ("first",):
        return False
    return any(words(name) == ("last", *parts[1:]) for name in leaf.siblings)


def is_latest(leaf: Leaf) -> bool:
    """Whether a time is that of the latest change, or the very same one."""
    return any(
        value == leaf.value and not CHANGES.isdisjoint(words(name))
        for name, value in leaf.siblings.items()
    )


def is_with_end(leaf: Leaf, whole: Outline) -> bool:
    """Whether a time is the start of what has ended just now: ``flowStart``."""
    ends, present = _ends_of(leaf.name), whole.present
    for name in leaf.siblings:
        other = whole.leaves.get((*leaf.spot[:-1], name))
        if other is not None and words(name) in ends and present is not None:
            found = time_of(other)
            if found is not None and -_NEAR < found[1] - present <= 0:
                return len(whole.times) > 1 or whole.is_feed
    return False


def is_with_start(leaf: Leaf, whole: Outline) -> bool:
    """Whether a time is the end, just now, of what has begun a moment before."""
    for name in leaf.siblings:
        other = whole.leaves.get((*leaf.spot[:-1], name))
        if other is not None and words(leaf.name) in _ends_of(name):
            return is_with_end(other, whole)
    return False


def _ends_of(name: str) -> list[tuple[str, ...]]:
    """The words of what the end of a start is called: ``flowEnd`` of ``flowStart``."""
    parts = words(name)
    return [
        (*parts[:at], end, *parts[at + 1 :])
        for at, part in enumerate(parts)
        for end in _ENDS.get(part, ())
    ]


def is_said_elsewhere(leaf: Leaf, moment: int, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether another text has a date in it: ``AAPL240315C00175000``."""
    if not is_date(leaf) or when(leaf.name) is not When.UNTIL:
        return False
    compact = iso_date(moment).replace("-", "")[2:]
    return any(
        isinstance(other.value, str)
        and compact in other.value
        and f"20{compact}" not in other.value
        for other in leaves.values()
        if other is not leaf
    )


def is_step(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a time is when a thing came to a state, long after it was made."""
    parts = words(leaf.name)
    *state, last = parts or ("",)
    if last != "at" or not state or state[0] == "last" or when("_".join(state)):
        return False
    beside = (
        leaves.get((*leaf.spot[:-1], n)) for n in islice(leaf.siblings, _MAX_BESIDE)
    )
    times = (time_of(other) for other in beside if other is not None)
    return any(found is not None and found[0] is When.SINCE for found in times)


def is_of_thing(leaf: Leaf, whole: Outline) -> bool:
    """Whether a time is of a thing inside an event, which has an id that lasts."""
    if len(leaf.spot) < 2:
        return False
    beside = ((*leaf.spot[:-1], name) for name in islice(leaf.siblings, _MAX_BESIDE))
    own = [
        spot for spot in beside if spot in whole.leaves and _is_id(whole.leaves[spot])
    ]
    return bool(own) and not any(s in whole.ids or s in whole.follows for s in own)


def _is_id(leaf: Leaf) -> bool:
    """Whether a member says which its object is: its id, or a name of the cloud."""
    return is_own_id(leaf) or plain(leaf.name).endswith("arn")
