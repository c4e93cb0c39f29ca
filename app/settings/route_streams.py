"""The key ``Stream`` of a route, as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ..faults.fault import Fault
from ..words import Json, Mode
from .free import FeedName, GivenJson, Presence
from .kinds import Choice, Flag, Number, OrNone, Scalar, Text, Whole
from .kinds import members as members_of
from .place import Place
from .route_kinds import AnyText, GivenFaults, OneLine, Repeat, RouteName
from .sections import ListOf, Section, section_or_none, setting

_DAY_MS = 86_400_000
_YEAR_S = 31_536_000
_MILLION = 1_000_000
_BILLION = 1_000_000_000


class Framing(str, Enum):
    """How events are written on the wire."""

    SSE = "sse"
    NDJSON = "ndjson"
    JSON_SEQ = "json-seq"
    JSON_ARRAY = "json-array"


class Envelope(str, Enum):
    """What an event's payload is: the value itself, or the contract's event."""

    BARE = "bare"
    CONTRACT = "contract"


class Gaps(str, Enum):
    """How the gaps between batches are distributed around the interval."""

    FIXED = "fixed"
    UNIFORM = "uniform"
    POISSON = "poisson"


class Ids(str, Enum):
    """What the ids of events are."""

    STREAM = "stream"
    COUNTER = "counter"
    UUID = "uuid"
    NONE = "none"


class ReplayGaps(str, Enum):
    """The gaps between the events of a replay."""

    RECORDED = "recorded"
    FIXED = "fixed"


class Then(str, Enum):
    """What comes after a script's last step."""

    CLOSE = "close"
    HOLD = "hold"
    GENERATE = "generate"


def _optional(kind: Scalar[str]) -> OrNone[str]:
    return OrNone(kind, "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactEventDeclaration:
    """One exact event of ``Opening`` or ``Closing``."""

    event: str | None = setting(
        "Event", _optional(OneLine()), None, "Name of the event."
    )
    data: Presence[Json] | None = setting(
        "Data",
        GivenJson(),
        None,
        "Payload: JSON, or text that is sent as it is; {{...}} is filled in.",
    )
    id: str | None = setting("Id", _optional(OneLine()), None, "Id of the event.")
    retry: int | None = setting(
        "Retry",
        OrNone(Whole(0, _DAY_MS), "none"),
        None,
        "How long clients wait before they reconnect, in milliseconds.",
    )
    comment: str | None = setting(
        "Comment", _optional(AnyText()), None, "Comment that goes before the event."
    )
    raw: str | None = setting(
        "Raw",
        _optional(AnyText()),
        None,
        "Bytes to send as they are, in UTF-8, instead of an event.",
    )


def check_exact_event(
    event: ExactEventDeclaration,
    place: Place,
    *,
    may_be_empty: bool = False,
    spell: Callable[[str], str] = str,
) -> None:
    """Refuse an event that sends nothing, or raw bytes beside something else.

    With ``may_be_empty`` it may send nothing. ``spell`` writes a key as the error
    names it. Raises ``SettingsError``.
    """
    others = (event.event, event.data, event.id, event.retry, event.comment)
    has_others = any(other is not None for other in others)
    if event.raw is not None and has_others:
        raise place.key(spell("Raw")).error(
            "is given beside other members; accepted: alone"
        )
    if event.raw is None and not has_others and not may_be_empty:
        names = spell("Event, Data, Id, Retry, Comment, Raw")
        raise place.error(f"sends nothing; accepted: one of {names}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDeclaration(ExactEventDeclaration):
    """One step of a ``Script``."""

    after_ms: int | None = setting(
        "AfterMs",
        OrNone(Whole(0, _DAY_MS), "IntervalMs"),
        None,
        "How long after the step before it, in milliseconds; the first is at once.",
    )
    fault: tuple[Fault, ...] = setting(
        "Fault",
        GivenFaults(),
        (),
        "Faults from this step on; a step may have nothing else.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindDeclaration:
    """One kind of event of a stream."""

    event: str | None = setting(
        "Event", _optional(OneLine()), None, "Name of the events."
    )
    shape: Presence[Json] | None = setting(
        "Shape", GivenJson(), None, "Example value, or JSON Schema, of their payload."
    )
    schema: Presence[Json] | None = setting(
        "Schema", GivenJson(), None, "JSON Schema of their payload."
    )
    data: Presence[Json] | None = setting(
        "Data", GivenJson(), None, "Exact payload, instead of a generated one."
    )
    weight: int = setting(
        "Weight",
        Whole(1, 1_000_000),
        1,
        "Share of the batches, relative to the other kinds' weights.",
    )
    id: str | None = setting(
        "Id",
        _optional(OneLine()),
        None,
        "Id of the events; {{...}} is filled in.",
    )
    every_ms: int | None = setting(
        "EveryMs",
        OrNone(Whole(1, _DAY_MS), "the stream's interval"),
        None,
        "Interval of a clock of their own, in milliseconds.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatDeclaration:
    """The key ``Heartbeat``."""

    seconds: int = setting(
        "Seconds",
        Whole(0, _YEAR_S),
        15,
        "Silence after which it is sent, in seconds; 0 is never.",
    )
    comment: str | None = setting(
        "Comment", _optional(OneLine()), None, "Comment that is sent."
    )
    event: str | None = setting(
        "Event", _optional(OneLine()), None, "Name of the event that is sent."
    )
    data: Presence[Json] | None = setting(
        "Data", GivenJson(), None, "Payload of the event that is sent."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeclaration:
    """The key ``Replay``: a recording in place of generated events."""

    file: str | None = setting(
        "File",
        OrNone(Text(), "none"),
        None,
        "File of the recording, relative to the configuration file.",
    )
    recording: str | None = setting(
        "Recording",
        OrNone(RouteName(), "none"),
        None,
        "Name of a recording that was uploaded.",
    )
    speed: float = setting(
        "Speed",
        Number(0.001, 1_000_000),
        1.0,
        "How many times as fast as it was recorded; 1000000 is as fast as can be.",
    )
    loop: bool = setting(
        "Loop", Flag(), False, "Whether it begins again after its last event."
    )
    gaps: ReplayGaps = setting(
        "Gaps",
        Choice(members_of(ReplayGaps)),
        ReplayGaps.RECORDED,
        "Whether gaps are as they were recorded, or IntervalMs each.",
    )
    like: bool = setting(
        "Like",
        Flag(),
        False,
        "Whether events are generated that are like the recorded ones.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDeclaration:
    """The key ``Stream``: what makes a route a stream. An empty mapping will do."""

    events: tuple[EventKindDeclaration, ...] = setting(
        "Events",
        ListOf(Section(EventKindDeclaration), of="kinds of event"),
        (),
        "Kinds of event; without them there is one, unnamed, of the route's shape.",
    )
    script: tuple[StepDeclaration, ...] = setting(
        "Script",
        ListOf(Section(StepDeclaration), of="steps"),
        (),
        "Exact steps, one after the other.",
    )
    repeat: int | bool = setting(
        "Repeat", Repeat(), 0, "How often the script runs again after its last step."
    )
    then: Then = setting(
        "Then",
        Choice(members_of(Then)),
        Then.CLOSE,
        "What comes after the script: close, hold the connection, or generate.",
    )
    replay: ReplayDeclaration | None = setting(
        "Replay",
        section_or_none(ReplayDeclaration),
        None,
        "Recording that is sent in place of generated events.",
    )
    mode: Mode = setting(
        "Mode",
        Choice(members_of(Mode)),
        Mode.COMPLETE_OBJECTS,
        "How a value is cut into events.",
    )
    continuous: bool = setting(
        "Continuous", Flag(), True, "Whether values go on, or one is sent."
    )
    interval_ms: int | None = setting(
        "IntervalMs",
        OrNone(Whole(1, _DAY_MS), "ContinuousStreamingIntervalMs"),
        None,
        "Time between batches, in milliseconds.",
    )
    jitter_ms: int | None = setting(
        "JitterMs",
        OrNone(Whole(0, _DAY_MS), "ContinuousStreamingJitterMs"),
        None,
        "How far a batch may move, in milliseconds: at most half of it either way.",
    )
    gaps: Gaps = setting(
        "Gaps",
        Choice(members_of(Gaps)),
        Gaps.FIXED,
        "How gaps are distributed; all have the interval as their mean.",
    )
    max_duration_seconds: int | None = setting(
        "MaxDurationSeconds",
        OrNone(
            Whole(0, _YEAR_S),
            "ContinuousStreamingMaxDurationSeconds, or the length of the Replay",
        ),
        None,
        "Longest life of a stream, in seconds; 0 is unlimited.",
    )
    max_events: int | None = setting(
        "MaxEvents",
        OrNone(Whole(1, _BILLION), "no limit"),
        None,
        "Batches after which the stream ends.",
    )
    framing: Framing | None = setting(
        "Framing",
        OrNone(Choice(members_of(Framing)), "sse, or that of the Replay"),
        None,
        "How events are written on the wire.",
    )
    envelope: Envelope = setting(
        "Envelope",
        Choice(members_of(Envelope)),
        Envelope.BARE,
        "Whether a payload is the value itself or an event of the contract.",
    )
    opening: tuple[ExactEventDeclaration, ...] = setting(
        "Opening",
        ListOf(Section(ExactEventDeclaration), of="events"),
        (),
        "Exact events that are sent first.",
    )
    closing: tuple[ExactEventDeclaration, ...] = setting(
        "Closing",
        ListOf(Section(ExactEventDeclaration), of="events"),
        (),
        "Exact events that are sent last.",
    )
    ids: Ids = setting(
        "Ids", Choice(members_of(Ids)), Ids.STREAM, "What the ids of events are."
    )
    retry_ms: int | None = setting(
        "RetryMs",
        OrNone(Whole(0, _DAY_MS), "2000, or what the Replay tells"),
        None,
        "How long clients wait before they reconnect, in milliseconds.",
    )
    feed: str | None = setting(
        "Feed",
        _optional(FeedName()),
        None,
        "Shared feed that streams subscribe to; {names} are parameters of the path.",
    )
    history: int | None = setting(
        "History",
        OrNone(Whole(0, _MILLION), "the setting FeedHistory"),
        None,
        "Events of the feed that are kept for clients that come back.",
    )
    gap_event: str | None = setting(
        "GapEvent",
        OrNone(OneLine(), "a comment"),
        None,
        "Name of the event that tells of events of the feed that a client misses.",
    )
    heartbeat: HeartbeatDeclaration | None = setting(
        "Heartbeat",
        section_or_none(HeartbeatDeclaration),
        None,
        "What is sent after a silence, in place of the service's comment.",
    )
