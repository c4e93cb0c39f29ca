"""What a feed is made of, and what of it a subscriber contradicts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import FeedConflict
from ..request.options import (
    BACKEND,
    BLEND,
    CONTEXT,
    COUNT,
    INTERVAL,
    JITTER,
    LOCALE,
    SEED,
    SHAPE,
    SSE_MODE,
    VARY,
)
from ..schema.jsontext import dumps, excerpt
from ..words import Json, MockRequest
from .event_ids import digest


def _shape(request: MockRequest) -> Json:
    return None if request.shape is None else request.shape.given


#: The options that make a feed what it is, by name, as JSON.
TERMS: Mapping[str, Callable[[MockRequest], Json]] = {
    SSE_MODE.name: lambda request: request.mode.value,
    INTERVAL.name: lambda request: request.interval_ms,
    SHAPE.name: _shape,
    SEED.name: lambda request: request.seed,
    COUNT.name: lambda request: request.count,
    JITTER.name: lambda request: request.jitter_ms,
    CONTEXT.name: lambda request: request.context,
    BACKEND.name: lambda request: request.backend,
    LOCALE.name: lambda request: request.locale,
    VARY.name: lambda request: "all" if request.vary_all else None,
    BLEND.name: lambda request: request.blend,
}

#: What names the feed of those who share without naming one, beside the path.
_NAMING = (SHAPE, SSE_MODE, INTERVAL, BACKEND, CONTEXT, SEED, LOCALE)


def feed_name(request: MockRequest) -> str:
    """The name of the feed that ``request`` asks for: its own, or of its terms."""
    choice = request.feed
    assert choice is not None
    if choice.name is not None:
        return choice.name
    terms = [request.path, *(TERMS[option.name](request) for option in _NAMING)]
    return f"shared-{digest(dumps(terms))}"


class Contradiction(NamedTuple):
    """A term that a subscriber gives otherwise than its feed has it."""

    parameter: str
    given: Json
    feed: Json


def agree(request: MockRequest, given: frozenset[str], feed: MockRequest) -> None:
    """Raise ``FeedConflict`` where ``request`` asks for another feed.

    ``given`` names the options that the client gave; what it left open is the feed's.
    """
    found = [*_contradictions(request, given, feed)]
    if found:
        told = "; ".join(
            f"{each.parameter} is {_shown(each.feed)}, not {_shown(each.given)}"
            for each in found
        )
        raise FeedConflict(
            f"The feed is another one: {told}.",
            [
                {
                    "parameter": each.parameter,
                    "value": excerpt(each.given),
                    "feed": excerpt(each.feed),
                }
                for each in found
            ],
        )


def _shown(value: Json) -> str:
    return dumps(excerpt(value))


def _contradictions(
    request: MockRequest, given: frozenset[str], feed: MockRequest
) -> list[Contradiction]:
    pairs: list[tuple[str, Json, Json]] = [("path", request.path, feed.path)]
    pairs += [
        (name, term(request), term(feed))
        for name, term in TERMS.items()
        if name in given
    ]
    pairs += [
        (name, value, feed.fields.get(name)) for name, value in request.fields.items()
    ]
    return [Contradiction(*pair) for pair in pairs if pair[1] != pair[2]]
