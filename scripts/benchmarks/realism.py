"""Which share of the generated fields a reader would accept, for public shapes.

``realism_shapes`` has 20 shapes as public APIs document them (none is used in a
test), each field with an example and the rules by which it is judged. Every
shape runs as several streams of a dozen events, two seconds apart; a field is
accepted in a stream when all of its rules hold there. The table gives the mean
share per shape; with ``--why`` it names the fields that were not accepted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from realism_rules import Field, Series
from realism_shapes import SHAPES

from app.generation.plan import Subject, compile_plan
from app.schema.shapes import make_shape

STREAMS = 6
EVENTS = 12
STEP_MS = 2_000
NOW_MS = 1_736_166_896_789


def main() -> None:
    """Print a row for each shape, and the mean."""
    with_reasons = "--why" in sys.argv
    shares = []
    for name, (path, shape) in SHAPES.items():
        fields = dict(walk(shape))
        schema = make_shape(example(shape)).schema
        plan = compile_plan(Subject(path, schema))
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
