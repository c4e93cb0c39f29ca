"""A mock route as it is written, in a configuration file or in a request.

Every key is declared once, as the settings are: reading, error messages with
their place and the documentation follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..words import Json, Mode
from .free import Either, GivenJson, MapOf, Presence
from .kinds import Choice, Flag, Label, NotAccepted, OrNone, Scalar, Text, Whole
from .kinds import members as members_of
from .sections import ListOf, Section, required, section_or_none, setting

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_YEAR_S = 31_536_000
_BILLION = 1_000_000_000

#: Headers that a route cannot set, in lower case, and why they are refused.
_RESERVED_HEADERS = frozenset("""
    connection keep-alive proxy-authenticate proxy-authorization te trailer
    transfer-encoding upgrade content-length service-worker-allowed
    clear-site-data
    """.split())
_RESERVED_PREFIX = "access-control-"
_TOKEN = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


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


class Then(str, Enum):
    """What comes after a script's last step."""

    CLOSE = "close"
    HOLD = "hold"
    GENERATE = "generate"


class Variety(str, Enum):
    """Which fields vary."""

    KNOWN = "known"
    ALL = "all"


class RouteName(Scalar[str]):
    """The name of a route, as management paths carry it."""

    type_name = "name"
    accepted = "1 to 100 characters of A-Z a-z 0-9 . _ ~ -"
    _ALLOWED = frozenset(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._~-"
    )

    def read(self, value: object) -> str:
        """The name as it is; "." and ".." are none, because paths fold them."""
        if not isinstance(value, str) or not 1 <= len(value) <= 100:
            raise NotAccepted
        if not self._ALLOWED.issuperset(value) or value in (".", ".."):
            raise NotAccepted
        return value


class Method(Scalar[str]):
    """An HTTP method, or ANY."""

    type_name = "method"
    accepted = "a method such as GET or POST in capitals (not HEAD, OPTIONS), or ANY"

    def read(self, value: object) -> str:
        """The method in capitals."""
        if not isinstance(value, str) or not value.isascii() or not value.isalpha():
            raise NotAccepted
        if value.upper() in ("HEAD", "OPTIONS", "CONNECT", "TRACE") or len(value) > 20:
            raise NotAccepted
        return value.upper()


class OneLine(Scalar[str]):
    """A text without line ends or NUL, for names and ids of events."""

    type_name = "text"
    accepted = "text of 1 to 1000 characters without CR, LF or NUL"

    def read(self, value: object) -> str:
        """The text; a whole number is written as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not 1 <= len(value) <= 1_000:
            raise NotAccepted
        if any(char in value for char in "\r\n\0"):
            raise NotAccepted
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value


class AnyText(Scalar[str]):
    """Any text that UTF-8 can write, also an empty one."""

    type_name = "text"
    accepted = "text"

    def read(self, value: object) -> str:
        """The text as it is."""
        if not isinstance(value, str):
            raise NotAccepted
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value


class HeaderName(Scalar[str]):
    """The name of a header that a request is matched by."""

    type_name = "header name"
    accepted = "a header's name"

    def read(self, value: object) -> str:
        """The name as it is written."""
        if not isinstance(value, str) or not value or not _TOKEN.issuperset(value):
            raise NotAccepted
        return value


class ResponseHeaderName(HeaderName):
    """The name of a header that a route may send."""

    accepted = (
        "a header's name, but none of a connection's, Content-Length,"
        " Access-Control-*, Service-Worker-Allowed or Clear-Site-Data"
    )

    def read(self, value: object) -> str:
        """The name as it is written."""
        name = super().read(value)
        if name.lower() in _RESERVED_HEADERS or name.lower().startswith(
            _RESERVED_PREFIX
        ):
            raise NotAccepted
        return name


class HeaderValue(Scalar[str]):
    """The value of a header that a route sends."""

    type_name = "text"
    accepted = "text or a whole number, without control characters, Latin-1 at most"

    def read(self, value: object) -> str:
        """The text; a whole number is written as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not (value.isprintable() or value == ""):
            raise NotAccepted
        try:
            value.encode("latin-1")
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value.strip()


class ExactText(AnyText):
    """What a query parameter or a header is compared with."""

    accepted = "the exact text"

    def read(self, value: object) -> str:
        """The text; a number or a boolean is meant as it is written in a query."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        return super().read(value)


class Repeat(Scalar["int | bool"]):
    """How often a script runs again."""

    type_name = "integer or boolean"
    accepted = "a number of further runs from 0 to 1000000000, or true for ever"

    def read(self, value: object) -> int | bool:
        """The number of runs, or a boolean."""
        if isinstance(value, int) and 0 <= value <= _BILLION:
            return value
        raise NotAccepted


def _optional(kind: Scalar[str]) -> OrNone[str]:
    return OrNone(kind, "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionDeclaration:
    """A condition that is not an exact text."""

    matches: str | None = setting(
        "Matches",
        OrNone(Text(), "no expression"),
        None,
        "Regular expression (RE2's syntax) that the whole text matches.",
    )
    present: bool | None = setting(
        "Present",
        OrNone(Flag(), "either"),
        None,
        "Whether it has to be there, or must not be.",
    )


_CONDITION = Either(ExactText(), Section(ConditionDeclaration))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDeclaration:
    """The key ``Match``: what a request has to be besides path and method."""

    query: tuple[tuple[str, str | ConditionDeclaration], ...] = setting(
        "Query",
        MapOf(_CONDITION, AnyText(), of="query parameters to conditions"),
        (),
        "Query parameters: an exact text, {Matches: regex} or {Present: boolean}.",
    )
    headers: tuple[tuple[str, str | ConditionDeclaration], ...] = setting(
        "Headers",
        MapOf(_CONDITION, HeaderName(), of="headers to conditions"),
        (),
        "Headers, in the same forms; names in any case.",
    )
    body: Presence[Json] | None = setting(
        "Body",
        GivenJson(),
        None,
        "JSON value that the JSON body has to contain.",
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDeclaration(ExactEventDeclaration):
    """One step of a ``Script``."""

    after_ms: int | None = setting(
        "AfterMs",
        OrNone(Whole(0, _DAY_MS), "IntervalMs"),
        None,
        "How long after the step before it, in milliseconds; the first is at once.",
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
        OrNone(Whole(0, _YEAR_S), "ContinuousStreamingMaxDurationSeconds"),
        None,
        "Longest life of a stream, in seconds; 0 is unlimited.",
    )
    max_events: int | None = setting(
        "MaxEvents",
        OrNone(Whole(1, _BILLION), "no limit"),
        None,
        "Batches after which the stream ends.",
    )
    framing: Framing = setting(
        "Framing",
        Choice(members_of(Framing)),
        Framing.SSE,
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
    retry_ms: int = setting(
        "RetryMs",
        Whole(0, _DAY_MS),
        2000,
        "How long clients wait before they reconnect, in milliseconds.",
    )
    heartbeat: HeartbeatDeclaration | None = setting(
        "Heartbeat",
        section_or_none(HeartbeatDeclaration),
        None,
        "What is sent after a silence, in place of the service's comment.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDeclaration:
    """One route, as it is written."""

    name: str | None = setting(
        "Name",
        OrNone(RouteName(), "a name made of method and path"),
        None,
        "Name of the route; no two may share one.",
    )
    path: str = required(
        "Path",
        Text(),
        "Path of the route, such as /v1/{symbol}/stream; {rest*} is the rest of it.",
    )
    methods: tuple[str, ...] = setting(
        "Methods",
        ListOf(Method(), of="methods"),
        ("GET",),
        "Methods that the route answers; ANY is all but OPTIONS and HEAD.",
    )
    match: MatchDeclaration = setting(
        "Match",
        Section(MatchDeclaration),
        MatchDeclaration(),
        "What else a request has to be.",
    )
    times: int | None = setting(
        "Times",
        OrNone(Whole(1, _BILLION), "unlimited"),
        None,
        "Requests that the route serves before it is passed over.",
    )
    expires_seconds: int | None = setting(
        "ExpiresSeconds",
        OrNone(Whole(1, _YEAR_S), "never"),
        None,
        "Life of a route that was made at run time, in seconds.",
    )
    status: int = setting("Status", Whole(200, 599), 200, "Status of the response.")
    headers: tuple[tuple[str, str], ...] = setting(
        "Headers",
        MapOf(HeaderValue(), ResponseHeaderName(), of="headers to values"),
        (),
        "Headers of the response.",
    )
    delay_ms: int = setting(
        "DelayMs",
        Whole(0, _HOUR_MS),
        0,
        "Wait before the response, in milliseconds.",
    )
    require_key: bool = setting(
        "RequireKey", Flag(), False, "Whether a client has to show one of ApiKeys."
    )
    shape: Presence[Json] | None = setting(
        "Shape", GivenJson(), None, "Example value, or JSON Schema, of the data."
    )
    shape_file: str | None = setting(
        "ShapeFile",
        OrNone(Text(), "none"),
        None,
        "File of the shape, relative to the configuration file.",
    )
    schema: Presence[Json] | None = setting(
        "Schema", GivenJson(), None, "JSON Schema of the data."
    )
    variety: Variety = setting(
        "Variety",
        Choice(members_of(Variety)),
        Variety.KNOWN,
        "Whether only fields vary that are known to, or all.",
    )
    body: Presence[Json] | None = setting(
        "Body",
        GivenJson(),
        None,
        "Exact body in place of data: JSON, or text; {{...}} is filled in.",
    )
    stream: StreamDeclaration | None = setting(
        "Stream",
        section_or_none(StreamDeclaration),
        None,
        "Makes the route a stream; an empty mapping will do.",
    )
    context: str | None = setting(
        "Context",
        OrNone(Text(), "none"),
        None,
        "Context of the data; {name} is a parameter of the path.",
    )
    backend: str | None = setting(
        "Backend",
        OrNone(Label(), "a weighted choice"),
        None,
        "Backend that generates the data.",
    )
    blend: bool | None = setting(
        "Blend",
        OrNone(Flag(), "the backend's setting"),
        None,
        "Whether a model writes the texts and the simulation the rest.",
    )
    seed: int | None = setting(
        "Seed",
        OrNone(Whole(-(2**63), 2**63 - 1), "random"),
        None,
        "Seed of the built-in generator: the same data each time.",
    )
    locale: str | None = setting(
        "Locale", OrNone(Text(), "the setting Locale"), None, "Language of the data."
    )
    count: int | None = setting(
        "Count",
        OrNone(Whole(1, 1_000_000), "the example's length"),
        None,
        "Elements in each generated array.",
    )


__all__ = [
    "ConditionDeclaration",
    "Envelope",
    "EventKindDeclaration",
    "ExactEventDeclaration",
    "Framing",
    "Gaps",
    "HeartbeatDeclaration",
    "Ids",
    "MatchDeclaration",
    "RouteDeclaration",
    "StepDeclaration",
    "StreamDeclaration",
    "Then",
    "Variety",
]
