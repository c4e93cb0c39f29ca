"""A payload of a public API, and the judgement of what is generated for it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from public_payloads.rules import Rule, Series, length, unchanged

Route = tuple[str | int, ...]


@dataclass(frozen=True)
class Payload:
    """An example with the rules for its fields.

    ``path`` is what a client asks for. ``rules`` has a rule or several for a
    route such as ``items.*.price``, where ``*`` stands for every element. A
    field without a rule has to keep the example's value, and a list without
    one the example's length.
    """

    name: str
    domain: str
    path: str
    example: Any
    rules: Mapping[str, Rule | tuple[Rule, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """A field of a payload: what it is called, where it is, its rules."""

    name: str
    routes: tuple[Route, ...]
    rules: tuple[Rule, ...]


def load(folder: Path) -> Iterator[Payload]:
    """The payloads of the modules in a folder, in the order of their names."""
    for path in sorted(folder.glob("[a-z]*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield from module.PAYLOADS


def judged(payload: Payload) -> list[Judged]:
    """The fields of a payload; elements that share their rules are one field.

    Raises ``ValueError`` where a rule is for a route that the example lacks.
    """
    patterns = {tuple(name.split(".")): name for name in payload.rules}
    routes: dict[str, list[Route]] = {}
    rules: dict[str, tuple[Rule, ...]] = {}
    for route, value in walk(payload.example):
        if not route:  # the list that is the whole payload
            continue
        found = next((p for p in patterns if _matches(p, route)), None)
        if found is None:
            name = ".".join("*" if isinstance(s, int) else s for s in route)
            default = length() if isinstance(value, list) else unchanged
            rules.setdefault(name, (default,))
        else:
            name = patterns[found]
            given = payload.rules[name]
            rules[name] = given if isinstance(given, tuple) else (given,)
        routes.setdefault(name, []).append(route)
    unused = set(payload.rules) - set(routes)
    if unused:
        raise ValueError(f"{payload.name}: no field for the rules of {sorted(unused)}")
    return [Judged(name, tuple(routes[name]), rules[name]) for name in routes]


def walk(value: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """Every value with its route: leaves, and lists before their elements."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from walk(part, (*route, name))
    elif isinstance(value, list):
        yield route, value
        for index, part in enumerate(value):
            yield from walk(part, (*route, index))
    else:
        yield route, value


def complaint(
    field: Judged, example: Any, events: list[Any], times: list[int]
) -> str | None:
    """Why a strict reader stops at a field in a stream; None where nobody would."""
    for route in field.routes:
        for run in _series(route, example, events, times):
            if isinstance(run, str):
                return run
            for rule in field.rules:
                if not rule.accepts(run):
                    return f"{rule.name}: {_sample(run.values)}"
    return None


def _series(
    route: Route, example: Any, events: list[Any], times: list[int]
) -> Iterator[Series | str]:
    """The values at a route, also in elements that the example does not have."""
    for place in (route, *_further(route, example, events[0])):
        seen: list[tuple[Any, Any, Any, int]] = []
        for event, time in zip(events, times):
            try:
                owner = follow(event, place[:-1])
                seen.append((owner[place[-1]], owner, event, time))
            except IndexError:  # the rule of the list judges its length
                continue
            except (KeyError, TypeError):
                yield f"missing in {_sample([event])}"
                return
        if len(seen) < 2:
            yield "never there"
            return
        values, owners, whole, at = map(list, zip(*seen))
        yield Series(values, follow(example, route), owners, whole, at, place)


def _further(route: Route, example: Any, event: Any) -> Iterator[Route]:
    """The route in the elements by which a list is longer than the example's."""
    for at, step in enumerate(route):
        if not isinstance(step, int):
            continue
        known = len(follow(example, route[:at]))
        if step != known - 1:
            continue
        try:
            there = len(follow(event, route[:at]))
        except (IndexError, KeyError, TypeError):
            continue
        for index in range(known, there):
            yield (*route[:at], index, *route[at + 1 :])


def follow(value: Any, route: Route) -> Any:
    """What is at a route."""
    for step in route:
        value = value[step]
    return value


def _matches(pattern: tuple[str, ...], route: Route) -> bool:
    return len(pattern) == len(route) and all(
        wanted == str(step) or (wanted == "*" and isinstance(step, int))
        for wanted, step in zip(pattern, route)
    )


def _sample(values: list[Any]) -> str:
    shown = " ".join(repr(value) for value in values)
    return shown if len(shown) <= 240 else shown[:240] + "..."
