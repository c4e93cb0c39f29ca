"""Parsing a client's input into the one frozen value that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ..settings import Settings
from ..words import MockRequest
from . import options, readers
from .bodies import parse_body
from .inputs import Inputs, header_text, parse_query
from .parsers import Limits

T = TypeVar("T")


def parse_request(
    *,
    method: str,
    path: str,
    query: bytes,
    headers: Mapping[str, str],
    body: bytes,
    settings: Settings,
    limits: Limits,
) -> MockRequest:
    """The request, complete with the defaults of ``settings``.

    ``query`` is the raw query string and ``headers`` are texts as WSGI has them
    (Latin-1). Raises ``BadRequest`` or ``PayloadTooLarge`` for what the
    contract's section 2 refuses.
    """
    texts = {name.lower(): header_text(text) for name, text in headers.items()}
    sent = parse_body(body, texts.get("content-type", ""))
    steering, data = options.split_members(sent.members)
    inputs = Inputs(query=parse_query(query), headers=texts, body=steering)
    shape, control = readers.read_shape(inputs, limits)
    inputs = replace(inputs, shape=control)
    for key in (options.CACHE, options.CACHE_COUNT):
        key.read(inputs, limits)
    interval_ms = _or(
        options.INTERVAL.read(inputs, limits),
        settings.continuous_streaming_interval_ms,
    )
    feed = readers.read_feed(inputs, limits)
    return MockRequest(
        method=method,
        path=path.strip("/"),
        continuous=feed is not None
        or _or(
            options.CONTINUOUS.read(inputs, limits),
            settings.enable_continuous_streaming,
        ),
        interval_ms=interval_ms,
        max_duration_s=_or(
            options.MAX_DURATION.read(inputs, limits),
            settings.continuous_streaming_max_duration_seconds,
        ),
        mode=_or(options.SSE_MODE.read(inputs, limits), settings.sse_mode),
        shape=shape,
        context=options.CONTEXT.read(inputs, limits),
        backend=readers.read_backend(inputs, limits),
        error=readers.read_error(inputs, limits),
        include_schema=_or(
            options.INCLUDE_SCHEMA.read(inputs, limits),
            settings.include_shape_in_response,
        ),
        count=options.COUNT.read(inputs, limits),
        seed=options.SEED.read(inputs, limits),
        locale=_or(options.LOCALE.read(inputs, limits), settings.locale),
        fields={
            **data,
            **sent.fields,
            **{
                name: text
                for name, text in inputs.query.items()
                if name not in options.QUERY_OPTIONS
            },
        },
        body=sent.value,
        auto_shape=_or(
            options.AUTO_SHAPE.read(inputs, limits), settings.enable_auto_shape
        ),
        renew_shape=options.RENEW_SHAPE.read(inputs, limits) or False,
        max_events=options.MAX_EVENTS.read(inputs, limits),
        jitter_ms=readers.read_jitter(
            inputs, limits, interval_ms, settings.continuous_streaming_jitter_ms
        ),
        delay_ms=options.DELAY.read(inputs, limits),
        last_event_id=options.LAST_EVENT_ID.read(inputs, limits),
        vary_all=options.VARY.read(inputs, limits) or False,
        blend=options.BLEND.read(inputs, limits),
        feed=feed,
        faults=options.FAULTS.read(inputs, limits) or (),
        virtual=options.CLOCK.read(inputs, limits) or False,
    )


def _or(value: T | None, default: T) -> T:
    return default if value is None else value
