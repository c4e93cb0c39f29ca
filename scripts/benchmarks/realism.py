"""Which share of the generated fields a reader would accept, for public shapes.

``realism_shapes`` has 20 shapes as public APIs document them (none is used in a
test), each field with an example and the rules by which it is judged. Every
shape runs as several streams of a dozen events, two seconds apart; a field is
accepted in a stream when all of its rules hold there. The table gives the mean
share per shape; with ``--why`` it names the fields that were not accepted.

The second table is of ``public_payloads``, which a strict reader judges: in
streams of 15 events, at 50 ms and at 1 s, a field is accepted where nothing in
any of them would stop who knows the domain. ``--set`` names what is judged:
``shapes``; ``tuning``, on which the generator was tuned; ``first``, the first examples
of the project; ``aside``, put aside meanwhile; ``judged``, whose rules somebody else
wrote than who wrote the generator; ``unseen``, likewise, tuned on after its first look;
``fourth``, likewise, 91.5 % at its first look, tuned on since; ``fifth``, likewise,
92.3 % at its first look, tuned on since; ``sixth`` and ``seventh``, likewise, 91.1 %
and 88.3 %, tuned on since; ``eighth`` and ``ninth``, likewise, 92.2 % and 94.6 % at
their first looks, tuned on since; ``tenth``, likewise, 94.9 % at its first look, 94.5 %
of its fields, which may be tuned on now; or a folder of further payloads.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from public_payloads.payload import Payload, complaint, judged, load
from realism_rules import Field, Series
from realism_shapes import SHAPES

from app.errors import BadRequest
from app.generation.plan import Subject, compile_plan
from app.schema.shapes import example_schema

STREAMS = 6
EVENTS = 12
STEP_MS = 2_000
NOW_MS = 1_736_166_896_789

SETS = Path(__file__).parent / "public_payloads"
#: The streams that the strict reader sees: seeds, and the intervals of each in ms.
SEEDS = (1, 2)
STRICT_STEPS_MS = (50, 1_000)
STRICT_EVENTS = 15
#: After every time in the examples: 2026-03-10, 13:15:30.250 UTC.
STRICT_NOW_MS = 1_773_148_530_250


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description="Which share a reader accepts.")
    parser.add_argument("--why", action="store_true", help="name the other fields")
    parser.add_argument(
        "--set",
        default="shapes,first,tuning,aside,judged,unseen,fourth,fifth,sixth,seventh,"
        "eighth,ninth,tenth",
        help="by commas",
    )
    options = parser.parse_args()
    for name in options.set.split(","):
        print(f"\n{name}")
        if name == "shapes":
            print_shapes(options.why)
        else:
            folder = SETS / name
            print_payloads(folder if folder.is_dir() else Path(name), options.why)


def print_payloads(folder: Path, with_reasons: bool) -> None:
    """Print a row for each payload of a set, the mean, and the share of all fields."""
    counts = []
    for payload in load(folder):
        fields, complaints = judge(payload)
        counts.append((fields - len(complaints), fields))
        accepted = counts[-1][0] / fields
        print(f"{payload.name:28}{payload.domain:20}{fields:4} fields {accepted:8.1%}")
        if with_reasons:
            for field, reason in complaints.items():
                print(f"    {field:36} {reason}")
    if not counts:
        raise SystemExit(f"realism: no payloads in {folder}")
    fields, accepted = sum(n for _, n in counts), sum(n for n, _ in counts)
    mean = sum(good / of for good, of in counts) / len(counts)
    print(f"{f'mean of {len(counts)}':48}{'':11} {mean:8.1%}")
    print(f"{'of all fields':48}{fields:4} fields {accepted / fields:8.1%}")


def judge(payload: Payload) -> tuple[int, dict[str, str]]:
    """How many fields a payload has, and why a reader stops at which of them."""
    fields = judged(payload)
    try:
        plan = compile_plan(subject_of(payload.path, payload.example))
    except BadRequest as error:
        return len(fields), {field.name: f"refused: {error}" for field in fields}
    complaints: dict[str, str] = {}
    for seed in SEEDS:
        for step in STRICT_STEPS_MS:
            simulation = plan.start(seed)
            times = [STRICT_NOW_MS + step * number for number in range(STRICT_EVENTS)]
            events = [json.loads(simulation.value(time)) for time in times]
            for field in fields:
                reason = complaint(field, payload.example, events, times)
                if reason is not None:
                    complaints.setdefault(field.name, f"at {step} ms, {reason}")
    return len(fields), complaints


def subject_of(path: str, example: Any) -> Subject:
    """What a request with an example as its shape asks for."""
    return Subject(path, example_schema(example), example=example, keeps=True)


def print_shapes(with_reasons: bool) -> None:
    """Print a row for each shape, and the mean."""
    shares = []
    for name, (path, shape) in SHAPES.items():
        fields = dict(walk(shape))
        plan = compile_plan(subject_of(path, example(shape)))
        accepted = dict.fromkeys(fields, 0)
        for seed in range(STREAMS):
            simulation = plan.start(seed)
            times = [NOW_MS + STEP_MS * number for number in range(EVENTS)]
            events = [json.loads(simulation.value(time)) for time in times]
            for route, field in fields.items():
                runs = list(series(events, times, route))
                accepted[route] += bool(runs) and all(map(field.accepts, runs))
        share = sum(accepted.values()) / STREAMS / len(fields)
        shares.append(share)
        print(f"{name:32}{len(fields):4} fields {share:8.1%}")
        if with_reasons:
            for route, count in accepted.items():
                if count < STREAMS:
                    print(f"    {count}/{STREAMS}  {'.'.join(map(str, route))}")
    print(f"{'mean':32}{'':11} {sum(shares) / len(shares):8.1%}")


def example(shape: Any) -> Any:
    """The example value that a shape stands for."""
    if isinstance(shape, Field):
        return shape.example
    if isinstance(shape, dict):
        return {name: example(part) for name, part in shape.items()}
    if isinstance(shape, list):
        return [example(part) for part in shape]
    return shape


def walk(shape: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, Field]]:
    """Every judged field with its route; None stands for all elements."""
    if isinstance(shape, Field):
        yield route, shape
    elif isinstance(shape, dict):
        for name, part in shape.items():
            yield from walk(part, (*route, name))
    elif isinstance(shape, list) and shape:
        yield from walk(shape[0], (*route, None))


def series(
    events: list[Any], times: list[int], route: tuple[Any, ...]
) -> Iterator[Series]:
    """The values at a route over the events, one series for each element."""
    heads = [
        head
        for head in expanded(events[0], route)
        if all(reachable(event, head) for event in events)
    ]
    for head in heads:
        owners = [follow(event, head[:-1]) for event in events]
        values = [follow(event, head) for event in events]
        yield Series(values, owners, events, times)


def expanded(value: Any, route: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The routes with an index for each element that the first event has."""
    if not route:
        yield ()
    elif route[0] is None:
        for index, element in enumerate(value):
            for rest in expanded(element, route[1:]):
                yield (index, *rest)
    else:
        for rest in expanded(value[route[0]], route[1:]):
            yield (route[0], *rest)


def reachable(value: Any, route: tuple[Any, ...]) -> bool:
    """Whether an event has something at a route."""
    try:
        follow(value, route)
    except (IndexError, KeyError, TypeError):
        return False
    return True


def follow(value: Any, route: tuple[Any, ...]) -> Any:
    """What is at a route."""
    for step in route:
        value = value[step]
    return value


if __name__ == "__main__":
    main()
