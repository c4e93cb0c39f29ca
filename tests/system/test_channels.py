"""Channels of a description in AsyncAPI, read by clients that no one here wrote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest
from httpx_sse import connect_sse

from tests.system.server import ROOT, Server, serve

DESCRIPTION = """
asyncapi: 2.6.0
info: {title: Prices, version: "1"}
servers:
  eu: {url: "wss://prices.example/v1", protocol: wss}
channels:
  prices/{symbol}:
    x-llmock: {IntervalMs: 20}
    parameters: {symbol: {schema: {type: string}}}
    subscribe:
      operationId: watch
      message:
        oneOf:
        - name: price
          payload: {type: object, required: [symbol, p],
                    properties: {symbol: {type: string}, p: {type: number, minimum: 1}}}
        - name: halt
          payload: {type: object, required: [reason],
                    properties: {reason: {enum: [news, volume]}}}
  orders: {publish: {message: {payload: {type: object}}}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that a description alone was given to."""
    file = tmp_path_factory.mktemp("spec") / "prices.yaml"
    file.write_text(DESCRIPTION)
    with serve("MockLlmApi: {}", env={"SPEC": str(file)}) as running:
        yield running


def is_ours(name: str, data: str) -> bool:
    """Whether a message is what its schema says."""
    value = json.loads(data)
    if name == "halt":
        return value["reason"] in ("news", "volume")
    return isinstance(value["symbol"], str) and value["p"] >= 1


@pytest.mark.needs_node
def test_a_browsers_event_source_hears_each_message_by_its_name(server: Server) -> None:
    done = subprocess.run(
        ["node", "reading.mjs", f"{server.url}/v1/prices/AAPL", "20", "price", "halt"],
        cwd=Path(ROOT, "tests", "node"),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) == 20 and {name for name, _, _ in events} == {"price", "halt"}
    assert all(is_ours(name, data) for name, _, data in events)


def test_a_client_in_python_reads_the_same_as_events_and_as_lines(
    server: Server,
) -> None:
    url = f"{server.url}/v1/prices/MSFT"
    with httpx.Client() as client:
        with connect_sse(client, "GET", url) as source:
            events = [*islice(source.iter_sse(), 10)]
        assert all(is_ours(event.event, event.data) for event in events)
        accept = {"Accept": "application/x-ndjson"}
        with client.stream("GET", url, headers=accept) as response:
            lines = [json.loads(line) for line in islice(response.iter_lines(), 10)]
        assert response.headers["content-type"] == "application/x-ndjson"
    assert all({"p", "reason"} & value.keys() for value in lines)


def test_what_is_not_served_is_listed_with_its_reason(server: Server) -> None:
    shown = httpx.get(f"{server.url}/api/manage/specs/prices").json()
    assert shown["format"] == "AsyncAPI 2.6.0"
    assert [each["operationId"] for each in shown["operations"]] == ["watch"]
    (left_out,) = shown["unservedOperations"]
    assert left_out["operation"] == "orders"
    assert left_out["reason"] == "clients only publish to it"
