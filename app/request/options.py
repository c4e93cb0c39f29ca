"""The options of a request: the places and the accepted values of each.

The table of the contract's section 2, as code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..settings.locales import LOCALES
from ..words import Json, Mode
from .inputs import Given, Inputs, Place, Where
from .parsers import (
    CLOCKS,
    INT64,
    MAX_CONTEXT_LENGTH,
    MAX_FEED_LENGTH,
    Limits,
    integer,
    is_status,
    parse_backend,
    parse_boolean,
    parse_cache,
    parse_clock,
    parse_context,
    parse_count,
    parse_error,
    parse_faults,
    parse_feed,
    parse_locale,
    parse_mode,
    parse_shape,
    parse_text,
    parse_vary,
)

T = TypeVar("T")

#: Maximum interval, in milliseconds.
MAX_INTERVAL_MS = 86_400_000
#: Maximum duration of a continuous stream, in seconds.
MAX_DURATION_S = 31_536_000
#: Maximum of ``maxEvents``, in batches.
MAX_EVENT_LIMIT = 1_000_000_000
#: Maximum wait before a response, in milliseconds.
MAX_DELAY_MS = 86_400_000
#: Maximum of ``replay``, in events.
MAX_REPLAY = 1_000_000


@dataclass(frozen=True)
class Option(Generic[T]):
    """One option: its places in order of precedence, and its parser.

    ``schema`` is a JSON Schema of the accepted values, for the API's description.
    """

    name: str
    places: tuple[Where, ...]
    parse: Callable[[Given, Limits], T]
    summary: str
    schema: Mapping[str, Json]

    def read(self, inputs: Inputs, limits: Limits) -> T | None:
        """The option's value in ``inputs``, or None if it is not given."""
        given = inputs.first(self.places)
        return None if given is None else self.parse(given, limits)


def query(*names: str) -> tuple[Where, ...]:
    """Query parameters of these names."""
    return tuple(Where(Place.QUERY, name) for name in names)


def header(*names: str) -> tuple[Where, ...]:
    """Headers of these names."""
    return tuple(Where(Place.HEADER, name) for name in names)


def shape_key(*names: str) -> tuple[Where, ...]:
    """Control keys of the shape."""
    return tuple(Where(Place.SHAPE, name) for name in names)


def body(*names: str) -> tuple[Where, ...]:
    """Members of a JSON object body."""
    return tuple(Where(Place.BODY, name) for name in names)


_BOOLEAN: Mapping[str, Json] = {"type": "boolean"}

CONTINUOUS = Option(
    "continuous",
    query("continuous") + header("X-Continuous-Streaming") + shape_key("$continuous"),
    parse_boolean,
    "keep the connection open and send a new value every interval",
    _BOOLEAN,
)
INTERVAL = Option(
    "interval",
    query("interval"),
    integer(1, MAX_INTERVAL_MS, "milliseconds"),
    "milliseconds from the start of one batch to the start of the next",
    {"type": "integer", "minimum": 1, "maximum": MAX_INTERVAL_MS},
)
MAX_DURATION = Option(
    "maxDuration",
    query("maxDuration"),
    integer(0, MAX_DURATION_S, "seconds, 0 is unlimited"),
    "seconds after which a continuous stream ends by itself; 0 is never",
    {"type": "integer", "minimum": 0, "maximum": MAX_DURATION_S},
)
SSE_MODE = Option(
    "sseMode",
    query("sseMode"),
    parse_mode,
    "how a value is cut into events",
    {"type": "string", "enum": [mode.value for mode in Mode]},
)
SHAPE = Option(
    "shape",
    query("shape") + header("X-Response-Shape") + body("shape"),
    parse_shape,
    "what the data looks like, as JSON: an example value, or a JSON Schema",
    {},
)
CONTEXT = Option(
    "context",
    query("contextName", "context", "api-context")
    + header("X-Api-Context")
    + body("contextName", "context", "apiContext"),
    parse_context,
    "requests of one context agree with each other",
    {"type": "string", "minLength": 1, "maxLength": MAX_CONTEXT_LENGTH},
)
BACKEND = Option(
    "backend",
    header("X-LLM-Backend") + query("backend"),
    parse_backend,
    "which of the configured backends generates",
    {"type": "string"},
)
ERROR = Option(
    "error",
    query("error") + header("X-Error-Code") + shape_key("$error") + body("error"),
    parse_error,
    "answer with this error instead of data",
    {"type": "integer", "minimum": 400, "maximum": 599},
)
INCLUDE_SCHEMA = Option(
    "includeSchema",
    query("includeSchema"),
    parse_boolean,
    "send the shape back with the data",
    _BOOLEAN,
)
COUNT = Option(
    "count",
    query("count"),
    parse_count,
    "elements in each generated array",
    {"type": "integer", "minimum": 1},
)
SEED = Option(
    "seed",
    query("seed"),
    integer(-INT64, INT64 - 1),
    "the same seed gives the same data from the embedded backend",
    {"type": "integer", "minimum": -INT64, "maximum": INT64 - 1},
)
MAX_EVENTS = Option(
    "maxEvents",
    query("maxEvents"),
    integer(1, MAX_EVENT_LIMIT),
    "batches after which a continuous stream ends by itself",
    {"type": "integer", "minimum": 1, "maximum": MAX_EVENT_LIMIT},
)
JITTER = Option(
    "jitter",
    query("jitter"),
    integer(0, MAX_INTERVAL_MS, "milliseconds, at most the interval"),
    "milliseconds within which each batch moves at random, half of it either way; "
    "at most the interval",
    {"type": "integer", "minimum": 0, "maximum": MAX_INTERVAL_MS},
)
DELAY = Option(
    "delay",
    query("delay"),
    integer(0, MAX_DELAY_MS, "milliseconds"),
    "milliseconds to wait before the response",
    {"type": "integer", "minimum": 0, "maximum": MAX_DELAY_MS},
)
VARY = Option(
    "vary",
    query("vary"),
    parse_vary,
    "all: every field changes from batch to batch, also one that would stay",
    {"type": "string", "enum": ["all"]},
)
BLEND = Option(
    "blend",
    query("blend"),
    parse_boolean,
    "a model writes the texts, and the simulation makes everything else",
    _BOOLEAN,
)
AUTO_SHAPE = Option(
    "autoshape",
    query("autoshape"),
    parse_boolean,
    "without a shape, keep to the structure of the path's first answer",
    _BOOLEAN,
)
RENEW_SHAPE = Option(
    "renewshape",
    query("renewshape"),
    parse_boolean,
    "let this answer's structure be the path's from now on",
    _BOOLEAN,
)
LOCALE = Option(
    "locale",
    query("locale"),
    parse_locale,
    "language and country of names and addresses from the embedded backend",
    {"type": "string", "examples": list(LOCALES)},
)
FAULTS = Option(
    "fault",
    query("fault"),
    parse_faults,
    "faults of the response, separated by commas: `name[:argument][*times][@when]`",
    {"type": "string"},
)
CLOCK = Option(
    "clock",
    query("clock"),
    parse_clock,
    "the clock of the stream: the machine's, or a virtual one of its own",
    {"type": "string", "enum": list(CLOCKS)},
)
LAST_EVENT_ID = Option(
    "lastEventId",
    header("Last-Event-ID") + query("lastEventId"),
    parse_text,
    "the id of the last event received; a stream that is over is answered with 204",
    {"type": "string"},
)
FEED = Option(
    "feed",
    query("feed") + header("X-Feed"),
    parse_feed,
    "the shared feed to subscribe to: all its subscribers get the same events",
    {"type": "string", "minLength": 1, "maxLength": MAX_FEED_LENGTH},
)
SHARED = Option(
    "shared",
    query("shared"),
    parse_boolean,
    "share one feed with all who ask for the same",
    _BOOLEAN,
)
REPLAY = Option(
    "replay",
    query("replay"),
    integer(0, MAX_REPLAY, "events"),
    "how many of the feed's latest events come first",
    {"type": "integer", "minimum": 0, "maximum": MAX_REPLAY},
)
CACHE = Option(
    "cache", shape_key("$cache"), parse_cache, "accepted, without effect", {}
)
CACHE_COUNT = Option(
    "cacheCount", shape_key("$cacheCount"), parse_cache, "accepted, without effect", {}
)

#: Every option, in the order of the contract.
OPTIONS: tuple[Option[Any], ...] = (
    CONTINUOUS,
    INTERVAL,
    MAX_DURATION,
    SSE_MODE,
    SHAPE,
    CONTEXT,
    BACKEND,
    ERROR,
    INCLUDE_SCHEMA,
    COUNT,
    SEED,
    MAX_EVENTS,
    JITTER,
    DELAY,
    VARY,
    BLEND,
    LOCALE,
    AUTO_SHAPE,
    RENEW_SHAPE,
    FAULTS,
    CLOCK,
    LAST_EVENT_ID,
    FEED,
    SHARED,
    REPLAY,
    CACHE,
    CACHE_COUNT,
)

#: Message and details that go with an error code given as text.
ERROR_TEXTS: Mapping[Place, tuple[Where, ...]] = {
    Place.QUERY: query("errorMessage", "errorDetails"),
    Place.HEADER: header("X-Error-Message", "X-Error-Details"),
}


def _names(place: Place) -> frozenset[str]:
    return frozenset(
        where.name
        for places in (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
        for where in places
        if where.place is place
    )


#: Query parameters that steer the request and are not data.
QUERY_OPTIONS = _names(Place.QUERY)

_BODY_OPTIONS = _names(Place.BODY)


def split_members(
    members: Mapping[str, Json],
) -> tuple[dict[str, Json], dict[str, Json]]:
    """A JSON body's members that are options, and those that are data.

    ``context`` and ``error`` are common names of data. They are options only in
    the form that the option has: text, and an HTTP status or an object with one.
    """
    steering: dict[str, Json] = {}
    data: dict[str, Json] = {}
    for name, value in members.items():
        is_option = name in _BODY_OPTIONS and _has_form(name, value, members)
        (steering if is_option else data)[name] = value
    return steering, data


def _has_form(name: str, value: Json, members: Mapping[str, Json]) -> bool:
    if name == "context":
        return isinstance(value, str)
    if name == "error":
        code = value.get("code") if isinstance(value, dict) else value
        return is_status(code) and "jsonrpc" not in members
    return True
