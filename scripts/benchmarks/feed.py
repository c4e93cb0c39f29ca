"""``scripts/bench feed``: one shared feed beside nchan and beside private streams.

One feed of events of about 170 bytes, with few and with many subscribers, as fast as
it goes and once a second. The server has one core and the client the other; nchan's
publisher shares the client's. The servers take turns, round by round.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serve import (
    CLIENT_CORE,
    HERE,
    PYTHON,
    Contender,
    Running,
    brief,
    expect,
    loaded,
    ours,
    results_of,
    running,
    say,
)

_SHAPE = '[{"ticker":"AAPL","price":150.25}]'

_PRIVATE = ours("private streams", "ArrayItems", _SHAPE)
_SHARED = Contender(
    "shared feed",
    _PRIVATE.command,
    _PRIVATE.path + "&count=20&feed=bench",
    _PRIVATE.cwd,
    {**_PRIVATE.env, "MockLlmApi__FeedHistory": "100"},
)
_NCHAN = Contender("nchan", [PYTHON, "nchan.py"], "/?interval={interval}")

#: name: the load of it, and the seconds between nchan's messages.
LOADS: dict[str, tuple[dict[str, Any], float]] = {
    "200 saturated": ({"streams": 200, "interval": 1, "seconds": 5, "ramp": 0.5}, 0),
    "8000 saturated": ({"streams": 8000, "interval": 1, "seconds": 5, "ramp": 6}, 0),
    "8000 at 1 s": ({"streams": 8000, "interval": 1000, "seconds": 6, "ramp": 6}, 1),
}


def main() -> None:
    """Measure in turns and print the medians."""
    parser = argparse.ArgumentParser(prog="scripts/bench feed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", choices=sorted(LOADS), action="append")
    wanted = parser.parse_args()
    loads = wanted.load or [*LOADS]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for turn in range(wanted.rounds):
        for load in loads:
            for contender in (_SHARED, _NCHAN, _PRIVATE):
                figures = measure(contender, *LOADS[load])
                found.setdefault((load, contender.name), []).append(figures)
                say(f"{turn + 1}: {load}, {contender.name}: {brief(load, figures)}")
    print("| load | server | events/s | us of CPU an event | KB a subscriber | lost |")
    print("|---|---|---|---|---|---|")
    for (load, name), samples in found.items():
        rate, cpu, memory = (
            statistics.median(each[key] for each in samples)
            for key in ("events_per_second", "cpu_us_per_event", "kb_per_stream")
        )
        lost = sum(each["lost"] for each in samples)
        print(f"| {load} | {name} | {rate:,.0f} | {cpu:.2f} | {memory:.1f} | {lost} |")


def measure(contender: Contender, load: dict[str, Any], every: float) -> dict[str, Any]:
    """One fresh server under one load; ``every`` is for nchan's publisher."""
    with running(contender) as server, _publisher(contender, server, every):
        with loaded(server, contender, **load) as (empty, client):
            used = server.cpu_seconds()
            expect(client, "counted")
            used = server.cpu_seconds() - used
            full = server.resident_kb()
            found = results_of(client)
    return {
        **found,
        "events_per_second": found["events"] / found["seconds"],
        "cpu_us_per_event": used / max(found["events"], 1) * 1e6,
        "kb_per_stream": (full - empty) / load["streams"],
    }


@contextmanager
def _publisher(contender: Contender, server: Running, every: float) -> Iterator[None]:
    """What publishes to nchan; our feeds make their own events."""
    if contender is not _NCHAN:
        yield
        return
    client = HERE / "clients" / "publisher.py"
    process = subprocess.Popen(
        ["taskset", "-c", CLIENT_CORE, PYTHON, client, str(server.port), str(every)]
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
