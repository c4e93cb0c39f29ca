"""How a number moves from one event to the next."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from app.generation.values.motion import (
    Course,
    Number,
    draw,
    fixed,
    related,
    rise,
    walk,
)
from app.generation.values.relations import Kind, Relation
from app.generation.values.state import Cell, Draft, Layout, State
from app.schema.budget import Budget
from app.schema.ranges import Range, number_range

#: Makes a number of a record.
Make = Callable[[Range, Course, Layout], Number]


def limits(low: float, high: float, decimals: int = 0) -> Range:
    return number_range({"minimum": low, "maximum": high}, not decimals, decimals)


def course(*hints: float, **others: Any) -> Course:
    return Course(hints or (50,), **{"spread": 10, "step": 2, "scatter": 0.1, **others})


def stream(restless: int = 0, seed: int = 1) -> State:
    state = State(random.Random(seed).random, Budget())
    state.restless = restless
    return state


def steady(number: float) -> State:
    """A stream whose random numbers are all the same."""
    return State(lambda: number, Budget())


def shown(
    make: Make, scale: Range, path: Course, state: State, events: int = 200
) -> list[float]:
    layout = Layout()
    number = make(scale, path, layout)
    cell = layout.cell(state, 0)
    found = []
    for _ in range(events):
        text = number.write(state, cell)
        assert number.read(cell) == float(text)
        found.append(float(text))
    return found


def steps(numbers: list[float]) -> Iterable[float]:
    return (after - before for before, after in zip(numbers, numbers[1:]))


@pytest.mark.parametrize("make", [walk, draw, rise, fixed])
@pytest.mark.parametrize(
    ("low", "high", "decimals", "hint"),
    [(0, 100, 0, 50), (0, 1, 2, 0.5), (48, 52, 0, 90), (-9, -1, 1, 3), (7, 7, 0, 7)],
)
@pytest.mark.parametrize("restless", [0, 1, 3])
def test_no_number_leaves_its_range(
    make: Make, low: float, high: float, decimals: int, hint: float, restless: int
) -> None:
    found = shown(make, limits(low, high, decimals), course(hint), stream(restless))
    assert low <= min(found) and max(found) <= high


@pytest.mark.parametrize("seed", range(5))
def test_a_measure_moves_in_steps_about_its_centre(seed: int) -> None:
    found = shown(walk, limits(0, 1000, 1), course(500), stream(seed=seed))
    assert len(set(found)) > 20
    assert max(map(abs, steps(found))) <= 5
    assert 470 < min(found) and max(found) < 530


def test_a_restless_measure_looks_different_in_every_event() -> None:
    found = shown(walk, limits(0, 3), course(1), stream(restless=1))
    assert 0 not in steps(found)


def test_a_measure_with_two_values_changes_between_them_when_restless() -> None:
    found = shown(walk, limits(0, 1), course(0), stream(restless=1), events=6)
    assert set(found) == {0, 1}


@pytest.mark.parametrize("decimals", [0, 2])
def test_a_counter_never_falls_and_stays_at_its_end(decimals: int) -> None:
    found = shown(rise, limits(0, 120, decimals), course(50), stream())
    assert min(steps(found)) >= 0
    assert found[0] < 60 and found[-1] == 120


def test_a_restless_counter_rises_in_every_event() -> None:
    found = shown(rise, limits(0, 10_000), course(50), stream(restless=1))
    assert min(steps(found)) > 0


@pytest.mark.parametrize("make", [draw, fixed])
def test_a_number_of_a_record_stays_in_its_events(make: Make) -> None:
    assert len(set(shown(make, limits(0, 100), course(50), stream()))) == 1


@pytest.mark.parametrize(
    ("hint", "random_number", "first"),
    [(50, 0.5, 50), (50, 0.0, 40), (50, 1.0, 60), (3, 0.0, 1), (0, 0.9, 0)],
)
def test_a_new_record_is_about_the_centre_and_has_some_where_the_example_has_some(
    hint: float, random_number: float, first: float
) -> None:
    found = shown(draw, limits(0, 100), course(hint), steady(random_number), events=1)
    assert found == [first]


@pytest.mark.parametrize(
    ("path", "position", "random_number", "centre"),
    [
        (course(10, 20), 0, 0.9, 10),
        (course(10, 20), 1, 0.9, 20),
        (course(10, 20), 2, 0.5, 20),
        (course(10, 20), 2, 1.0, 22),
        (course(10, 20, scatter=0.4), 2, 1.0, 30),
        (course(10, 20, repeats=True), 2, 0.9, 10),
        (course(10, 20, factor=lambda position: position), 3, 0.9, 30),
    ],
)
def test_further_entities_have_centres_of_their_own(
    path: Course, position: int, random_number: float, centre: float
) -> None:
    draft = Draft(position, None, None)
    assert path.centre(steady(random_number), draft) == pytest.approx(centre)


def test_what_is_larger_in_one_respect_is_larger_in_others() -> None:
    draft, state = Draft(1, None, None), stream()
    seats = course(100, scatter=0.4).centre(state, draft)
    taken = course(10, scatter=0.4).centre(state, draft)
    assert seats == pytest.approx(10 * taken) and seats != 100


def follow(
    kind: Kind, ratio: float, numbers: list[float], own: float | None = None
) -> list[str]:
    """What a number shows that follows from another with these ``numbers``.

    Its own example is ``own``, or as far from their first one as ``ratio`` says.
    """
    example = numbers[0] * ratio if own is None else own
    layout = Layout()
    base = layout.slot(lambda state, draft: 0.0)
    relation = Relation(kind, lambda cell: float(cell[base]), ratio)
    number = related(limits(0, 100), relation, course(example), layout)
    state = steady(0.5)
    cell: Cell = layout.cell(state, 0)
    found = []
    for each in numbers:
        cell[base] = each
        found.append(number.write(state, cell))
        assert number.read(cell) == float(found[-1])
    return found


@pytest.mark.parametrize(
    ("kind", "ratio", "numbers", "texts"),
    [
        (Kind.EQUAL, 1, [5, 7, 3], ["5", "7", "3"]),
        (Kind.EQUAL, 1, [-5, 700], ["0", "100"]),
        (Kind.HIGHEST, 1.2, [50, 55, 70, 40], ["60", "60", "70", "70"]),
        (Kind.HIGHEST, 1, [50, 200], ["50", "100"]),
        (Kind.LOWEST, 0.8, [50, 45, 30, 60], ["40", "40", "30", "30"]),
        (Kind.NEAR, 0.9, [50, 60, 40], ["45", "54", "36"]),
        (Kind.NEAR, 1.1, [50, 100], ["55", "100"]),
    ],
)
def test_a_related_number_goes_where_its_base_goes(
    kind: Kind, ratio: float, numbers: list[float], texts: list[str]
) -> None:
    assert follow(kind, ratio, numbers) == texts


def test_an_extreme_begins_at_its_own_example() -> None:
    assert follow(Kind.HIGHEST, 1.2, [50, 55, 90], own=70) == ["70", "70", "90"]
    assert follow(Kind.LOWEST, 0.8, [50, 45, 20], own=30) == ["30", "30", "20"]
