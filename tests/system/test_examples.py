"""Every example request of the product's description, over TCP, on a real server.

Each row is asked for twice and read by two readers that are not ours: once
percent-encoded through httpx-sse, once raw, as a browser or curl would send
it, through sseclient-py.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
import sseclient
from httpx_sse import connect_sse

from app.schema.shapes import example_schema
from app.schema.validation import schema_validator
from tests.system.server import Server, serve

STOCK_TICKER = """{
  "MockLlmApi": {
    "EnableContinuousStreaming": true,
    "ContinuousStreamingIntervalMs": 1000,
    "ContinuousStreamingMaxDurationSeconds": 3600,
    "SseMode": "CompleteObjects"
  }
}"""
IOT_SENSORS = """{
  "MockLlmApi": {
    "EnableContinuousStreaming": false,  // Opt-in per request
    "ContinuousStreamingIntervalMs": 5000,
    "SseMode": "ArrayItems"
  }
}"""
LIVE_LOGS = """{
  "MockLlmApi": {
    "EnableContinuousStreaming": true,
    "ContinuousStreamingIntervalMs": 2000,
    "ContinuousStreamingMaxDurationSeconds": 600,
    "SseMode": "ArrayItems"
  }
}"""

TOKENS, OBJECTS, ITEMS = "LlmTokens", "CompleteObjects", "ArrayItems"


@dataclass(frozen=True)
class Example:
    """A request, and what its stream must begin with.

    ``info`` is (mode, intervalMs, maxDurationSeconds), or None for a regular
    stream. ``shape`` is an example of each ``data``, ``item`` or ``content``.
    """

    target: str
    info: tuple[str, int, int] | None
    shape: Any = None
    config: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    batches: int = 1


STOCK = {"ticker": "AAPL", "price": 150.0}
SENSOR = {"id": "s1", "temp": 72, "humidity": 45}
LOG = {"level": "info", "message": "string", "timestamp": "2025-01-06T12:00:00Z"}

EXAMPLES = [
    Example(
        "stocks?continuous=true&interval=2000&sseMode=CompleteObjects",
        (OBJECTS, 2000, 300),
    ),
    Example("stocks", (TOKENS, 2000, 300), headers={"X-Continuous-Streaming": "true"}),
    Example(
        'stocks?shape={"$continuous":true,"ticker":"AAPL","price":150.25}',
        (TOKENS, 2000, 300),
        STOCK,
    ),
    Example(
        "stocks?continuous=true&interval=3000&maxDuration=600&sseMode=CompleteObjects",
        (OBJECTS, 3000, 600),
    ),
    Example(
        "chat?continuous=true&interval=5000&sseMode=LlmTokens", (TOKENS, 5000, 300)
    ),
    Example(
        "stocks?continuous=true&interval=1000&sseMode=CompleteObjects"
        '&shape={"ticker":"AAPL","price":150.0}',
        (OBJECTS, 1000, 300),
        STOCK,
        batches=3,
    ),
    Example(
        "sensors?continuous=true&interval=3000&sseMode=ArrayItems"
        '&shape={"sensors":[{"id":"s1","temp":72}]}',
        (ITEMS, 3000, 300),
        {"id": "s1", "temp": 72},
    ),
    Example("stocks?continuous=true&interval=2000", (TOKENS, 2000, 300)),
    Example(
        'stocks?shape={"ticker":"AAPL","price":150.0,"change":2.5}',
        (OBJECTS, 1000, 3600),
        {**STOCK, "change": 2.5},
        STOCK_TICKER,
        batches=2,
    ),
    Example(
        "sensors?continuous=true&interval=5000"
        '&shape={"sensors":[{"id":"s1","temp":72,"humidity":45}]}',
        (ITEMS, 5000, 300),
        SENSOR,
        IOT_SENSORS,
    ),
    Example(
        'logs?shape={"logs":[{"level":"info","message":"string",'
        '"timestamp":"2025-01-06T12:00:00Z"}]}',
        (ITEMS, 2000, 600),
        LOG,
        LIVE_LOGS,
    ),
    Example("data?continuous=true&maxDuration=0", (TOKENS, 2000, 0)),
    Example("fast?continuous=true&interval=100", (TOKENS, 100, 300), batches=5),
    Example("slow?continuous=true&interval=30000", (TOKENS, 30000, 300)),
    Example("data?continuous=true&contextName=session-123", (TOKENS, 2000, 300)),
    *(
        Example(
            f"stocks/{ticker}?continuous=true&interval=1000&sseMode=CompleteObjects",
            (OBJECTS, 1000, 300),
        )
        for ticker in ("AAPL", "GOOGL", "MSFT", "AMZN")
    ),
    Example(
        "temperature?continuous=true&interval=5000&sseMode=ArrayItems"
        '&shape={"rooms":[{"id":"living-room","temp":72,"humidity":45}]}',
        (ITEMS, 5000, 300),
        SENSOR,
    ),
    Example(
        "logs?continuous=true&interval=3000&sseMode=ArrayItems"
        '&shape={"logs":[{"level":"info","service":"api","message":"string"}]}',
        (ITEMS, 3000, 300),
        {"level": "info", "service": "api", "message": "string"},
    ),
    Example("users", None),
    Example("users?continuous=true", (TOKENS, 2000, 300)),
]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {
            config: stack.enter_context(serve(config=config))
            for config in {example.config for example in EXAMPLES}
        }


def read_encoded(server: Server, example: Example) -> Iterator[Any]:
    """The events as httpx-sse reads them; httpx percent-encodes the query."""
    url = f"{server.url}/api/mock/stream/{example.target}"
    with httpx.Client(timeout=20) as client:
        with connect_sse(client, "GET", url, headers={**example.headers}) as source:
            assert source.response.status_code == 200
            for event in source.iter_sse():
                yield event.event, event.id, event.retry, orjson.loads(event.data)


def read_raw(server: Server, example: Example) -> Iterator[Any]:
    """The events as sseclient reads them; the query goes out as it is written."""
    host = urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request(
        "GET", f"/api/mock/stream/{example.target}", headers=example.headers
    )
    response = connection.getresponse()
    assert response.status == 200
    for event in sseclient.SSEClient(iter(response.readline, b"")).events():
        yield event.event, event.id, event.retry, orjson.loads(event.data)
    connection.close()


@pytest.mark.parametrize("read", [read_encoded, read_raw])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.target[:70])
def test_every_example_request_works(
    servers: dict[str, Server], example: Example, read: Any
) -> None:
    began = time.monotonic()
    events: list[Any] = []
    stream_id = ""
    for number, (name, event_id, retry, event) in enumerate(
        read(servers[example.config], example)
    ):
        stream_id = stream_id or event_id.split("-")[0]
        ending = "-end" if event["done" if "done" in event else "type"] is True else ""
        assert (name, event_id) == ("message", f"{stream_id}-{number}{ending}")
        assert int(retry or 0) == (2000 if number == 0 else 0)
        events.append(event)
        if len(batches(events)) >= example.batches:
            break
    check(example, events)
    if example.info is not None and example.batches > 1:
        due = (example.batches - 1) * example.info[1] / 1000
        assert due - 0.1 <= time.monotonic() - began < due + 3


def batches(events: list[Any]) -> list[list[Any]]:
    """The events of each whole batch, INFO left out."""
    whole: list[list[Any]] = [[]]
    for event in events:
        if event.get("type") != "info":
            whole[-1].append(event)
        if (
            "content" in event
            or event.get("hasMore") is False
            or (
                "data" in event
                and event.get("total", 1) == event["index"] + 1
                or "timestamp" in event
                and "data" in event
            )
        ):
            whole.append([])
    return whole[:-1]


def check(example: Example, events: list[Any]) -> None:
    if example.info is not None:
        mode, interval, duration = example.info
        assert events[0] == {
            "type": "info",
            "message": "Continuous streaming started",
            "mode": mode,
            "intervalMs": interval,
            "maxDurationSeconds": duration,
        }
    values: list[Any] = []
    for batch in batches(events):
        for event in batch:
            if "content" in event:
                chunks = [e["chunk"] for e in batch if "chunk" in e]
                assert len(chunks) > 1 and "".join(chunks) == event["content"]
                values.append(orjson.loads(event["content"]))
            elif "chunk" not in event:
                values.append(event["data"] if "data" in event else event["item"])
    assert len(values) >= example.batches
    shape = values[0] if example.shape is None else example.shape
    validator = schema_validator(example_schema(shape))
    assert [value for value in values if not validator.is_valid(value)] == []
    assert all(a != b for a, b in zip(values, values[1:]))


def test_a_backend_that_is_not_configured_is_the_documented_400(
    servers: dict[str, Server],
) -> None:
    url = f"{servers['{}'].url}/api/mock/stream/data"
    response = httpx.get(f"{url}?continuous=true&backend=ollama-mistral-nemo")
    assert response.status_code == 400
    problem = response.json()
    assert (problem["parameter"], problem["value"]) == (
        "backend",
        "ollama-mistral-nemo",
    )
    assert problem["allowed"] == ["embedded"]


@pytest.mark.parametrize("mode", [TOKENS, OBJECTS, ITEMS])
def test_a_continuous_stream_ends_on_time_and_closes(
    servers: dict[str, Server], mode: str
) -> None:
    url = f"{servers['{}'].url}/api/mock/stream/sensors?continuous=true&interval=400"
    began = time.monotonic()
    with httpx.Client() as client:
        with connect_sse(
            client, "GET", f"{url}&maxDuration=1&sseMode={mode}"
        ) as source:
            events = list(source.iter_sse())
    end = orjson.loads(events[-1].data)
    assert end == {
        "type": "end",
        "message": "Max duration reached",
        "eventCount": 3,
        "reason": "max_duration",
        "done": True,
    }
    assert events[-1].id.endswith("-end")
    assert 0.95 <= time.monotonic() - began < 3


def test_every_ticker_of_the_dashboard_gets_its_own_stock(
    servers: dict[str, Server],
) -> None:
    for ticker in ("AAPL", "GOOGL", "MSFT", "AMZN"):
        stock = httpx.get(f"{servers['{}'].url}/api/mock/stocks/{ticker}").json()
        assert ticker in stock.values()
