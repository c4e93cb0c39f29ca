"""What a worker counts: plain numbers, which others publish when they like.

The loop runs thousands of times a second, so that counting here is an addition
and no more. What a stream sent stays in the stream until it closes; whoever
wants the sum asks the open ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from app.errors import BackendError, BackendFailed, BackendTimeout, BackendUnavailable
from app.request.model import Mode
from app.streams.outcome import Outcome

#: Upper bounds of the classes of a batch's lateness, in seconds.
LATENESS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

#: Upper bounds of the classes of a generation's time, in seconds: microseconds
#: for the embedded backend, seconds for a language model.
GENERATION = (
    *(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.001, 0.005, 0.025),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)

#: What a batch fails with, in the words of the metrics.
ERROR_KINDS: dict[type[BackendError], str] = {
    BackendTimeout: "timeout",
    BackendFailed: "failed",
    BackendUnavailable: "unavailable",
}
#: A fault of ours.
INTERNAL = "internal"


class Histogram:
    """How many values lay in each class, and their sum.

    ``counts`` has one more class than ``bounds``, for what is above the last.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        """``bounds`` are the classes' upper bounds, themselves included."""
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count ``value``."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Counts:
    """Everything that one worker has counted since it started.

    ``started`` is by mode and by whether the stream is continuous, ``ended`` by
    outcome, ``errors`` by kind, ``refused`` by cause and ``generation`` by
    backend. ``events`` and ``bytes`` are those of closed streams.
    """

    __slots__ = (
        "bytes",
        "ended",
        "errors",
        "events",
        "generation",
        "lateness",
        "refused",
        "started",
    )

    def __init__(self) -> None:
        """All zero."""
        self.started: Counter[tuple[Mode, bool]] = Counter()
        self.ended: Counter[Outcome] = Counter()
        self.events = 0
        self.bytes = 0
        self.errors: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.lateness = Histogram(LATENESS)
        self.generation: dict[str, Histogram] = {}

    def generation_by(self, backend: str) -> Histogram:
        """The times, in seconds, that ``backend`` took for its values."""
        found = self.generation.get(backend)
        if found is None:
            found = self.generation[backend] = Histogram(GENERATION)
        return found

    def failed(self, error: BackendError) -> None:
        """Count a batch that could not be generated."""
        self.errors[ERROR_KINDS.get(type(error), "failed")] += 1
