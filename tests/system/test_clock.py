"""A wall clock that jumps: what is said changes, and when it is said does not."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.system.server import serve
from tests.system.wire import connect, get_json, open_stream

FEED = (
    "/api/mock/stream/x?continuous=true&interval=100&maxDuration=3"
    "&sseMode=CompleteObjects"
)

#: Seconds by which the clock is wrong, one after the other.
JUMPS = (0, 3600, -7200)


def shifted(clock: Path) -> dict[str, str]:
    """The environment of a process whose wall clock is off by what the file says."""
    shown = subprocess.run(
        ["faketime", "-f", "+0", "env"], capture_output=True, text=True, check=True
    )
    preloaded = re.search("LD_PRELOAD=(.*)", shown.stdout)
    assert preloaded is not None
    return {
        "LD_PRELOAD": preloaded[1],
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def events(sock: socket.socket) -> Iterator[tuple[float, Any]]:
    """The events of a stream and the moments of their arrival, up to its end."""
    event, pending = {"done": False}, b""
    while event.get("type") != "end":
        pending += sock.recv(65536)
        arrival = time.monotonic()
        *blocks, pending = pending.split(b"\n\n")
        for block in blocks:
            event = json.loads(block.rpartition(b"data: ")[2])
            yield arrival, event
    sock.close()


def seconds_ahead(timestamp: str) -> float:
    """How far an event's clock is ahead of ours."""
    at = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    return at.timestamp() - time.time()


def received(sock: socket.socket) -> bytes:
    """What has arrived by now."""
    sock.setblocking(False)
    return sock.recv(65536)


@pytest.mark.alone
@pytest.mark.needs_faketime
def test_a_clock_that_jumps_moves_timestamps_and_no_event(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    with serve("MockLlmApi: {HeartbeatSeconds: 0.5}", shifted(clock)) as server:
        idle = open_stream(server, "interval=60000&sseMode=CompleteObjects")
        began = time.monotonic()
        arrivals, errors = [], set()
        for number, (arrival, event) in enumerate(events(connect(server, FEED))):
            clock.write_text(f"{JUMPS[min(number // 10, 2)]:+d}")
            arrivals.append(arrival - began)
            if "timestamp" in event:
                errors.add(round(seconds_ahead(event["timestamp"]) / 3600))

        assert event["reason"] == "max_duration"
        assert arrivals[-1] == pytest.approx(3, abs=0.2)
        assert event["eventCount"] == 30
        for due, arrival in enumerate(arrivals[1:-1]):
            assert arrival == pytest.approx(due / 10, abs=0.25)
        assert errors == {0, 1, -2}
        assert received(idle).count(b": keep-alive\n") in (5, 6)
        (shown,) = get_json(server, "/api/manage/streams")["streams"]
        assert shown["ageSeconds"] in (3, 4)
        idle.close()
