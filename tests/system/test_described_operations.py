"""Descriptions on real servers: real clients, reloads, two servers with one Redis."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.redis_server import redis_server
from tests.system.server import ROOT, Server, serve
from tests.system.wire import wait_until
from tests.unit.described import DOCUMENT, SHOP

ENDLESS = SHOP.replace(", MaxEvents: 40", "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that a description alone was given to."""
    file = tmp_path_factory.mktemp("spec") / "shop.yaml"
    file.write_text(ENDLESS)
    with serve("MockLlmApi: {}", env={"SPEC": str(file)}) as running:
        yield running


def reload(server: Server) -> None:
    """Reload, and wait until the worker from before has gone."""
    gone = server.log().count("Worker exiting")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.log().count("Worker exiting") > gone, 30)


def send(server: Server, name: str, document: Any, base: str) -> httpx.Response:
    body = {"name": name, "basePath": base, "document": document}
    return httpx.post(f"{server.url}/api/manage/specs", json=body, timeout=60)


@pytest.mark.needs_node
def test_a_browsers_event_source_hears_the_kinds_of_an_item_schema(
    server: Server,
) -> None:
    done = subprocess.run(
        ["node", "reading.mjs", f"{server.url}/v1/born", "20", "born", "fed"],
        cwd=Path(ROOT, "tests", "node"),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name for name, _, _ in events} == {"born", "fed"}
    for name, _, data in events:
        assert data in ("fish", "meat") if name == "fed" else json.loads(data)["id"]


def test_lines_and_sequences_are_read_as_such(server: Server) -> None:
    url = f"{server.url}/v1/lines"
    lines = httpx.get(url).text.split("\n")
    assert [json.loads(line)["name"] != "" for line in lines if line] == [True] * 3
    accept = {"Accept": "application/json-seq"}
    texts = httpx.get(url, headers=accept).text.split("\x1e")[1:]
    assert [json.loads(text)["id"] > 0 for text in texts] == [True] * 3


def test_a_description_that_was_sent_outlives_a_reload(server: Server) -> None:
    assert send(server, "sent", DOCUMENT, "/sent").status_code == 201
    reload(server)
    assert httpx.get(f"{server.url}/sent/pets/1").json()["name"] == "Tom"
    gone = httpx.delete(f"{server.url}/api/manage/specs/sent")
    assert gone.status_code == 204
    assert httpx.get(f"{server.url}/sent/pets/1").status_code == 404


@pytest.mark.needs_redis
def test_a_description_sent_to_one_server_is_served_by_the_other() -> None:
    with redis_server() as engine:
        config = f"MockLlmApi: {{Redis: '{engine.url}'}}"
        with serve(config) as one, serve(config) as other:
            assert send(one, "sent", DOCUMENT, "/sent").status_code == 201
            url = f"{other.url}/sent/pets/1"
            wait_until(lambda: httpx.get(url).status_code == 200, 5)
            assert send(other, "sent", DOCUMENT, "/x").status_code == 409
            httpx.delete(f"{other.url}/api/manage/specs/sent").raise_for_status()
            gone = f"{one.url}/sent/pets/1"
            wait_until(lambda: httpx.get(gone).status_code == 404, 5)


def large(operations: int) -> dict[str, Any]:
    """A description with so many operations, each with a schema of its own."""
    schema = DOCUMENT["components"]["schemas"]["Pet"]
    member = {"type": "string", "description": "x" * 150}
    big = {**schema, "properties": {f"m{n}": member for n in range(50)}, "required": []}
    content = {"application/json": {"schema": big}}
    answer = {"200": {"description": "A pet", "content": content}}
    paths = {f"/p{n}": {"get": {"responses": answer}} for n in range(operations)}
    return {**DOCUMENT, "paths": paths}


@pytest.mark.alone
def test_no_client_waits_while_a_large_description_is_read(server: Server) -> None:
    gaps: list[float] = []
    done = threading.Event()

    def watch() -> None:
        with httpx.stream("GET", f"{server.url}/v1/born") as response:
            last = None
            for _ in response.iter_lines():
                now = time.monotonic()
                if last is not None:
                    gaps.append(now - last)
                last = now
                if done.is_set():
                    return

    watching = threading.Thread(target=watch)
    watching.start()
    wait_until(lambda: len(gaps) > 100, 10)
    document = large(850)
    assert len(json.dumps(document)) > 8_000_000
    before = len(gaps)
    made = send(server, "large", document, "/large")
    during = [*islice(gaps, before, None)]
    done.set()
    watching.join()
    assert made.status_code == 201, made.text
    assert len(made.json()["operations"]) == 850
    assert httpx.get(f"{server.url}/large/p849").status_code == 200
    httpx.delete(f"{server.url}/api/manage/specs/large").raise_for_status()
    # The machine may have been elsewhere once or twice.
    assert sorted(during)[-3] < 0.25, sorted(during)[-5:]
