"""Times that go with another time beside them, or stay: terms, posts, attributes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice

from ..fields.moments import When
from ..values.quantities import number_in
from .leaves import Leaf, Spot, time_of, words
from .renewal import CHANGES

_DAY = 86_400_000
#: No more members of an object are looked at for the beginning of a term.
_MAX_BESIDE = 16
#: What lasts and was posted once has these members.
_POSTED = frozenset({"score", "title"})


def begun_by(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> tuple[Leaf, int] | None:
    """The time beside an end that is some whole days before it, and the gap (ms).

    None where ``leaf`` is no such end.
    """
    own = time_of(leaf)
    if own is None or own[0] is not When.UNTIL or own[1] % _DAY == 0:
        return None
    for name in islice(leaf.siblings, _MAX_BESIDE):
        other = leaves.get((*leaf.spot[:-1], name))
        found = None if other is None or other is leaf else time_of(other)
        if other is not None and found is not None and found[0] is not When.UNTIL:
            gap = own[1] - found[1]
            if gap > 0 and gap % _DAY == 0:
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
