"""``scripts/bench feed``: one shared feed beside nchan and beside private streams.

One feed of events of about 150 bytes, with few and with many subscribers, as fast as
it goes, which is an event a millisecond, and once a second. The server has one core
and the client the other; nchan's publisher shares the client's. The servers take
turns, round by round. A bare loop of plain sends shows the least that a fan-out costs;
a feed of arrays sends the twenty items of a batch together. ``one`` and ``two`` are
workers that share the feed through Redis, which is on the client's core; two of them
have the one core, so what they send beside one is what the second costs the first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from serve import (
    CLIENT_CORE,
    HERE,
    PYTHON,
    SHAPE,
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

from tests.integration.redis_server import redis_server

_PRIVATE = ours("private streams", "CompleteObjects")
_ITEMS = ours("shared feed, 20 items at a time", "ArrayItems", f"[{SHAPE}]")
_ITEMS = replace(_ITEMS, path=_ITEMS.path + "&count=20&feed=bench")
_SHARED = replace(_PRIVATE, name="shared feed", path=_PRIVATE.path + "&feed=bench")
_ONE = replace(_SHARED, name="one worker over Redis")
_TWO = replace(
    _SHARED,
    name="two workers over Redis",
    command=[*_SHARED.command, "--workers=2"],
)
_LOOP = Contender("bare loop of sends", [PYTHON, "fan_out_loop.py"])
_NCHAN = Contender("nchan", [PYTHON, "nchan.py"])
_CONTENDERS = {
    "shared": _SHARED,
    "items": _ITEMS,
    "nchan": _NCHAN,
    "loop": _LOOP,
    "private": _PRIVATE,
    "one": _ONE,
    "two": _TWO,
}

#: name: the load of it, and the seconds between nchan's messages.
LOADS: dict[str, tuple[dict[str, Any], float]] = {
    "200 saturated": ({"streams": 200, "interval": 1, "seconds": 5, "ramp": 0.5}, 0),
    # A core can send to 200 what one feed makes, and no more to so many.
    "1000 saturated": ({"streams": 1000, "interval": 1, "seconds": 5, "ramp": 1.5}, 0),
    "8000 saturated": ({"streams": 8000, "interval": 1, "seconds": 5, "ramp": 6}, 0),
    "8000 at 1 s": (
        {
            "streams": 8000,
            "interval": 1000,
            "seconds": 8,
            "ramp": 6,
            "shared": True,
        },
        1,
    ),
}


def main() -> None:
    """Measure in turns and print the medians."""
    parser = argparse.ArgumentParser(prog="scripts/bench feed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", choices=sorted(LOADS), action="append")
    parser.add_argument("--server", choices=sorted(_CONTENDERS), action="append")
    wanted = parser.parse_args()
    os.sched_setaffinity(0, {int(CLIENT_CORE)})  # Redis, which it starts, too
    loads = wanted.load or [*LOADS]
    contenders = [_CONTENDERS[each] for each in wanted.server or _CONTENDERS]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for turn in range(wanted.rounds):
        for load in loads:
            for contender in contenders:
                figures = measure(contender, *LOADS[load])
                found.setdefault((load, contender.name), []).append(figures)
                say(f"{turn + 1}: {load}, {contender.name}: {brief(load, figures)}")
    print(
        "| load | server | events/s | us of CPU an event | KB a subscriber"
        " | last after the first, ms | client's core | lost |\n|" + "---|" * 8
    )
    for (load, name), samples in found.items():
        rate, cpu, memory, last, client = (
            statistics.median(each[key] for each in samples)
            for key in (
                "events_per_second",
                "cpu_us_per_event",
                "kb_per_stream",
                "last_after_first_ms",
                "client_cpu",
            )
        )
        lost = sum(each["lost"] for each in samples)
        print(
            f"| {load} | {name} | {rate:,.0f} | {cpu:.2f} | {memory:.1f}"
            f" | {last:.0f} | {client:.0%} | {lost} |"
        )


def measure(contender: Contender, load: dict[str, Any], every: float) -> dict[str, Any]:
    """One fresh server under one load; ``every`` is for nchan's publisher."""
    with _reachable(contender) as contender, running(contender) as server:
        with _publisher(contender, server, every):
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
def _reachable(contender: Contender) -> Iterator[Contender]:
    """The contender, and a Redis that it knows where it is to have one."""
    if contender not in (_ONE, _TWO):
        yield contender
        return
    with redis_server() as redis:
        yield replace(contender, env={**contender.env, "MockLlmApi__Redis": redis.url})


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
