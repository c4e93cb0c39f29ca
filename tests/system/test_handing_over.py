"""A reload keeps nobody waiting, and what a killed server leaves is nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.system.figures import observed, workers
from tests.system.load import Crowd, request
from tests.system.networks import as_root
from tests.system.server import Server, serve
from tests.system.wire import (
    connect,
    get_text,
    open_stream,
    open_streams,
    read_until,
    wait_until,
)

#: Longest time that a request waits while one worker takes over from another.
WAIT_SECONDS = 0.2


class Asking:
    """Requests one after the other, each on a connection of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = threading.Event()
        self.waits: list[float] = []
        self.failures: list[str] = []

    def run(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                url = f"{self._server.url}/api/mock/x?shape=[1]"
                urllib.request.urlopen(url, timeout=20).close()
            except OSError as error:
                self.failures.append(repr(error))
            self.waits.append(time.monotonic() - began)

    def stop(self) -> None:
        self._over.set()


@contextmanager
def asking(server: Server) -> Iterator[Asking]:
    asker = Asking(server)
    thread = threading.Thread(target=asker.run)
    thread.start()
    try:
        yield asker
    finally:
        asker.stop()
        thread.join(30)


@pytest.mark.alone
@pytest.mark.parametrize("count", [1, 2])
def test_no_request_waits_for_a_reload(count: int) -> None:
    shared = {"MockLlmApi__PerWorkerState": "true"}
    longest: list[float] = []
    with serve(env=shared, workers=count) as server, asking(server) as asker:
        wait_until(lambda: len(asker.waits) > 20, 20)
        # The best of three: the machine may have other things to do.
        while len(longest) < 3 and min(longest, default=1) >= WAIT_SECONDS:
            asker.waits.clear()
            server.process.send_signal(signal.SIGHUP)
            exits = count * (len(longest) + 1)
            wait_until(lambda: server.log().count("Worker exiting") >= exits, 30)
            answered = len(asker.waits)
            wait_until(lambda: len(asker.waits) > answered + 5, 30)
            longest.append(max(asker.waits))
        asker.stop()
    assert asker.failures == []
    assert min(longest) < WAIT_SECONDS


def test_a_worker_that_cannot_start_takes_nobody_along_before_it_is_given_up() -> None:
    """The old worker serves on while the new one starts, however long that takes."""
    with serve() as server:
        stream = open_stream(server, "interval=100")
        (old,) = workers(server)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(workers(server)) == 2, 10)
        new = max(set(workers(server)) - {old})
        os.kill(new, signal.SIGSTOP)
        told = time.monotonic()
        try:
            received = read_until(stream, b'"type":"end"')
            assert time.monotonic() - told < 2
            assert b'"type":"end"' in received
            # It came too late for the stream, but new requests are still served.
            assert get_text(server, "/readyz") == "ready\n"
            again = open_stream(server, "interval=100")
        finally:
            os.kill(new, signal.SIGCONT)
        read_until(again, b'"type":"end"')
        wait_until(lambda: workers(server) == [new], 10)
        stream.close()
        again.close()


def test_a_configuration_that_is_no_more_valid_keeps_old_code_and_settings(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("MockLlmApi: {ContinuousStreamingIntervalMs: 111}\n")
    with serve(env={"CONFIG": str(config)}) as server:
        for text, words in (
            ("MockLlmApi: {SseMoed: x}", "SseMoed"),
            ("MockLlmApi: [", "is not YAML"),
        ):
            config.write_text(text)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: words in server.log(), 10)
        config.write_text("MockLlmApi: {ContinuousStreamingIntervalMs: 222}\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Worker exiting" in server.log(), 20)
        sock = connect(server, "/api/mock/stream/x?continuous=true")
        assert b'"intervalMs":222' in read_until(sock, b"\n\n")
        sock.close()


def test_a_worker_that_is_replaced_serves_with_what_the_master_has_checked(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("MockLlmApi: {ContinuousStreamingIntervalMs: 111}\n")
    with serve(env={"CONFIG": str(config)}) as server:
        config.write_text("MockLlmApi: {SseMoed: x}\n")
        (old,) = workers(server)
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: workers(server) not in ([], [old]), 10)
        sock = connect(server, "/api/mock/stream/x?continuous=true")
        assert b'"intervalMs":111' in read_until(sock, b"\n\n")
        sock.close()


# Killed


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_workers_of_a_master_that_is_killed_leave_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    env = {"TMPDIR": str(tmp_path), "MockLlmApi__PerWorkerState": "true"}
    with serve(env=env, workers=2) as server:
        stream = open_stream(server, "interval=100")
        left = workers(server)
        assert len(left) == 2
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(map(is_alive, left)), 10)
        while stream.recv(65_536):
            pass
        stream.close()
        assert [*tmp_path.iterdir()] == []


# A temporary directory that is full


@pytest.fixture
def full_directory(tmp_path: Path) -> Iterator[Path]:
    """A directory of a file system without a free block."""
    options = f"size=64k,uid={os.geteuid()}"
    try:
        subprocess.run(
            as_root("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(tmp_path)),
            check=True,
            capture_output=True,
        )
    except subprocess.CalledProcessError as error:
        pytest.skip(f"nothing can be mounted here: {error.stderr.decode()}")
    try:
        (tmp_path / "filler").write_bytes(b"x" * (1 << 16))
        with pytest.raises(OSError):
            (tmp_path / "more").write_bytes(b"x")
        yield tmp_path
    finally:
        subprocess.run(as_root("umount", str(tmp_path)), check=True)


@pytest.mark.needs_mount
def test_a_full_temporary_directory_harms_nobody(full_directory: Path) -> None:
    shared = {"TMPDIR": str(full_directory), "MockLlmApi__PerWorkerState": "true"}
    with serve(env=shared, workers=2) as server:
        streams = [open_stream(server, "interval=50") for _ in range(20)]
        for stream in streams:
            read_until(stream, b"\n\n")
        # Whichever worker is asked.
        wait_until(lambda: {started(server) for _ in range(6)} == {20}, 5)
        for stream in streams:
            stream.close()
        assert len(workers(server)) == 2
        assert "SIG" not in server.log()


def started(server: Server) -> float:
    """How many streams were started, as the metrics have it."""
    metrics = get_text(server, "/metrics")
    found = re.findall(r"(?m)^llmock_streams_started_total{.*} (\S+)$", metrics)
    return sum(map(float, found))


# Many


@pytest.mark.timeout(300)
def test_ten_thousand_clients_that_disconnect_leave_nothing_behind() -> None:
    with observed("MockLlmApi: {LogLevel: warning}", used_to=500) as quiet:
        server = quiet.server
        target = "/api/mock/stream/x?continuous=true&maxDuration=0&interval="
        requests = [request(f"{target}{each}") for each in (2, 50, 60_000)] * 167

        def come_and_vanish(rounds: int) -> None:
            for _ in range(rounds):
                with Crowd(server) as crowd:
                    crowd.open(requests[:500])
                    wait_until(lambda: crowd.tally().begun == 500, 30)
                    crowd.leave("close", "reset", within=0.1)
                    wait_until(lambda: crowd.tally().open == 0, 10)
                wait_until(lambda: open_streams(server) == 0, 5)

        come_and_vanish(2)
        before = quiet.figures()
        come_and_vanish(20)
        quiet.wait_until_back_at(before, 6)


# -- routes that were made at run time ---------------------------------------------


def make_route(server: Server, **route: object) -> int:
    """The status of an attempt to make a route, on a connection of its own."""
    answer = httpx.post(f"{server.url}/api/manage/routes", json=route, timeout=20)
    return answer.status_code


def routes_of(server: Server) -> list[tuple[str, int | None]]:
    """Name and what is left of its ``Times``, of each route of one worker."""
    listed = httpx.get(f"{server.url}/api/manage/routes", timeout=30).json()["routes"]
    return [(route["name"], route["timesLeft"]) for route in listed]


def reload(server: Server) -> None:
    """Reload, and wait until no worker from before is left."""
    before = set(workers(server))
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not before & set(workers(server)), 30)


RECORDING = """\
{"recording":1,"url":"u","started":"s","content_type":"text/event-stream"}
{"at_ms":1,"data":"recorded"}
"""


def test_a_reload_hands_on_the_routes_and_what_is_left_of_them() -> None:
    with serve() as server:
        for name in ("first", "second"):
            assert make_route(server, name=name, path="/a", body=name, times=2) == 201
        assert make_route(server, name="short", path="/b", expiresSeconds=1) == 201
        assert make_route(server, name="gone", path="/c") == 201
        upload = {"name": "feed", "content": RECORDING}
        recordings = f"{server.url}/api/manage/recordings"
        assert httpx.post(recordings, json=upload).status_code == 201
        replay = {"replay": {"recording": "feed"}}
        assert make_route(server, name="again", path="/d", stream=replay) == 201
        httpx.delete(f"{server.url}/api/manage/routes/gone")
        assert httpx.get(f"{server.url}/a").text == "first"
        reload(server)
        wait_until(lambda: len(routes_of(server)) == 3, 5)
        assert routes_of(server) == [("first", 1), ("second", 2), ("again", None)]
        reload(server)
        assert "data: recorded\n" in httpx.get(f"{server.url}/d").text
        found = [httpx.get(f"{server.url}/a").text for _ in range(3)]
        assert found == ["first", "second", "second"]
        assert httpx.get(f"{server.url}/a").status_code == 404


def test_no_route_that_is_made_during_a_reload_is_lost() -> None:
    with serve() as server:
        made: list[str] = []
        over = threading.Event()

        def make_routes() -> None:
            while not over.is_set():
                name = f"route-{len(made)}"
                assert make_route(server, name=name, path=f"/{name}") == 201
                made.append(name)

        thread = threading.Thread(target=make_routes)
        thread.start()
        try:
            for _ in range(2):
                wait_until(lambda count=len(made): len(made) > count + 5, 20)
                reload(server)
        finally:
            over.set()
            thread.join(30)
        wait_until(lambda: len(routes_of(server)) == len(made), 10)
        assert [name for name, _ in routes_of(server)] == made


def test_a_worker_that_is_killed_leaves_its_routes_to_the_next() -> None:
    with serve() as server:
        assert make_route(server, name="kept", path="/kept") == 201
        (killed,) = workers(server)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: workers(server) not in ([], [killed]), 10)
        wait_until(lambda: routes_of(server) == [("kept", None)], 30)


def test_each_of_several_workers_hands_on_what_is_its_own() -> None:
    shared = {"MockLlmApi__PerWorkerState": "true"}
    with serve(env=shared, workers=2) as server:

        def seen() -> set[tuple[str, ...]]:
            """What the workers list, each asked some of the time."""
            return {tuple(name for name, _ in routes_of(server)) for _ in range(40)}

        wait_until(lambda: len(workers(server)) == 2, 5)
        for number in range(12):
            make_route(server, name=f"r{number}", path=f"/r{number}")
        before = seen()
        assert sum(map(len, before)) == 12
        reload(server)
        wait_until(lambda: seen() == before, 10)


def test_a_server_leaves_no_file_behind(tmp_path: Path) -> None:
    with serve(env={"TMPDIR": str(tmp_path)}) as server:
        assert make_route(server, name="kept", path="/kept") == 201
        (directory,) = tmp_path.glob("llmock-*")
        assert directory.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []
