"""What adds up while something lasts: the way of a run, the energy of a charge."""

from __future__ import annotations

from functools import cached_property

from ...evidence.leaves import Leaf, Spot, is_element, is_set, time_of, words
from ...evidence.outline import Outline
from ...fields.roles import role_at_end
from ...values.quantities import number_in
from ..paces import seconds_in
from .statistics import says_end

#: Words of names of what adds up with the time, and of what is still to come of it.
_ADDED = frozenset("""
    ascent calories delivered distance fare kcal moved moving ridden steps strokes
    """.split())
_TO_COME = frozenset(
    "estimated goal left per rate remaining speed stop target to".split()
)
#: Words of names of what a vehicle is charged with.
_SUPPLIES = frozenset("energy kwh km miles range wh".split())
#: The shortest and the longest session, in seconds.
_SHORTEST, _LONGEST = 30.0, 172_800.0


class Accruals:
    """Tells which numbers of one example add up with the time of a session."""

    def __init__(self, whole: Outline) -> None:
        self._whole = whole

    def pace(self, leaf: Leaf) -> float | None:
        """By how much a number rises in a second, None for what does not add up."""
        parts = {*words(leaf.name)}
        number = number_in(leaf.value) or 0.0
        lasted = self._lasted.get(leaf.spot[:-1])
        if lasted is None or number <= 0 or is_element(leaf) or is_set(leaf):
            return None
        is_added = "added" in parts and not parts.isdisjoint(_SUPPLIES)
        if time_of(leaf) is not None or not (is_added or parts & _ADDED):
            return None
        if not parts.isdisjoint(_TO_COME):
            return None
        return number / lasted

    @cached_property
    def _lasted(self) -> dict[Spot, float]:
        """How long what an object is of has lasted, in seconds, where it goes on."""
        leaves = self._whole.leaves.items()
        ended = {spot[:-1] for spot, leaf in leaves if _is_over(leaf)}
        found: dict[Spot, float] = {}
        for spot, leaf in leaves:
            role, number = role_at_end(leaf.name), number_in(leaf.value) or 0.0
            if role is not None and role.changes == "elapse" and spot[:-1] not in ended:
                seconds = number * seconds_in(words(leaf.name), number)
                if _SHORTEST <= seconds <= _LONGEST and "moving" not in words(
                    leaf.name
                ):
                    found.setdefault(spot[:-1], seconds)
        return found if not (self._whole.is_event or self._whole.is_over) else {}


def _is_over(leaf: Leaf) -> bool:
    """Whether a field says that its object has ended, or is the sum of several."""
    return leaf.name == "count" or says_end(words(leaf.name), leaf.value)
