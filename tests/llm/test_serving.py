"""The service before a real model: every value that is sent has the shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.llm.model_server import ModelServer
from tests.llm.service import (
    MODES,
    PATIENCE_S,
    Client,
    backend,
    integers,
    record,
    service,
    target,
)
from tests.system.server import Server

pytestmark = [pytest.mark.needs_llm, pytest.mark.timeout(300)]

READING = record(sensor={"type": "string", "maxLength": 8}, value=integers(0, 99999))
READINGS = record(
    readings={"type": "array", "items": READING, "minItems": 2, "maxItems": 2}
)


@pytest.fixture(scope="module")
def server(model: ModelServer) -> Iterator[Server]:
    with service(backend("local", model)) as running:
        yield running


@pytest.mark.parametrize("mode", MODES)
def test_a_regular_stream_has_the_shape(server: Server, mode: str) -> None:
    events = Client(server, target(sseMode=mode, shape=READINGS)).all_events()

    assert [event["done"] for event in events] == [False] * (len(events) - 1) + [True]
    if mode == "LlmTokens":
        *chunks, last = events
        assert len(chunks) > 5
        assert "".join(each["chunk"] for each in chunks) == last["content"]
        assert chunks[-1]["accumulated"] == last["content"]
        jsonschema.validate(json.loads(last["content"]), READINGS)
        return
    name = {"CompleteObjects": "data", "ArrayItems": "item"}[mode]
    assert [(each["index"], each["total"]) for each in events] == [(0, 2), (1, 2)]
    for event in events:
        jsonschema.validate(event[name], READING)


@pytest.mark.parametrize("mode", MODES)
def test_a_continuous_stream_has_the_shape_batch_by_batch(
    server: Server, mode: str
) -> None:
    options = {"continuous": "true", "interval": 200, "sseMode": mode}
    client = Client(server, target(shape=READINGS, **options))
    client.wait_for_batches(3)
    client.leave()

    first, second, *_ = batches = client.batches()[:2]
    assert first != second
    for value in batches:
        whole = {"readings": value} if mode == "ArrayItems" else value
        jsonschema.validate(whole, READINGS)
    assert client.errors() == []


def numbers(*names: str) -> dict[str, Any]:
    return record(**{name: {"type": "number"} for name in names})


TEXT = {"type": "string"}
INTEGER = {"type": "integer"}

#: What a client gives as its shape, and what the values have to be then.
SHAPES: dict[str, tuple[Any, dict[str, Any]]] = {
    "an object": (
        {"ticker": "AAPL", "price": 150.25},
        record(ticker=TEXT, price={"type": "number"}),
    ),
    "nested objects": (
        {"user": {"name": "Ada", "address": {"city": "London"}}},
        record(user=record(name=TEXT, address=record(city=TEXT))),
    ),
    "an array": (
        [{"id": 1, "done": True}],
        {"type": "array", "items": record(id=INTEGER, done={"type": "boolean"})},
    ),
    "an object with an array": (
        {"page": 1, "tags": ["red", "blue"]},
        record(page=INTEGER, tags={"type": "array", "items": TEXT}),
    ),
    "numbers": ({"lat": 51.5, "lon": -0.12}, numbers("lat", "lon")),
    "a moment": (
        {"at": "2025-01-06T12:34:56Z"},
        record(at={"type": "string", "format": "date-time"}),
    ),
    "a name that is no word": ({"größe (m)": 3}, record(**{"größe (m)": INTEGER})),
    "an enumeration": (
        record(level={"enum": ["info", "warn", "error"]}, line=integers(1, 900)),
        record(level={"enum": ["info", "warn", "error"]}, line=integers(1, 900)),
    ),
    "a pattern": (
        record(code={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}),
        record(code={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}),
    ),
    "a UUID": (
        record(id={"type": "string", "format": "uuid"}),
        record(id={"type": "string", "format": "uuid"}),
    ),
}


@pytest.mark.parametrize("given, wanted", SHAPES.values(), ids=SHAPES.keys())
def test_each_of_ten_shapes_is_filled_in(
    server: Server, given: Any, wanted: dict[str, Any]
) -> None:
    options = {"continuous": "true", "sseMode": "CompleteObjects", "interval": 200}
    client = Client(server, target(shape=given, **options))
    client.wait_for_batches(1, 2 * PATIENCE_S)
    client.leave()

    checker = jsonschema.FormatChecker()
    for value in client.batches():
        jsonschema.validate(value, wanted, format_checker=checker)
        assert value != given
