"""What a worker counts: plain numbers, which others publish when they like.

The loop runs thousands of times a second, so that counting here is an addition
and no more. What a stream sent stays in the stream until it closes; whoever
wants the sum asks the open ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from ..errors import (
    ApiError,
    BackendError,
    BackendFailed,
    BackendTimeout,
    BackendUnavailable,
    BadRequest,
    ClockTimeout,
    Conflict,
    Forbidden,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    ShuttingDown,
    TooManyFeeds,
    TooManyStreams,
    Unauthorized,
    Unavailable,
    Undescribed,
    UnsupportedMediaType,
)
from ..words import Mode

E = TypeVar("E", bound=ApiError)


class Outcome(Enum):
    """How a stream ended: the reasons of END events, and the ends without one."""

    MAX_DURATION = "max_duration"
    MAX_EVENTS = "max_events"
    STOPPED = "stopped"
    SHUTDOWN = "shutdown"
    ERRORS = "errors"
    #: Everything was sent.
    COMPLETE = "complete"
    #: Nothing could be generated, or the fault is ours.
    FAILED = "failed"
    CLIENT_GONE = "client_gone"
    #: It was too slow for its feed, and is to come back.
    OVERFLOW = "overflow"
    #: The client did not read for the write timeout and was cut off.
    STALLED = "stalled"
    #: An operator cut the connection.
    CUT = "cut"


#: Upper bounds of the classes of a batch's lateness, in seconds.
LATENESS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

#: Upper bounds of the classes of the time in which an event is fanned out, in seconds.
FAN_OUT = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)

#: Upper bounds of the classes of a generation's time, in seconds: microseconds
#: for the embedded backend, seconds for a language model.
GENERATION = (
    *(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.001, 0.005, 0.025),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)

#: What a value can fail with, in the words of the metrics.
_ERRORS: Mapping[type[BackendError], str] = {
    BackendTimeout: "timeout",
    BackendFailed: "failed",
    BackendUnavailable: "unavailable",
}
#: A fault of ours.
INTERNAL = "internal"
ERRORS = (*_ERRORS.values(), INTERNAL)

#: Why a request is refused, in the words of the metrics.
_REFUSALS: Mapping[type[ApiError], str] = {
    BadRequest: "bad_request",
    Unauthorized: "unauthorized",
    Forbidden: "forbidden",
    NotFound: "not_found",
    MethodNotAllowed: "method_not_allowed",
    NotAcceptable: "not_acceptable",
    Conflict: "conflict",
    PayloadTooLarge: "too_large",
    UnsupportedMediaType: "unsupported_media_type",
    Undescribed: "undescribed",
    TooManyFeeds: "too_many_feeds",
    TooManyStreams: "too_many_streams",
    ShuttingDown: "shutting_down",
    ClockTimeout: "clock_timeout",
    Unavailable: "unavailable",
}
#: What the web framework refuses by itself, by its status.
_FRAMEWORK_REFUSALS = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
OTHER = "other"
REFUSALS = tuple(
    dict.fromkeys([*_REFUSALS.values(), *_FRAMEWORK_REFUSALS.values(), OTHER])
)


def _word(words: Mapping[type[E], str], error: E) -> str:
    """The word for the error's class, or for the nearest one above it."""
    return next((words[c] for c in type(error).__mro__ if c in words), OTHER)


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
    backend. ``events`` and ``bytes`` are those of closed streams. ``redis_lost``
    says that there is a Redis and that it cannot be reached. ``feeds`` and
    ``feed_subscribers`` are those of now; ``feed_events`` were made once,
    ``feed_deliveries`` sent past the streams, ``feed_skipped`` left out, and
    ``feed_takeovers`` feeds taken from a worker that had fallen silent.
    ``journal_dropped`` are records of the journal that could not be written.
    """

    __slots__ = (
        "bytes",
        "ended",
        "errors",
        "events",
        "feed_deliveries",
        "feed_events",
        "feed_lag",
        "feed_skipped",
        "feed_subscribers",
        "feed_takeovers",
        "feeds",
        "generation",
        "journal_dropped",
        "lateness",
        "redis_losses",
        "redis_lost",
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
        self.feeds = 0
        self.feed_subscribers = 0
        self.feed_events = 0
        self.feed_deliveries = 0
        self.feed_skipped = 0
        self.feed_takeovers = 0
        self.feed_lag = Histogram(FAN_OUT)
        self.lateness = Histogram(LATENESS)
        self.generation: dict[str, Histogram] = {}
        self.redis_lost = False
        self.redis_losses = 0
        self.journal_dropped = 0

    def generation_by(self, backend: str) -> Histogram:
        """The times, in seconds, that ``backend`` took for its values."""
        found = self.generation.get(backend)
        if found is None:
            found = self.generation[backend] = Histogram(GENERATION)
        return found

    def drop_record(self) -> None:
        """Count a record of the journal that could not be written."""
        self.journal_dropped += 1

    def failed(self, error: BackendError) -> None:
        """Count a value that could not be generated."""
        self.errors[_word(_ERRORS, error)] += 1

    def refuse(self, error: ApiError) -> None:
        """Count a request that is answered with ``error``."""
        self.refused[_word(_REFUSALS, error)] += 1

    def refuse_status(self, status: int) -> None:
        """Count a request that the web framework answers with ``status``."""
        self.refused[_FRAMEWORK_REFUSALS.get(status, OTHER)] += 1
