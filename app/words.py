"""The frozen values that every room uses, above all ``MockRequest``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from .faults.fault import Fault

#: Any JSON value as Python has it: None, bool, int, float, str, list, dict.
Json: TypeAlias = Any


class Mode(str, Enum):
    """How a generated value is cut into events (contract, section 4)."""

    LLM_TOKENS = "LlmTokens"
    COMPLETE_OBJECTS = "CompleteObjects"
    ARRAY_ITEMS = "ArrayItems"


@dataclass(frozen=True, slots=True)
class Shape:
    """The structure that every generated value must have.

    ``given`` is what the caller sent, without its control keys. ``schema`` is
    the JSON Schema (draft 2020-12) in force: the caller's own, or one derived
    from the example. A derived schema carries the example's values in the
    annotation ``examples``, as hints for the generator.
    """

    given: Json
    schema: Mapping[str, Json] | bool
    is_example: bool


@dataclass(frozen=True, slots=True)
class SimulatedError:
    """An error that the client asked for."""

    code: int
    message: str
    details: Json = None


@dataclass(frozen=True, slots=True)
class FeedChoice:
    """The shared feed that a request asks for.

    ``name`` is None where the feed is named by what it is made of. ``given`` are the
    names of the options that the client gave itself, and ``replay`` is how many of
    the feed's latest events it wants first.
    """

    name: str | None
    given: frozenset[str]
    replay: int = 0


@dataclass(frozen=True, slots=True)
class MockRequest:
    """One request, complete and valid: defaults are filled in.

    Times ending in ``_ms`` are in milliseconds, in ``_s`` in seconds.
    ``max_duration_s`` is 0 and ``max_events``, in batches, is None for a stream
    without that limit. ``jitter_ms`` is the span within which a batch may move,
    half of it either way, and ``delay_ms`` the wait before the response; None
    leaves it to the configuration. ``vary_all`` makes every field change from one
    batch to the next. ``blend`` lets a model write only the texts of simulated
    values; None leaves it to the backend. ``last_event_id`` is the id that a client
    which reconnects received last. ``feed`` is the shared feed that is asked for, if
    any. ``fields`` are the query parameters and the
    body's members that are not options. ``auto_shape`` lets the path's last shape
    hold where the request has none, and ``renew_shape`` lets the answer replace
    that shape. ``faults`` are what goes wrong with the response, in this order.
    A ``virtual`` stream runs by a clock that is advanced. ``backends`` are those
    that take turns, in place of ``backend``; without any, all do.
    """

    method: str
    path: str
    continuous: bool
    interval_ms: int
    max_duration_s: int
    mode: Mode
    shape: Shape | None
    context: str | None
    backend: str | None
    error: SimulatedError | None
    include_schema: bool
    count: int | None
    seed: int | None
    locale: str
    fields: Mapping[str, Json]
    body: Json
    auto_shape: bool = False
    renew_shape: bool = False
    max_events: int | None = None
    jitter_ms: int = 0
    delay_ms: int | None = None
    vary_all: bool = False
    blend: bool | None = None
    last_event_id: str | None = None
    feed: FeedChoice | None = None
    faults: tuple[Fault, ...] = ()
    virtual: bool = False
    backends: tuple[str, ...] = ()
