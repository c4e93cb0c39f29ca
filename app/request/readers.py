"""The options whose value depends on others, or is put together from several."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..errors import BadRequest
from ..schema.budget import STRIDE, Budget
from ..schema.jsontext import excerpt
from ..schema.refusal import Refusal
from ..schema.shapes import CONTROL_KEYS, make_shape
from ..schema.validation import schema_validator
from ..words import FeedChoice, Json, Shape, SimulatedError
from .inputs import Given, Inputs
from .options import (
    BACKEND,
    BLEND,
    CLOCK,
    CONTINUOUS,
    ERROR,
    ERROR_TEXTS,
    FEED,
    JITTER,
    OPTIONS,
    REPLAY,
    SHAPE,
    SHARED,
)
from .parsers import Limits, integer

#: Maximum length of a shape's text that is kept once parsed, in characters.
_MAX_KEPT_LENGTH = 4000


def read_error(inputs: Inputs, limits: Limits) -> SimulatedError | None:
    """The simulated error from the first place that names one, or None."""
    given = inputs.first(ERROR.places)
    if given is None:
        return None
    error = ERROR.parse(given, limits)
    if given.where.place not in ERROR_TEXTS:
        return error
    texts = [inputs.first([where]) for where in ERROR_TEXTS[given.where.place]]
    message, details = (text.value if text else None for text in texts)
    return SimulatedError(error.code, message or error.message, details)


def read_feed(inputs: Inputs, limits: Limits) -> FeedChoice | None:
    """The shared feed that is asked for, or None.

    Raises ``BadRequest`` where the stream is to be no continuous one.
    """
    name = FEED.read(inputs, limits)
    shared = SHARED.read(inputs, limits)
    replay = REPLAY.read(inputs, limits) or 0
    if name is None and not shared:
        return None
    if CONTINUOUS.read(inputs, limits) is False:
        given = inputs.first(CONTINUOUS.places)
        assert given is not None
        raise given.refuse("true, because a feed is a continuous stream")
    names = [each.name for each in OPTIONS if inputs.first(each.places) is not None]
    return FeedChoice(name, frozenset(names), replay)


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
    try:
        return _checked_shape(value, limits.new_budget()), control
    except Refusal as error:
        raise BadRequest(
            f"The shape is not a JSON Schema that can be used: {error}.",
            parameter=given.where.name,
            value=excerpt(error.value),
            allowed=error.accepted or "a JSON Schema",
            pointer=error.pointer,
            keyword=error.keyword,
        ) from None


def _checked_shape(value: Json, budget: Budget) -> Shape:
    shape = make_shape(value, budget)
    if not shape.is_example:
        schema_validator(shape.schema, budget=budget)
    budget.spend(STRIDE)  # compiling it was a turn of its own
    return shape


#: Streams with the same shape share the parsed result.
_kept_shape = lru_cache(maxsize=256)(_shape_in)


def read_backend(inputs: Inputs, limits: Limits) -> str | None:
    """The backend that is asked for; a virtual clock has a built-in one.

    Raises ``BadRequest`` where something beside the clock takes real time.
    """
    backend = BACKEND.read(inputs, limits)
    if not CLOCK.read(inputs, limits):
        return backend
    known = [name for name in limits.embedded if backend in (None, name)]
    is_shared = FEED.read(inputs, limits) is not None or SHARED.read(inputs, limits)
    if known and not is_shared and not BLEND.read(inputs, limits):
        return known[0]
    accepted = ", ".join(limits.embedded) or "none that is configured"
    raise BadRequest(
        "The query parameter 'clock' is virtual, but the stream is not the built-in"
        " generator's own.",
        parameter="clock",
        value="virtual",
        allowed=f"without blend and feed, with one of these backends: {accepted}",
    )
