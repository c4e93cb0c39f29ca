"""How counters rise: all those of one example in proportion, a single one by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from ....schema.jsontext import dumps
from ...compile.build import Built
from ...evidence.leaves import Leaf, words
from ...evidence.outline import Outline
from ...fields.parts import NumberRole, Part
from ...fields.roles import number_roles, role_at_end
from ...values.quantities import number_in
from ...values.state import Layout
from ..paces import counting, done_of, growing, seconds_in
from .progress import Progress
from .statistics import count_in

#: By which share of itself a counter rises in a second that runs for some days.
_USUAL = 5e-6
#: The counter in the middle rises by as many in a second, or by this share of itself.
_LEAST, _MOST = 0.3, 1e-3
#: The shortest time that something has run to tell how fast it counts (s).
_WHILE = 60


class Growth:
    """Writes the counters of one example."""

    def __init__(
        self,
        whole: Outline,
        role: Callable[[Leaf], NumberRole | None],
        progress: Progress,
    ) -> None:
        """``role`` gives the role of a number that changes by itself, else None."""
        self._whole = whole
        self._role = role
        self._progress = progress

    def counting(self, leaf: Leaf, layout: Layout) -> Built:
        """What rises with the other counters of the example, or by itself."""
        if self._share is not None:
            return growing(leaf.value, self._share, layout)
        return counting(number_in(leaf.value) or 0.0, layout, done_of(leaf))

    def in_digits(self, leaf: Leaf, layout: Layout) -> Built | None:
        """A counter whose digits are a text, None for any other value."""
        count, role = count_in(leaf.value), self._role(leaf)
        if count is None or role is None or role.part is not Part.COUNTER:
            return None
        if role.changes != "always":
            return None
        write = self.counting(leaf._replace(value=count), layout).write
        return Built(lambda state, cell: dumps(write(state, cell)))

    @cached_property
    def _share(self) -> float | None:
        """By which share of themselves the counters of the example rise in a second.

        None where there is only one and no clock, or each event has its own.
        """
        leaves = self._whole.leaves.values()
        counts = [n for leaf in leaves if (n := self._count(leaf)) is not None]
        whole = self._whole
        is_alone = len(counts) < 2 and whole.is_small and whole.present is None
        if whole.is_event or is_alone or not counts:
            return None
        ages = (_age(leaf) for leaf in leaves)
        age = next((age for age in ages if age is not None), 1 / _USUAL)
        middle = sorted(counts)[(len(counts) - 1) // 2]
        return max(1 / age, min(_LEAST / middle, _MOST))

    def _count(self, leaf: Leaf) -> int | None:
        """The number of a counter that nothing else says the pace of, else None."""
        count = count_in(leaf.value)
        if count is None or self._progress.task(leaf.spot) is not None:
            return None
        return count if self._role(leaf) is number_roles()["counter"] else None


def _age(leaf: Leaf) -> float | None:
    """For how many seconds something has run, None where a field is not of that."""
    role, number = role_at_end(leaf.name), number_in(leaf.value) or 0.0
    if role is None or role.changes != "elapse":
        return None
    seconds = number * seconds_in(words(leaf.name), number)
    return seconds if seconds > _WHILE else None
