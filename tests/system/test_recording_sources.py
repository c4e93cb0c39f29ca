"""Streams of others and our own: recorded through cuts, and replayed as they were."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from tests.system.proxy import Proxy, proxied
from tests.system.server import ROOT, Server, serve
from tests.system.wire import wait_until

NODE = ROOT / "tests" / "node"
RECORD = str(ROOT / "scripts" / "record")
NAMES = ["price", "message", "größe"]
#: How many events the source of better-sse has.
EVENTS = 30
SPEEDS = [1, 10, 1_000_000]

#: Name, id and data of an event, as a client hands it on.
Told: TypeAlias = "tuple[str, str | None, str]"


def record(url: str, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [RECORD, url, "-o", str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def entries(file: Path) -> list[Any]:
    """What a recording says, without its header."""
    return [json.loads(line) for line in file.read_text().splitlines()[1:]]


def told(entry: Any) -> Told:
    """Name, id and data of an event, as a client hands them on."""
    return entry.get("event", "message"), entry.get("id"), entry["data"]


def events_of(file: Path) -> list[Any]:
    return [entry for entry in entries(file) if "data" in entry]


# -- a source that no one here wrote ----------------------------------------------


@contextmanager
def better_sse() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server with better-sse: its address, and the process that tells of events."""
    command = ["node", "better.mjs"]
    with subprocess.Popen(
        command, cwd=NODE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
        process.terminate()


@dataclass(frozen=True)
class Made:
    """A recording of that source, what it had pushed, and what the recorder said."""

    file: Path
    pushed: list[Any]
    said: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    file = tmp_path_factory.mktemp("better") / "better.jsonl"
    with better_sse() as (url, process):
        done = record(url, file)
        assert done.returncode == 0, done.stderr
        process.terminate()
        assert process.stdout is not None
        pushed = [json.loads(line) for line in process.stdout]
    return Made(file, pushed, done.stderr)


@pytest.fixture(scope="module")
def replays(made: Made) -> Iterator[Server]:
    """A server that replays the recording at each of the speeds."""
    routes = [
        {
            "Path": f"/at/{speed}",
            "Stream": {"Replay": {"File": str(made.file), "Speed": speed}},
        }
        for speed in SPEEDS
    ]
    with serve(json.dumps({"MockLlmApi": {"Routes": routes}})) as server:
        yield server


@pytest.fixture(scope="module")
def seen_by_node() -> list[Told]:
    """What the eventsource package hands on of the source itself."""
    with better_sse() as (source, _):
        return read_by_node(source)


def read_by_node(url: str, count: int = EVENTS) -> list[Told]:
    """What the eventsource package hands on."""
    done = subprocess.run(
        ["node", "reading.mjs", url, str(count), *NAMES],
        cwd=NODE,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.needs_node
def test_a_recording_has_every_event_once_however_often_it_was_cut(made: Made) -> None:
    wanted = [(each["name"], each["id"], each["data"]) for each in made.pushed]
    assert len(wanted) == EVENTS
    assert [told(entry) for entry in events_of(made.file)] == wanted
    assert made.said.count("reconnecting in 0.06 s") == 3
    assert "nothing more comes (204)" in made.said
    retries = [entry["retry"] for entry in entries(made.file) if "retry" in entry]
    assert retries == [60, 60, 60]


@pytest.mark.needs_node
@pytest.mark.parametrize("speed", SPEEDS)
def test_another_client_reads_the_replay_as_it_reads_the_source(
    replays: Server, seen_by_node: list[Told], speed: int
) -> None:
    assert read_by_node(f"{replays.url}/at/{speed}") == seen_by_node


@pytest.mark.needs_node
@pytest.mark.alone
@pytest.mark.parametrize("speed", SPEEDS[:2])
def test_gaps_are_those_of_the_source_by_the_speed(
    made: Made, replays: Server, speed: int
) -> None:
    """Nine of ten within 20 ms, which leaves a busy machine ten times what it needs."""
    again = made.file.with_name(f"again-{speed}.jsonl")
    url = f"{replays.url}/at/{speed}"
    assert record(url, again, "--events", str(EVENTS)).returncode == 0
    recorded = [entry["at_ms"] for entry in events_of(made.file)]
    replayed = [entry["at_ms"] for entry in events_of(again)]
    wanted = [(later - sooner) / speed for sooner, later in pairwise(recorded)]
    found = [later - sooner for sooner, later in pairwise(replayed)]
    off = sorted(abs(a - b) for a, b in zip(wanted, found, strict=True))
    assert off[len(off) * 9 // 10] < 20, off
    pushed = [each["gap"] for each in made.pushed[1:]]
    within = [n for n in range(len(pushed)) if n not in (9, 19)]  # no cut between
    apart = sorted(abs(pushed[n] - wanted[n] * speed) for n in within)
    assert apart[len(apart) * 9 // 10] < 20, apart


# -- a feed of our own, behind nginx ----------------------------------------------

FEED = (
    "/api/mock/stream/stocks?feed=ticker&interval=40&sseMode=CompleteObjects"
    '&maxDuration=60&shape={"ticker":"AAPL","price":150.5}'
)
CONFIG = "MockLlmApi: {TrustedProxies: [unix], ManagementApiKey: k}"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(CONFIG) as running:
        yield running


def past_nginx(proxy: Proxy) -> httpx.Client:
    """A client of the server's own socket, with the key."""
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=str(proxy.socket)),
        base_url="http://localhost",
        headers={"X-Api-Key": "k"},
        timeout=20,
    )


def cut_the_recorder(proxy: Proxy, file: Path) -> None:
    """Cut what was opened last, once it has brought some events."""
    before = len(events_of(file)) if file.exists() else 0
    wait_until(lambda: file.exists() and len(events_of(file)) > before + 5, 20)
    with past_nginx(proxy) as client:
        streams = client.get("/api/manage/streams").json()["streams"]
        newest = max(streams, key=lambda stream: stream["startedAt"])
        cut = client.post(
            f"/api/manage/streams/{newest['id']}/cut", json={"how": "rst"}
        )
        assert cut.is_success, cut.text


def keep_reading(proxy: Proxy, kept: list[ServerSentEvent]) -> None:
    """Read the feed past nginx until the server ends."""
    with past_nginx(proxy) as client, connect_sse(client, "GET", FEED) as source:
        kept.extend(source.iter_sse())


@pytest.mark.needs_nginx
def test_a_feed_behind_nginx_is_recorded_whole_through_cuts(
    proxy: Proxy, tmp_path: Path
) -> None:
    file, seen = tmp_path / "feed.jsonl", list[ServerSentEvent]()
    reader = threading.Thread(target=keep_reading, args=[proxy, seen])
    reader.start()
    with past_nginx(proxy) as client:
        wait_until(lambda: client.get("/api/manage/streams").json()["total"] == 1, 10)
        command = [RECORD, proxy.plain + FEED, "-o", str(file), "--events", "150"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as recorder:
            cut_the_recorder(proxy, file)
            cut_the_recorder(proxy, file)
            assert recorder.wait(60) == 0
            assert recorder.stderr is not None
            assert recorder.stderr.read().count("reconnecting in 2 s") == 2
        client.post("/api/manage/streams/end")
        reader.join(20)
        recorded = [told(entry) for entry in events_of(file) if "id" in entry]
        sent = [(each.event, each.id, each.data) for each in seen]
        start = sent.index(recorded[0])
        assert recorded == sent[start : start + len(recorded)]
        assert len(recorded) > 140
        upload = {"name": "feed", "content": file.read_text()}
        assert client.post("/api/manage/recordings", json=upload).is_success
        replay = {"recording": "feed", "speed": 1_000_000}
        route = {"path": "/again", "stream": {"replay": replay}}
        assert client.post("/api/manage/routes", json=route).is_success
    with httpx.Client() as visitor:
        with connect_sse(visitor, "GET", f"{proxy.plain}/again") as source:
            replayed = [(each.event, each.data) for each in source.iter_sse()]
    recorded_all = [told(entry) for entry in events_of(file)]
    assert replayed == [(name, data) for name, _, data in recorded_all]


# -- secrets -----------------------------------------------------------------------


class _Elsewhere(BaseHTTPRequestHandler):
    """Repeats what it is told in a stream; below /moved it sends to another origin."""

    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            port = self.server.server_address[1]
            self.send_response(307)
            location = f"http://localhost:{port}/stream?sig=s3cr3t-three"
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        told = {**dict(self.headers), "path": self.path}
        self.wfile.write(f"data: {json.dumps(told)}\n\n".encode())

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[int]:
    """The port of a server that is no part of this project."""
    server = HTTPServer(("127.0.0.1", 0), _Elsewhere)
    thread = threading.Thread(target=partial(server.serve_forever, 0.05))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_headers_do_not_follow_a_redirect_to_another_origin(
    elsewhere: int, tmp_path: Path
) -> None:
    file = tmp_path / "moved.jsonl"
    url = f"http://127.0.0.1:{elsewhere}/moved"
    headers = ("-H", "Authorization: Bearer s3cr3t-one", "-H", "X-Own: mine")
    assert record(url, file, *headers, "--events", "1").returncode == 0
    header, event = (json.loads(line) for line in file.read_text().splitlines())
    assert header["url"] == f"http://localhost:{elsewhere}/stream?sig=***"
    repeated = json.loads(event["data"])
    assert repeated["path"] == "/stream?sig=***"
    assert not {"Authorization", "X-Own"} & repeated.keys()


def test_a_secret_is_masked_in_each_form_in_which_it_comes_back(
    elsewhere: int, tmp_path: Path
) -> None:
    file = tmp_path / "echo.jsonl"
    url = f"http://anna:s3cr3t%2Fone@127.0.0.1:{elsewhere}/?token=s3cr3t%22two&pin=7"
    cookie = "Cookie: theme=dark; session=s3cr3t-four"
    done = record(url, file, "-H", cookie, "--events", "1")
    assert done.returncode == 0, done.stderr
    text = file.read_text()
    assert "s3cr3t" not in text + done.stderr
    assert "YW5uYTpzM2NyM3Qvb25l" not in text  # the name and the password in Base64
    assert json.loads(events_of(file)[0]["data"])["path"] == "/?token=***&pin=7"


@pytest.mark.alone
def test_a_long_recording_costs_its_streams_and_other_clients_nothing(
    tmp_path: Path,
) -> None:
    """Three hundred thousand events, which took a second for each client once."""
    header = {"recording": 1, "url": "u", "started": "s"}
    header["content_type"] = "text/event-stream"
    line = '{{"at_ms":{},"event":"tick","data":"{}"}}'
    lines = [json.dumps(header), *(line.format(n, "x" * 40) for n in range(300_000))]
    (tmp_path / "long.jsonl").write_text("\n".join(lines))
    routes = [{"Path": "/long", "Stream": {"Replay": {"File": "long.jsonl"}}}]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"MockLlmApi": {"Routes": routes}}))
    with serve(env={"CONFIG": str(config)}) as server:
        took = [_time_to_first_event(server) for _ in range(5)]
    assert sorted(took)[2] < 0.5, took


def _time_to_first_event(server: Server) -> float:
    began = time.monotonic()
    with httpx.Client() as client:
        with connect_sse(client, "GET", f"{server.url}/long") as source:
            next(source.iter_sse())
            return time.monotonic() - began
