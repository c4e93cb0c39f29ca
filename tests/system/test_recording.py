"""A stream is recorded by the command, and replayed as it was, whatever its form."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.events.event import Event
from app.sse.parser import SseParser
from tests.system.server import ROOT, Server, serve
from tests.system.wire import wait_until

SCRIPT: list[Any] = [
    {"Event": "price", "Data": {"p": 1.5}, "Id": "a-1", "AfterMs": 0},
    {"Comment": "still here", "AfterMs": 30},
    {"Data": "two\nlines", "AfterMs": 40},
    {"Event": "größe", "Data": "ü", "Id": "b", "AfterMs": 20},
    {"Retry": 50, "AfterMs": 5},
    {"Data": "{{{{no place}}", "AfterMs": 60},
    {"Data": "", "Id": "last", "AfterMs": 1},
]
LINES = [{"Data": {"n": number}, "AfterMs": 10} for number in range(5)]
ROUTES = [
    {"Path": "/feed", "Stream": {"Script": SCRIPT, "Ids": "none"}},
    {"Path": "/cut", "Stream": {"Script": SCRIPT[:3], "RetryMs": 20, "Ids": "none"}},
    {"Path": "/lines", "Stream": {"Framing": "ndjson", "Script": LINES}},
    {"Path": "/moved", "Status": 302, "Headers": {"Location": "/feed"}, "Body": ""},
    {"Path": "/page", "Headers": {"Content-Type": "text/html"}, "Body": "<p>"},
    {
        "Path": "/echo",
        "Stream": {"Script": [{"Data": "{{header.authorization}} {{query.token}}"}]},
    },
]


@pytest.fixture(scope="module")
def source() -> Iterator[Server]:
    with serve(json.dumps({"MockLlmApi": {"Routes": ROUTES}})) as running:
        yield running


def record(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(ROOT, "scripts", "record")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def lines_of(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def events(server: Server, path: str, count: int) -> list[Event]:
    """The first events of a stream, and what else its blocks say.

    A comment that says nothing is left out: a replay begins with one.
    """
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    parser = SseParser()
    found: list[Event] = []
    while len(found) < count and (data := response.read1(65_536)):
        for event in parser.feed(data):
            if event.fields is None or event.fields.comment != b"":
                found.append(event)
    connection.close()
    return found[:count]


def replaying(recording: Path, **more: Any) -> str:
    """A configuration with a route that replays a file."""
    replay = {"File": recording.name, **more}
    route = {"Path": "/again", "Stream": {"Replay": replay}}
    return json.dumps({"MockLlmApi": {"Routes": [route]}})


@pytest.mark.parametrize("speed", [1, 10, 1_000_000])
def test_a_client_cannot_tell_a_replay_from_its_source(
    source: Server, tmp_path: Path, speed: float
) -> None:
    file = tmp_path / "feed.jsonl"
    done = record(f"{source.url}/feed", "-o", str(file), "--events", "5")
    assert done.returncode == 0, done.stderr
    (tmp_path / "config.json").write_text(replaying(file, Speed=speed))
    with serve(env={"CONFIG": str(tmp_path / "config.json")}) as server:
        began = time.monotonic()
        found = events(server, "/again", 9)
        took = time.monotonic() - began
    assert found == events(source, "/feed", 9)
    assert [event.data for event in found if event.data is not None] == [
        b'{"p":1.5}',
        b"two\nlines",
        "ü".encode(),
        b"{{no place}}",
        b"",
    ]
    assert took > 0.15 / speed


def test_a_replay_that_is_recorded_is_the_same_recording(tmp_path: Path) -> None:
    """With all that a block can say, and for as long as it takes."""
    says: list[Any] = [
        {"event": "ping"},
        {"data": "unnamed"},
        {"id": "7"},
        {"id": "", "data": "without an id"},
        {"event": "a\0b", "data": "\0"},
        {"comment": "ä\0"},
        {"event": "ping", "id": "8", "retry": 50},
        {"retry": 10**17},
        {"data": "last\n\nline"},
    ]
    header = {"recording": 1, "url": "u", "started": "s"}
    lines = [{**header, "content_type": "text/event-stream"}]
    lines += [{"at_ms": 150.0 * number, **each} for number, each in enumerate(says)]
    file, again = tmp_path / "all.jsonl", tmp_path / "again.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    config = json.loads(replaying(file))
    config["MockLlmApi"]["ContinuousStreamingMaxDurationSeconds"] = 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    with serve(env={"CONFIG": str(tmp_path / "config.json")}) as server:
        done = record(f"{server.url}/again", "-o", str(again), "--events", "4")
    assert done.returncode == 0, done.stderr
    _, first, *rest = lines_of(again)
    assert first["comment"] == ""
    says[7:] = [{**says[7], **says[8]}]  # a wait alone is a line of what comes next
    assert [{**each, "at_ms": 0} for each in rest] == [
        {**each, "at_ms": 0} for each in says
    ]


def test_a_recording_that_is_not_there_is_answered_with_those_that_are_like_it(
    source: Server,
) -> None:
    header = {"recording": 1, "url": "u", "started": "s"}
    header["content_type"] = "text/event-stream"
    content = f'{json.dumps(header)}\n{{"at_ms":1,"data":"1"}}\n'
    manage = f"{source.url}/api/manage"

    def told(name: str) -> str:
        stream = {"replay": {"recording": name}}
        route = {"path": "/x", "stream": stream}
        return str(httpx.post(f"{manage}/routes", json=route).json()["detail"])

    assert "there is none yet" in told("prices")
    for name in ("prices-2026", "orders", "Prices-2025", "weather", "users"):
        body = {"name": name, "content": content}
        assert httpx.post(f"{manage}/recordings", json=body).is_success
    assert "is prices; accepted: " in told("prices")
    near, more = told("prices").split("accepted: ")[1].split(", or another of ")
    assert {*near.split(", ")} == {"prices-2026", "Prices-2025"}
    assert more.startswith("3 that were uploaded")
    for name in ("prices-2026", "orders", "Prices-2025", "weather", "users"):
        httpx.delete(f"{manage}/recordings/{name}")


def test_a_recording_goes_on_over_connections_that_end(
    source: Server, tmp_path: Path
) -> None:
    file = tmp_path / "cut.jsonl"
    done = record(f"{source.url}/cut", "-o", str(file), "--events", "5")
    assert done.returncode == 0 and "reconnecting in 0.02 s" in done.stderr
    _, *entries = lines_of(file)
    data = [entry["data"] for entry in entries if "data" in entry]
    assert data == ['{"p":1.5}', "two\nlines"] * 2 + ['{"p":1.5}']
    moments = [entry["at_ms"] for entry in entries]
    assert moments == sorted(moments)


def test_lines_of_json_are_recorded_until_they_end_and_replayed_as_lines(
    source: Server, tmp_path: Path
) -> None:
    file = tmp_path / "lines.jsonl"
    assert record(f"{source.url}/lines", "-o", str(file)).returncode == 0
    (tmp_path / "config.json").write_text(replaying(file))
    with serve(env={"CONFIG": str(tmp_path / "config.json")}) as server:
        replayed = httpx.get(f"{server.url}/again")
    assert replayed.headers["content-type"] == "application/x-ndjson"
    assert replayed.text == httpx.get(f"{source.url}/lines").text


def test_a_redirect_is_followed(source: Server, tmp_path: Path) -> None:
    file = tmp_path / "moved.jsonl"
    assert record(f"{source.url}/moved", "-o", str(file), "--events=1").returncode == 0
    assert lines_of(file)[0]["url"] == f"{source.url}/feed"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/page", "its content type is text/html; accepted: text/event-stream"),
        ("/nowhere", "it answers with 404"),
    ],
)
def test_what_is_no_stream_is_said(source: Server, path: str, reason: str) -> None:
    done = record(f"{source.url}{path}?token=s3cr3t-two")
    assert done.returncode == 1 and reason in done.stderr
    assert "Traceback" not in done.stderr and "s3cr3t" not in done.stderr


@pytest.mark.parametrize("url", ["{}/page", "{}/nowhere", "http://127.0.0.1:1/"])
def test_a_file_outlives_a_source_that_cannot_be_recorded(
    source: Server, tmp_path: Path, url: str
) -> None:
    new, old = tmp_path / "new.jsonl", tmp_path / "old.jsonl"
    old.write_text("precious")
    assert record(url.format(source.url), "-o", str(new)).returncode == 1
    assert record(url.format(source.url), "-o", str(old), "--force").returncode == 1
    assert not new.exists()
    assert old.read_text() == "precious"


def test_a_file_that_is_there_is_replaced_by_force_alone(
    source: Server, tmp_path: Path
) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text("precious")
    command = (f"{source.url}/feed", "-o", str(file), "--events", "1")
    done = record(*command)
    assert done.returncode == 1
    assert done.stderr == f"record: {file}: is there already; --force replaces it\n"
    assert file.read_text() == "precious"
    assert record(*command, "--force").returncode == 0
    assert lines_of(file)[1]["id"] == "a-1"


@pytest.mark.parametrize(
    ("name", "reason"), [("none/a.jsonl", "No such file"), ("", "Is a directory")]
)
def test_a_file_that_cannot_be_written_is_said(
    source: Server, tmp_path: Path, name: str, reason: str
) -> None:
    file = tmp_path / name
    done = record(f"{source.url}/feed", "-o", str(file), "--events", "1")
    assert done.returncode == 1
    assert done.stderr.startswith(f"record: {file}: {reason}")


def test_no_secret_is_written(source: Server) -> None:
    done = record(
        f"{source.url}/echo?token=s3cr3t-two",
        *("-H", "Authorization: Bearer s3cr3t-one"),
        *("--events", "1"),
    )
    assert done.returncode == 0
    assert "s3cr3t" not in done.stdout + done.stderr
    assert "*** ***" in done.stdout


def test_a_recorder_that_is_killed_leaves_a_usable_recording(
    source: Server, tmp_path: Path
) -> None:
    file = tmp_path / "killed.jsonl"
    url = f"{source.url}/api/mock/stream/stocks?continuous=true&interval=20"
    command = [str(Path(ROOT, "scripts", "record")), url, "-o", str(file)]
    with subprocess.Popen(command, start_new_session=True) as recorder:
        wait_until(lambda: file.exists() and file.read_bytes().count(b"\n") > 5, 20)
        recorder.send_signal(signal.SIGKILL)
    route = {"path": "/k", "stream": {"replay": {"recording": "killed"}}}
    with serve("MockLlmApi: {}") as server:
        upload = {"name": "killed", "content": file.read_text()}
        made = httpx.post(f"{server.url}/api/manage/recordings", json=upload)
        assert made.status_code == 201, made.text
        assert httpx.post(f"{server.url}/api/manage/routes", json=route).is_success
        assert len(events(server, "/k", 4)) == 4


def test_an_upload_is_refused_with_line_and_reason_and_deleted_when_unused() -> None:
    config = {"MockLlmApi": {"MaxRecordings": 1, "MaxRecordingBytes": 2_000}}
    header = {"recording": 1, "url": "u", "started": "s"}
    header["content_type"] = "text/event-stream"
    good = f'{json.dumps(header)}\n{{"at_ms":1,"data":"1"}}\n'
    with serve(json.dumps(config)) as server:
        manage = f"{server.url}/api/manage"

        def upload(name: Any, content: Any) -> httpx.Response:
            body = {"name": name, "content": content}
            return httpx.post(f"{manage}/recordings", json=body)

        refused = upload("a", good + "nonsense\n")
        assert refused.status_code == 400
        assert "line 3 is not JSON" in refused.json()["detail"]
        assert refused.json()["pointer"] == "/content"
        assert upload("a b", good).json()["pointer"] == "/name"
        assert upload("a", "x" * 2_001).status_code == 413
        assert upload("a", "x" * 2_000_000).status_code == 413
        wrong = {"name": "a", "content": good, "expiresSeconds": 0}
        wrong = httpx.post(f"{manage}/recordings", json=wrong).json()
        assert wrong["pointer"] == "/expiresSeconds"
        assert upload("a", good).status_code == 201
        assert upload("a", good).status_code == 409
        assert "MaxRecordings" in upload("b", good).json()["detail"]
        listed = httpx.get(f"{manage}/recordings").json()
        assert listed["recordings"][0]["events"] == listed["total"] == 1
        route = {"name": "r", "path": "/r", "stream": {"replay": {"recording": "a"}}}
        assert httpx.post(f"{manage}/routes", json=route).is_success
        assert httpx.delete(f"{manage}/recordings/a").status_code == 409
        httpx.delete(f"{manage}/routes/r")
        assert httpx.delete(f"{manage}/recordings/a").status_code == 204
        assert httpx.get(f"{manage}/recordings/a").status_code == 404


@pytest.mark.parametrize(
    ("stream", "pointer"),
    [
        ({"replay": {}}, "/Stream/Replay"),
        ({"replay": {"recording": "none"}}, "/Stream/Replay/Recording"),
        ({"replay": {"file": "/etc/passwd"}}, "/Stream/Replay/File"),
        ({"replay": {"recording": "x", "speed": 0}}, "/stream/replay/speed"),
        ({"replay": {"recording": "x"}, "script": [{"data": 1}]}, "/Stream/Script"),
        ({"replay": {"recording": "x"}, "ids": "uuid"}, "/Stream/Ids"),
    ],
)
def test_a_bad_replay_is_refused_at_its_place(
    source: Server, stream: Any, pointer: str
) -> None:
    route = {"path": "/x", "stream": stream}
    answer = httpx.post(f"{source.url}/api/manage/routes", json=route)
    assert answer.status_code == 400
    assert answer.json()["pointer"].casefold() == pointer.casefold()


def test_events_like_the_recorded_ones_are_generated(
    source: Server, tmp_path: Path
) -> None:
    url = f"{source.url}/api/mock/stream/stocks?continuous=true&interval=20"
    shape = '&sseMode=CompleteObjects&shape={"ticker":"AAPL","price":150.25}'
    file = tmp_path / "like.jsonl"
    assert record(f"{url}{shape}", "-o", str(file), "--events", "4").returncode == 0
    (tmp_path / "config.json").write_text(replaying(file, Like=True))
    with serve(env={"CONFIG": str(tmp_path / "config.json")}) as server:
        found = [event.data for event in events(server, "/again", 4)]
    values = [json.loads(data) for data in found if data]
    assert len({value["data"]["price"] for value in values}) > 1
    assert {value["data"]["ticker"] for value in values} == {"AAPL"}
