"""The ranges in which numbers of a name are believable."""

from __future__ import annotations

import pytest

from app.generation.fields.measures import believable_range, moves


@pytest.mark.parametrize(
    ("name", "examples", "inside", "outside"),
    [
        ("spo2", [97.5], [94, 98, 100], [59.1, 101]),
        ("heart_rate", [72], [60, 85], [7, 300]),
        ("battery", [80], [50, 100], [-1, 101]),
        ("price", [150.25], [100, 200], [-5, 1500]),
        ("temperature", [], [18, 24], [-200, 1000]),
        ("latitude", [52.52], [52.515, 52.525], [0, 90]),
        ("change", [0.5], [-1, 2], [-50, 80]),
    ],
)
def test_a_range_is_what_a_reader_of_the_domain_would_believe(
    name: str, examples: list[float], inside: list[float], outside: list[float]
) -> None:
    found = believable_range(name, examples)
    assert found is not None
    low, high = found
    assert all(low <= number <= high for number in [*examples, *inside])
    assert not any(low <= number <= high for number in outside)


@pytest.mark.parametrize("name", ["id", "foo", "createdAt"])
def test_a_number_that_is_no_measure_has_no_range(name: str) -> None:
    assert believable_range(name, [7]) is None


def test_an_example_beyond_the_usual_bounds_widens_them() -> None:
    found = believable_range("battery", [140])
    assert found is not None and found[1] >= 140


def test_measures_and_counters_move_on_from_the_number_before() -> None:
    assert moves("price") and moves("temperature")
    assert not moves("id") and not moves("foo")
