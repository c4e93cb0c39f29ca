"""How long the embedded generator takes for an event, and what a stream holds.

Medians over rounds, in microseconds and bytes. ``bare`` is the same text made
by hand from constants with one template, for comparison on the same machine.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from app.generation.plan import Plan, Subject, compile_plan
from app.schema.shapes import example_schema

ROUNDS = 25
EVENTS = 2_000
NOW_MS = 1_736_166_896_789

STOCK = {
    "ticker": "AAPL",
    "price": 150.25,
    "change": 1.25,
    "timestamp": "2025-01-06T12:00:00Z",
}
SENSOR = {
    "id": "s1",
    "name": "Kitchen",
    "temperature": 21.5,
    "humidity": 45,
    "online": True,
}
LOG = {
    "id": 1,
    "level": "info",
    "service": "api",
    "message": "string",
    "timestamp": "2025-01-06T12:00:00Z",
}

SHAPES: dict[str, tuple[str, Any, int | None]] = {
    "flat object, four fields": ("stocks", STOCK, None),
    "ten sensors, five fields each": ("sensors", {"sensors": [SENSOR]}, 10),
    "ten log entries, five fields each": ("logs", {"logs": [LOG]}, 10),
    "no shape: stocks/TSLA": ("stocks/TSLA", None, None),
}


def main() -> None:
    """Print a table."""
    print(f"{'':36}{'value us':>10}{'plan us':>10}{'B seeded':>10}{'B':>8}")
    for name, (path, example, count) in SHAPES.items():
        subject = Subject(path, count=count)
        if example is not None:
            schema = example_schema(example)
            subject = Subject(path, schema, count, example=example, keeps=True)
        plan = compile_plan(subject)
        simulation = plan.start(1)
        event = timed(simulation.value, EVENTS)
        compiling = timed(lambda now_ms: compile_plan(subject), 20)
        seeded, shared = (memory(plan, seed) for seed in (1, None))
        print(f"{name:36}{event:10.2f}{compiling:10.0f}{seeded:10.0f}{shared:8.0f}")
    print(f"{'bare template of four texts':36}{timed(bare, EVENTS):10.2f}")


def timed(make: Callable[[int], object], events: int) -> float:
    """The median time of one call, in microseconds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for number in range(events):
            make(NOW_MS + number)
        rounds.append((time.perf_counter() - start) / events * 1e6)
    return statistics.median(rounds)


def memory(plan: Plan, seed: int | None) -> float:
    """What a stream holds once it runs, in bytes."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    streams = [plan.start(seed) for _ in range(200)]
    for stream in streams:
        for number in range(3):
            stream.value(NOW_MS + number)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / len(streams)


def bare(now_ms: int) -> bytes:
    """Four texts in a template."""
    texts = ['"AAPL"', "150.25", "1.25", '"2025-01-06T12:00:00.000Z"']
    template = '{"ticker":%s,"price":%s,"change":%s,"timestamp":%s}'
    return (template % tuple([text for text in texts])).encode()


if __name__ == "__main__":
    main()
