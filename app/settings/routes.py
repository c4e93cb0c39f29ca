"""Routes, descriptions and recordings as a configuration or a request writes them.

Every key is declared once, as the settings are: reading, error messages with
their place and the documentation follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..faults.fault import Fault
from ..words import Json
from .free import Either, GivenJson, MapOf, Presence
from .kinds import Choice, Flag, Label, OrNone, Text, Whole
from .kinds import members as members_of
from .route_kinds import (
    AnyText,
    ExactText,
    GivenFaults,
    HeaderName,
    HeaderValue,
    Method,
    OperationsBase,
    ResponseHeaderName,
    RouteName,
    SpecName,
)
from .route_streams import StreamDeclaration
from .sections import ListOf, Section, required, section_or_none, setting

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_YEAR_S = 31_536_000
_BILLION = 1_000_000_000


class Variety(str, Enum):
    """Which fields vary."""

    KNOWN = "known"
    ALL = "all"


class Timing(str, Enum):
    """The clock that a route's streams run by."""

    REAL = "real"
    VIRTUAL = "virtual"


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
    faults: tuple[Fault, ...] = setting(
        "Faults",
        GivenFaults(),
        (),
        "Faults of every response, in this order.",
    )
    clock: Timing = setting(
        "Clock",
        Choice(members_of(Timing)),
        Timing.REAL,
        "Clock of the streams: the machine's, or a virtual one that calls advance.",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecDeclaration:
    """One entry of ``Specs``, or a description that is sent."""

    name: str | None = setting(
        "Name",
        OrNone(SpecName(), "the name of the file"),
        None,
        "Name of the description; the names of its routes begin with it.",
    )
    file: str | None = setting(
        "File",
        OrNone(Text(), "none"),
        None,
        "File of the description, relative to the configuration file.",
    )
    base_path: str | None = setting(
        "BasePath",
        OrNone(OperationsBase(), "the path of the description's first server"),
        None,
        "Path before those of the description.",
    )
    only: tuple[str, ...] = setting(
        "Only",
        ListOf(Text(), of="operation ids and tags"),
        (),
        "Operations that are served, by id or tag; empty for all.",
    )
    validate_requests: bool = setting(
        "ValidateRequests",
        Flag(),
        False,
        "Whether a request that the description forbids is refused.",
    )
    expires_seconds: int | None = setting(
        "ExpiresSeconds",
        OrNone(Whole(1, _YEAR_S), "never"),
        None,
        "Life of a description that was sent, in seconds.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDeclaration:
    """A recording that is uploaded."""

    name: str = required("Name", RouteName(), "Name of the recording.")
    content: str = required("Content", AnyText(), "Text of its file: JSON lines.")
    expires_seconds: int | None = setting(
        "ExpiresSeconds",
        OrNone(Whole(1, _YEAR_S), "never"),
        None,
        "Life of the recording, in seconds.",
    )
