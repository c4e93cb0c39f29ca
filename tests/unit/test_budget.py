"""What one request may cost: steps and bytes, and turns for everybody else."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

import pytest

from app.errors import BadRequest
from app.generation.plan import Subject, compile_plan
from app.request.inputs import Inputs
from app.request.parsers import Limits
from app.request.readers import read_shape
from app.schema.budget import STRIDE, Budget
from app.schema.refusal import Refusal, TooLarge
from app.schema.shapes import make_shape
from tests.unit.generated import NOW_MS, schema_of
from tests.unit.hostile import INPUTS, Hostile

#: A fifth of what is granted, so that counting calls does not take long.
SOME_STEPS = 200_000
#: Calls of functions, which say how much is done, however fast the machine is.
MAX_CALLS = 15 * SOME_STEPS
#: Between two turns; a call takes 0.1 to 0.2 microseconds.
MAX_CALLS_AT_ONCE = 600_000


class Meter:
    """Counts the calls of functions, in all and between two turns."""

    def __init__(self) -> None:
        self.calls = 0
        self.at_once = 0
        self._since = 0

    def count(self, frame: FrameType, event: str, argument: object) -> None:
        self.calls += event in ("call", "c_call")

    def turn(self, number: int = 0) -> None:
        self.at_once = max(self.at_once, self.calls - self._since)
        self._since = self.calls


def generate(asked: Hostile, budget: Budget) -> None:
    """Compile a plan and make two values of it."""
    subject = Subject(asked.path, count=asked.count)
    if asked.shape is not None:
        shape = make_shape(asked.shape, budget.another())
        example = shape.given if shape.is_example else None
        subject = replace(
            subject, schema=shape.schema, example=example, keeps=shape.is_example
        )
    plan = compile_plan(subject, budget)
    simulation = plan.start(1, budget=budget.another())
    for number in range(2):
        simulation.value(NOW_MS + number)


@pytest.mark.parametrize("asked", INPUTS.values(), ids=list(INPUTS))
def test_hostile_input_takes_bounded_work_and_lets_others_have_their_turn(
    asked: Hostile,
) -> None:
    meter = Meter()
    sys.setprofile(meter.count)
    try:
        generate(asked, Budget(SOME_STEPS, turn=meter.turn))
    except Refusal as refused:
        assert refused.reason
    finally:
        sys.setprofile(None)
    meter.turn()
    assert meter.calls < MAX_CALLS
    assert meter.at_once < MAX_CALLS_AT_ONCE


@pytest.mark.parametrize("asked", INPUTS.values(), ids=list(INPUTS))
def test_others_have_their_turn_while_a_shape_is_read(asked: Hostile) -> None:
    meter = Meter()
    limits = Limits(9, 10**6, 99, 9999, (), partial(Budget, turn=meter.turn))
    inputs = Inputs(query={}, headers={}, body={"shape": asked.shape})
    sys.setprofile(meter.count)
    try:
        read_shape(inputs, limits)
    except BadRequest as refused:
        assert refused.detail
    finally:
        sys.setprofile(None)
    meter.turn()
    assert meter.at_once < MAX_CALLS_AT_ONCE


@pytest.mark.parametrize(
    ("name", "limit", "word"),
    [
        ("nested arrays of names", 2**20, "MaxEventBytes"),
        ("forks that lead to nothing", 1_000_000, "steps"),
        ("a thousand long texts", 2**20, "MaxEventBytes"),
        ("a thousand long constants", 2**20, "MaxEventBytes"),
        ("repetitions of repetitions", 50_000, "states"),
    ],
)
def test_a_refusal_says_which_limit_it_was(name: str, limit: int, word: str) -> None:
    with pytest.raises(Refusal, match=word) as refused:
        generate(INPUTS[name], Budget())
    assert refused.value.limit == limit


@pytest.mark.parametrize(
    "name",
    [
        "nested arrays of numbers",
        "a thousand records",
        "all integers of a range",
        "500 different dates",
        "all words of 500",
        "1 400 texts",
        "50 000 digits",
    ],
)
def test_what_is_large_but_within_the_limits_is_served(name: str) -> None:
    generate(INPUTS[name], Budget())


def test_steps_are_spent_up_to_the_limit_and_not_beyond() -> None:
    budget = Budget(most_steps=10)
    budget.spend(10)
    assert budget.spent == 10
    with pytest.raises(TooLarge, match="10 steps") as refused:
        budget.spend(1)
    assert refused.value.limit == 10


def test_each_piece_of_work_has_the_full_budget() -> None:
    budget = Budget(most_steps=10, most_size=5)
    for _ in range(3):
        budget.spend(9)
        budget.write(5)
        budget.renew()
    assert (budget.spent, budget.size) == (0, 0)


def test_others_get_their_turn_after_every_stride() -> None:
    turns: list[int] = []
    budget = Budget(turn=turns.append)
    for _ in range(5 * STRIDE):
        budget.spend(1)
    assert turns == [0, 1, 2, 3, 4]
    budget.renew()
    budget.spend(STRIDE)
    assert turns[-1] == 0


def test_a_value_is_at_most_as_long_as_the_budget_says() -> None:
    schema = schema_of([{"name": "string"}])
    size = len(compile_plan(Subject("users", schema, 20)).start(1).value(NOW_MS))
    plan = compile_plan(Subject("users", schema, 20))
    plan.start(1, budget=Budget(most_size=size)).value(NOW_MS)
    with pytest.raises(TooLarge, match="MaxEventBytes"):
        plan.start(1, budget=Budget(most_size=size - 1)).value(NOW_MS)


def test_a_stream_goes_on_after_a_value_that_was_too_large() -> None:
    schema: Any = {"type": "array", "items": {"type": "integer"}, "minItems": 90}
    plan = compile_plan(Subject("things", schema))
    simulation = plan.start(1, budget=Budget(most_steps=100))
    for _ in range(2):
        with pytest.raises(TooLarge):
            simulation.value(NOW_MS)
    simulation.budget.most_steps = 100_000
    assert simulation.value(NOW_MS).startswith(b"[")
