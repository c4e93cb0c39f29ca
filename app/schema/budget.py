"""What one piece of work may cost: steps, each about a microsecond, and bytes.

Pure code says what it spends; whoever runs it decides what happens meanwhile. A
server hands in a budget that lets its other clients run every few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .refusal import TooLarge

#: Called every :data:`STRIDE` steps with the number of calls since the work began.
Turn: TypeAlias = Callable[[int], None]

#: Maximum work for one plan, or for one event, in steps.
MAX_STEPS = 1_000_000
#: Maximum size of a generated value, in characters of JSON.
MAX_SIZE = 2**20
#: Work between two turns, in steps.
STRIDE = 1_000


class Budget:
    """The steps and characters that are left for the work at hand.

    ``left`` are the steps, and ``size`` is the length of what is written so far, in
    characters.
    """

    __slots__ = ("_mark", "_turn", "_turns", "left", "most_size", "most_steps", "size")

    def __init__(
        self,
        most_steps: int = MAX_STEPS,
        most_size: int = MAX_SIZE,
        turn: Turn | None = None,
    ) -> None:
        """Grant ``most_steps`` and ``most_size``; call ``turn`` on the way."""
        self.most_steps = most_steps
        self.most_size = most_size
        self._turn = turn
        self.renew()

    def renew(self) -> None:
        """Begin another piece of work with the full budget."""
        self.left = self.most_steps
        self._mark = max(self.most_steps - STRIDE, -1)
        self._turns = 0
        self.size = 0

    def another(self) -> Budget:
        """A full budget of its own, with the same limits and turns."""
        return Budget(self.most_steps, self.most_size, self._turn)

    @property
    def spent(self) -> int:
        """The steps spent since the work began."""
        return self.most_steps - self.left

    def spend(self, steps: int) -> None:
        """Spend ``steps``. Raises ``TooLarge`` where they are not left."""
        self.left = left = self.left - steps
        if left <= self._mark:
            self._pass_mark()

    def write(self, size: int) -> None:
        """Note that ``size`` characters are written. Raises ``TooLarge``."""
        self.size = size
        if size > self.most_size:
            raise TooLarge(
                f"a value would have more than {self.most_size} bytes (MaxEventBytes)",
                limit=self.most_size,
            )

    def _pass_mark(self) -> None:
        if self.left < 0:
            raise TooLarge(
                f"it takes more than {self.most_steps} steps to generate",
                limit=self.most_steps,
            )
        self._mark = max(self.left - STRIDE, -1)
        if self._turn is not None:
            self._turn(self._turns)
        self._turns += 1
