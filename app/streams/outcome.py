"""How a stream came to its end, in the words of logs and metrics."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """The reasons of END events, and the ends that have no such event."""

    MAX_DURATION = "max_duration"
    STOPPED = "stopped"
    SHUTDOWN = "shutdown"
    ERRORS = "errors"
    #: A regular stream that sent everything.
    COMPLETE = "complete"
    #: Nothing could be generated, or the fault is ours.
    FAILED = "failed"
    CLIENT_GONE = "client_gone"
    #: The client did not read for the write timeout and was cut off.
    STALLED = "stalled"
