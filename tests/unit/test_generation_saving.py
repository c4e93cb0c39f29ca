"""What a simulation remembers, saved and loaded: values go on as they would have."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.generation.plan import Simulation, Subject, compile_plan
from app.generation.saving import load, save
from app.schema.shapes import example_schema

_START_MS = 1_790_000_000_000
_EXAMPLES: list[Any] = [
    {"ticker": "AAPL", "price": 150.25, "volume": 1200, "at": "2026-01-06T12:34:56Z"},
    {"id": 17, "user": {"name": "Ann Lee", "email": "ann@example.com"}, "ok": True},
    [{"sensor": "a1", "celsius": 21.5}, {"sensor": "b2", "celsius": 19.0}],
    {"bids": [["100.10", "2.5"], ["100.00", "4.0"]], "asks": [["100.20", "1.0"]]},
    {"level": "warn", "message": "disk is full", "seq": 4, "tags": ["disk", "node-3"]},
    {"status": "ready", "progress": 0.25, "steps": [1, 2, 3], "next": None},
]
_SUBJECTS = [
    *(Subject("things", example_schema(e), example=e, keeps=True) for e in _EXAMPLES),
    *(Subject("things", example_schema(each)) for each in _EXAMPLES),
    *(Subject(path) for path in ("stocks/AAPL", "users", "orders/7/items", "logs")),
    Subject(
        "x",
        {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 0, "maximum": 40},
            "maxItems": 5,
        },
    ),
]


def values(simulation: Simulation, first: int, count: int) -> list[bytes]:
    return [
        simulation.value(_START_MS + 1000 * number)
        for number in range(first, first + count)
    ]


@pytest.mark.parametrize("subject", _SUBJECTS, ids=lambda each: each.path)
def test_values_go_on_from_what_was_saved(subject: Subject) -> None:
    plan = compile_plan(subject)
    before = plan.start(7)
    values(before, 0, 40)
    saved = save(before)
    assert 0 < len(saved) < 20_000
    after = compile_plan(subject).start(8)
    load(after, saved)
    assert values(after, 40, 60) == values(before, 40, 60)


def test_what_json_cannot_tell_is_not_saved() -> None:
    simulation = compile_plan(_SUBJECTS[0]).start(7)
    values(simulation, 0, 2)
    simulation.cell[0] = (1, 2)
    assert save(simulation) == b""
    simulation.cell[0] = object()
    assert save(simulation) == b""


def test_a_simulation_that_has_not_begun_has_nothing_to_save() -> None:
    simulation = compile_plan(_SUBJECTS[0]).start(7)
    assert save(simulation) == b""
    assert values(simulation, 0, 3) == values(compile_plan(_SUBJECTS[0]).start(7), 0, 3)


def test_a_simulation_without_a_seed_is_not_saved() -> None:
    simulation = compile_plan(_SUBJECTS[0]).start(None, lambda: 0.5)
    values(simulation, 0, 2)
    assert save(simulation) == b""


@pytest.mark.parametrize("place", [0, 2])
def test_what_another_version_has_saved_is_refused(place: int) -> None:
    simulation = compile_plan(_SUBJECTS[0]).start(7)
    values(simulation, 0, 2)
    told = orjson.loads(save(simulation))
    told[place] = "0.0.1" if not place else []
    with pytest.raises(ValueError, match="another version"):
        load(simulation, orjson.dumps(told))
