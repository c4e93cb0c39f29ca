"""The options of a request: where each may stand and what it accepts.

The table of the contract's section 2, as code. A parser takes what was given
and the limits that are configured, and returns the option's value or raises
the ``BadRequest`` that names what was given and what is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Generic, TypeVar

import orjson
from mimesis.locales import Locale

from ..errors import BadRequest, PayloadTooLarge
from ..schema.refusal import Impossible
from ..schema.shapes import CONTROL_KEYS, make_shape
from ..schema.validation import nesting, schema_validator
from ..words import Json, Mode, Shape, SimulatedError
from .inputs import Given, Inputs, Place, Where, short

T = TypeVar("T")

MAX_INTERVAL_MS = 86_400_000
MAX_DURATION_S = 31_536_000
#: Most batches that a request may limit its stream to.
MAX_EVENT_LIMIT = 1_000_000_000
#: Longest wait before a response, in milliseconds.
MAX_DELAY_MS = 86_400_000
MAX_CONTEXT_LENGTH = 200
_INT64 = 2**63

_LOCALES = tuple(sorted(locale.value for locale in Locale))
#: Longer shapes (characters) are read anew for each request.
_MAX_KEPT_LENGTH = 4000
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the configuration permits a request to ask for.

    ``backends`` are the names of the enabled backends. ``max_shape_bytes`` and
    ``max_shape_depth`` bound the shape's text and its nesting.
    """

    max_items: int
    max_shape_bytes: int
    max_shape_depth: int
    backends: tuple[str, ...]


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
        """The option's value in ``inputs``, or None where it has none."""
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


# -- parsers ------------------------------------------------------------------


def parse_boolean(given: Given, limits: Limits) -> bool:
    """``true``, ``false``, ``1`` or ``0``, in any case; in JSON also a boolean."""
    known = _BOOLEANS.get(str(given.value).strip().lower())
    if known is None:
        raise given.refuse("true, false, 1 or 0")
    return known


def integer(low: int, high: int, unit: str = "") -> Callable[[Given, Limits], int]:
    """A parser of integers from ``low`` to ``high``."""
    accepted = f"an integer from {low} to {high}{unit and f' ({unit})'}"

    def parse(given: Given, limits: Limits) -> int:
        value = _whole(given.value)
        if value is None or not low <= value <= high:
            raise given.refuse(accepted)
        return value

    return parse


def _whole(value: Json) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    return None


def parse_count(given: Given, limits: Limits) -> int:
    """A number of elements, up to the configured ``MaxItems``."""
    return integer(1, limits.max_items)(given, limits)


def parse_mode(given: Given, limits: Limits) -> Mode:
    """One of the three modes, in any case."""
    for mode in Mode:
        if mode.value.lower() == str(given.value).strip().lower():
            return mode
    raise given.refuse([mode.value for mode in Mode])


def parse_vary(given: Given, limits: Limits) -> bool:
    """``all``, in any case: every field varies."""
    if str(given.value).strip().lower() != "all":
        raise given.refuse("all")
    return True


def parse_locale(given: Given, limits: Limits) -> str:
    """A locale of the fake data's library, in any case, ``_`` or ``-``."""
    name = str(given.value).strip().lower().replace("_", "-")
    if name not in _LOCALES:
        raise given.refuse(_LOCALES)
    return name


def parse_context(given: Given, limits: Limits) -> str:
    """A context's name: 1 to 200 printable characters."""
    name = given.value
    if not isinstance(name, str) or not is_context_name(name):
        raise given.refuse(f"text of 1 to {MAX_CONTEXT_LENGTH} printable characters")
    return name


def is_context_name(text: str) -> bool:
    """Whether a context can be called so (contract, section 2)."""
    return 0 < len(text) <= MAX_CONTEXT_LENGTH and text.isprintable()


def parse_backend(given: Given, limits: Limits) -> str:
    """The name of an enabled backend, in any case."""
    for name in limits.backends:
        if name.lower() == str(given.value).strip().lower():
            return name
    raise given.refuse(list(limits.backends))


def parse_shape(given: Given, limits: Limits) -> Json:
    """The shape's JSON: text in a query or header, a value in a body.

    Raises ``PayloadTooLarge`` above the size limit and ``BadRequest`` for text
    that is not JSON, with the position, or that is nested too deeply.
    """
    value = given.value
    if given.where.place is not Place.BODY:
        if len(value.encode()) > limits.max_shape_bytes:
            raise _shape_too_large(limits)
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise BadRequest(
                f"The {given.where.place.value} '{given.where.name}' is not JSON: "
                f"{error.msg} at line {error.lineno}, column {error.colno}.",
                parameter=given.where.name,
                value=short(value),
                allowed="JSON: an example value, or a JSON Schema",
            ) from None
    elif len(orjson.dumps(value)) > limits.max_shape_bytes:
        raise _shape_too_large(limits)
    depth = nesting(value)
    if depth > limits.max_shape_depth:
        raise BadRequest(
            f"The shape is nested {depth} levels deep.",
            parameter=given.where.name,
            value=short(given.value),
            allowed=f"at most {limits.max_shape_depth} levels (MaxShapeDepth)",
        )
    return value


def _shape_too_large(limits: Limits) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"The shape is larger than {limits.max_shape_bytes} bytes (MaxShapeBytes)."
    )


_CODE_ACCEPTED = "an HTTP status from 400 to 599"
_ERROR_ACCEPTED = (
    f"{_CODE_ACCEPTED}, or an object of code (400 to 599), message (text) and details"
)


def parse_error(given: Given, limits: Limits) -> SimulatedError:
    """A status, or in JSON also an object of code, message and details."""
    value = given.value if isinstance(given.value, dict) else {"code": given.value}
    code, message = _whole(value.get("code")), value.get("message")
    if (
        code is None
        or not 400 <= code <= 599
        or not isinstance(message, (str, type(None)))
        or not set(value) <= {"code", "message", "details"}
    ):
        text_only = given.where.place in (Place.QUERY, Place.HEADER)
        raise given.refuse(_CODE_ACCEPTED if text_only else _ERROR_ACCEPTED)
    return SimulatedError(code, message or _reason(code), value.get("details"))


def _reason(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Client Error" if code < 500 else "Server Error"


def parse_cache(given: Given, limits: Limits) -> Json:
    """A control key that is known elsewhere and has no effect here."""
    if isinstance(given.value, bool):
        return given.value
    return integer(0, _INT64 - 1)(given, limits)


# -- the table ----------------------------------------------------------------

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
    integer(-_INT64, _INT64 - 1),
    "the same seed gives the same data from the embedded backend",
    {"type": "integer", "minimum": -_INT64, "maximum": _INT64 - 1},
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
    {"type": "string", "enum": list(_LOCALES)},
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
    CACHE,
    CACHE_COUNT,
)

#: Message and details that go with an error code given as text.
ERROR_TEXTS: Mapping[Place, tuple[Where, Where]] = {
    Place.QUERY: (
        Where(Place.QUERY, "errorMessage"),
        Where(Place.QUERY, "errorDetails"),
    ),
    Place.HEADER: (
        Where(Place.HEADER, "X-Error-Message"),
        Where(Place.HEADER, "X-Error-Details"),
    ),
}


def read_error(inputs: Inputs, limits: Limits) -> SimulatedError | None:
    """The error that the caller asked for, from the first place that names one."""
    given = inputs.first(ERROR.places)
    if given is None:
        return None
    error = ERROR.parse(given, limits)
    if given.where.place not in ERROR_TEXTS:
        return error
    texts = [inputs.first([where]) for where in ERROR_TEXTS[given.where.place]]
    message, details = (text.value if text else None for text in texts)
    return SimulatedError(error.code, message or error.message, details)


def read_jitter(
    inputs: Inputs, limits: Limits, interval_ms: int, default_ms: int
) -> int:
    """The jitter in milliseconds, at most the interval.

    Raises ``BadRequest`` where the caller asks for more; the configured default
    is cut to the interval instead, which the caller may have chosen shorter.
    """
    given = inputs.first(JITTER.places)
    if given is None:
        return min(default_ms, interval_ms)
    accepted = integer(0, interval_ms, "milliseconds, at most the interval")
    return accepted(given, limits)


def read_shape(
    inputs: Inputs, limits: Limits
) -> tuple[Shape | None, Mapping[str, Json]]:
    """The shape in force, and its control keys.

    A shape of control keys alone steers the request and asks for no structure.
    Raises ``BadRequest`` for a schema that no validator takes.
    """
    given = inputs.first(SHAPE.places)
    if given is None:
        return None, {}
    if isinstance(given.value, str) and len(given.value) <= _MAX_KEPT_LENGTH:
        return _kept_shape(given, limits)
    return _shape_in(given, limits)


def _shape_in(given: Given, limits: Limits) -> tuple[Shape | None, Mapping[str, Json]]:
    value = SHAPE.parse(given, limits)
    control: dict[str, Json] = {}
    if isinstance(value, dict):
        control = {key: value[key] for key in CONTROL_KEYS & value.keys()}
        if len(control) == len(value) and control:
            return None, control
    shape = make_shape(value)
    if not shape.is_example:
        try:
            schema_validator(shape.schema)
        except Impossible as error:
            raise BadRequest(
                f"The shape cannot be used: {error}.",
                parameter=given.where.name,
                value=short(given.value),
                allowed="a JSON Schema whose references stay inside it",
                pointer=error.pointer,
                keyword=error.keyword,
            ) from None
    return shape, control


#: Streams of the same shape share what was made of its text.
_kept_shape = lru_cache(maxsize=256)(_shape_in)


def _names(place: Place) -> frozenset[str]:
    return frozenset(
        where.name
        for places in (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
        for where in places
        if where.place is place
    )


#: Query parameters and body members that steer the request and are no data.
QUERY_OPTIONS = _names(Place.QUERY)
BODY_OPTIONS = _names(Place.BODY)
