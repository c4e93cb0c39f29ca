"""Parsers of the options' values, one for each kind of value.

A parser takes what was given and the limits that are configured. It returns the
option's value, or raises the ``BadRequest`` that names what was given and what is
accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import orjson

from ..errors import BadRequest, PayloadTooLarge
from ..faults.fault import Fault
from ..faults.notation import TEXT_ACCEPTED, BadFault, bounded, read_list
from ..schema.budget import Budget
from ..schema.jsontext import excerpt
from ..schema.validation import nesting
from ..settings.locales import LOCALES, nearest_locale
from ..words import Json, Mode, SimulatedError
from .inputs import Given, Place

#: Maximum length of a context's name, in characters.
MAX_CONTEXT_LENGTH = 200
#: Maximum length of a feed's name, in characters; ``FeedName`` in settings agrees.
MAX_FEED_LENGTH = 200
INT64 = 2**63
#: The clocks that a stream may run by.
CLOCKS = ("real", "virtual")

_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that the configuration sets for requests.

    ``backends`` are the names of the enabled backends, and ``embedded`` those of the
    built-in ones among them. ``max_shape_bytes`` and ``max_shape_depth`` bound the
    shape's text and its nesting, ``max_event_bytes`` an event that a fault makes, and
    ``new_budget`` gives what reading one shape may
    cost.
    """

    max_items: int
    max_shape_bytes: int
    max_shape_depth: int
    max_event_bytes: int
    backends: tuple[str, ...]
    embedded: tuple[str, ...] = ()
    new_budget: Callable[[], Budget] = Budget


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


def parse_clock(given: Given, limits: Limits) -> bool:
    """Whether the clock is a virtual one."""
    name = str(given.value).strip().lower()
    if name not in CLOCKS:
        raise given.refuse(CLOCKS)
    return CLOCKS[1] == name


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
    """A locale, or the nearest that has its language."""
    locale = nearest_locale(str(given.value))
    if locale is None:
        raise given.refuse(LOCALES)
    return locale


def parse_text(given: Given, limits: Limits) -> str:
    """Any text."""
    return str(given.value)


def parse_context(given: Given, limits: Limits) -> str:
    """A context's name: 1 to 200 printable characters."""
    name = given.value
    if not isinstance(name, str) or not is_context_name(name):
        raise given.refuse(f"text of 1 to {MAX_CONTEXT_LENGTH} printable characters")
    return name


def is_context_name(text: str) -> bool:
    """Whether ``text`` can name a context (contract, section 2)."""
    return 0 < len(text) <= MAX_CONTEXT_LENGTH and text.isprintable()


def parse_feed(given: Given, limits: Limits) -> str:
    """A feed's name: 1 to 200 printable characters."""
    name = str(given.value)
    if not is_feed_name(name):
        raise given.refuse(f"text of 1 to {MAX_FEED_LENGTH} printable characters")
    return name


def is_feed_name(text: str) -> bool:
    """Whether ``text`` can name a feed."""
    return 0 < len(text) <= MAX_FEED_LENGTH and text.isprintable()


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
                value=excerpt(value),
                allowed="JSON: an example value, or a JSON Schema",
            ) from None
    elif len(orjson.dumps(value)) > limits.max_shape_bytes:
        raise _shape_too_large(limits)
    depth = nesting(value)
    if depth > limits.max_shape_depth:
        raise BadRequest(
            f"The shape is nested {depth} levels deep.",
            parameter=given.where.name,
            value=excerpt(given.value),
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


def is_status(code: Json) -> bool:
    """Whether a number has the three digits of an HTTP status."""
    return isinstance(code, int) and not isinstance(code, bool) and 100 <= code <= 999


def parse_faults(given: Given, limits: Limits) -> tuple[Fault, ...]:
    """Faults in their text form, separated by commas."""
    try:
        return bounded(read_list(str(given.value)), limits.max_event_bytes)
    except BadFault as error:
        raise BadRequest(
            f"The {given.where.place.value} '{given.where.name}' {error}.",
            parameter=given.where.name,
            value=excerpt(given.value),
            allowed=TEXT_ACCEPTED,
        ) from None


def parse_cache(given: Given, limits: Limits) -> Json:
    """A control key that is accepted for compatibility, without effect."""
    if isinstance(given.value, bool):
        return given.value
    return integer(0, INT64 - 1)(given, limits)
