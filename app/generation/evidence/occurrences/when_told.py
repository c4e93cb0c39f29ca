"""Times of an event: which say when it was."""

from __future__ import annotations

from collections.abc import Mapping

from ...fields.moments import When, is_told_time, when
from ..leaves import Leaf, Spot, is_date, time_of, words
from ..notices import kinds_of
from ..renewal import OWN_IDS

#: Times of these names alone may be of something else than the event.
_VAGUE = frozenset({"date", "when", "at", "local"})


def is_clear(leaf: Leaf) -> bool:
    """Whether a name says that a time is the event's."""
    clear = [word for word in words(leaf.name) if word not in _VAGUE]
    return bool(clear) and when("_".join(clear)) is When.NOW


def is_feed_of(leaves: Mapping[Spot, Leaf], is_told: bool, depth: int) -> bool:
    """Whether an example says when it was made, and is no thing of its own."""
    if not is_told and any(s[-1] in OWN_IDS for s in leaves if len(s) == depth):
        return False
    at_root = (leaf for spot, leaf in leaves.items() if len(spot) <= depth or is_told)
    return any(
        time_of(leaf) is not None
        and not is_date(leaf)
        and when(leaf.name) in (When.NOW, None)
        and is_told_time(leaf.name)
        for leaf in at_root
    )


def is_of_verb(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a time is of what an event says: ``created`` of ``order.created``."""
    verbs = {word for kind in kinds_of(leaves) for word in words(kind)[-1:]}
    return not verbs.isdisjoint(words(leaves[spot].name))
