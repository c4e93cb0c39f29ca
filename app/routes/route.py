"""A route that can be served: checked, and compiled as far as it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

import orjson

from ..faults.fault import Fault
from ..settings.route_streams import Envelope, Framing, Gaps, Ids, Then
from ..words import Json, Mode, Shape
from .conditions import Conditions, Received
from .placeholders import Lookup
from .template import Template


class Origin(str, Enum):
    """Where a route comes from, the most important origin first."""

    RUN_TIME = "run time"
    CONFIGURATION = "configuration"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class ExactData:
    """Data that a route names exactly: JSON, or text that is sent as it is.

    ``constant`` is None where there are places, which ``fill`` fills.
    """

    is_text: bool
    constant: bytes | None
    fill: Callable[[Lookup], Json] | None

    def written(self, look: Lookup) -> bytes:
        """The data in UTF-8, its places filled from ``look``."""
        if self.constant is not None:
            return self.constant
        assert self.fill is not None
        return write_data(self.fill(look), is_text=self.is_text)


def write_data(value: Json, *, is_text: bool) -> bytes:
    """Compact JSON, or the text itself."""
    if is_text and isinstance(value, str):
        return value.encode("utf-8", "replace")
    return orjson.dumps(value)


@dataclass(frozen=True, slots=True)
class Generated:
    """Data that a backend makes; without ``shape`` the path decides."""

    shape: Shape | None


Content: TypeAlias = "ExactData | Generated"


@dataclass(frozen=True, slots=True)
class ExactEvent:
    """An event that is sent as it is written; ``raw`` is bytes and no event.

    ``after_ms`` is the time since the step before, or None for the interval.
    """

    name: str | None = None
    data: ExactData | None = None
    id: ExactData | None = None
    retry_ms: int | None = None
    comment: str | None = None
    raw: bytes | None = None
    after_ms: float | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: its name, share, clock and payload."""

    name: str | None
    content: Content
    weight: int
    id: ExactData | None
    every_ms: int | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What is sent after ``seconds`` of silence: a comment, or an event."""

    seconds: int
    comment: str | None
    name: str | None
    data: ExactData | None


class Steps(Protocol):
    """Exact events by their index, which may be made when they are asked for."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, index: int, /) -> ExactEvent:
        """The one at ``index``, from 0."""


@dataclass(frozen=True, slots=True)
class Script:
    """Exact steps; ``runs`` is how often they run, None for ever.

    ``waits_first`` tells whether also the first step waits for its time, and
    ``has_faults`` whether any step plays faults.
    """

    steps: Steps
    runs: int | None
    then: Then
    waits_first: bool = False
    has_faults: bool = False


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """The shared feed of a route, whose ``name`` may have parameters of the path.

    ``history`` is how many events it keeps, None for the usual number, and
    ``gap_event`` the name of the event that tells of a gap, None for a comment.
    """

    name: str
    history: int | None
    gap_event: str | None


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What a route's streams send, and when. Times are in milliseconds.

    ``max_duration_s`` is in seconds, 0 for unlimited. ``retry_ms`` is None where a
    replay tells its own. ``recording`` is the name of the uploaded one that they
    replay.
    """

    kinds: tuple[EventKind, ...]
    script: Script | None
    mode: Mode
    continuous: bool
    interval_ms: int
    jitter_ms: int
    gaps: Gaps
    max_duration_s: int
    max_events: int | None
    framing: Framing
    envelope: Envelope
    opening: tuple[ExactEvent, ...]
    closing: tuple[ExactEvent, ...]
    ids: Ids
    retry_ms: int | None
    heartbeat: Heartbeat | None
    recording: str | None = None
    feed: FeedPlan | None = None


class Responses(Protocol):
    """What a described operation answers: a route for each of its responses."""

    def choose(self, received: Received) -> Route:
        """The route whose response a request gets.

        Raises ``ApiError`` where the description forbids the request, or has no
        response as it asks for.
        """


@dataclass(frozen=True, slots=True)
class Route:
    """One route. ``content`` is the answer of a route without a stream.

    ``methods`` are in capitals or ``ANY``; ``times`` and ``expires_s`` are None
    without a limit; ``faults`` are those of every response, in their order;
    ``virtual`` streams run by a clock that is advanced;
    ``written`` is the declaration as a file would hold it. A route of a description
    has ``responses`` to choose among, and no content of its own.
    """

    name: str
    origin: Origin
    template: Template
    methods: frozenset[str]
    conditions: Conditions
    times: int | None
    expires_s: int | None
    status: int
    headers: tuple[tuple[str, str], ...]
    delay_ms: int
    require_key: bool
    content: Content
    stream: StreamPlan | None
    faults: tuple[Fault, ...]
    context: str | None
    backend: str | None
    blend: bool | None
    seed: int | None
    locale: str
    count: int | None
    vary_all: bool
    virtual: bool
    written: Mapping[str, Json]
    responses: Responses | None = field(default=None, compare=False)
