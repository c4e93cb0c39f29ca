"""Which numbers a schema permits, and how they are written."""

from __future__ import annotations

from typing import Any

import pytest

from app.schema.ranges import decimals_of, integers, number_range
from app.schema.refusal import Impossible


@pytest.mark.parametrize(
    ("flat", "decimals", "low", "high"),
    [
        ({"minimum": 1, "maximum": 9}, 0, 1, 9),
        ({"exclusiveMinimum": 1, "exclusiveMaximum": 9}, 0, 2, 8),
        ({"minimum": 1.2, "maximum": 8.9}, 0, 2, 8),
        ({"minimum": 0, "exclusiveMinimum": 3, "maximum": 9}, 0, 4, 9),
        ({"minimum": -5, "maximum": -5}, 0, -5, -5),
    ],
)
def test_integers_keep_their_bounds(
    flat: dict[str, Any], decimals: int, low: int, high: int
) -> None:
    limits = number_range(flat, True, decimals)
    assert (limits.shown(limits.low), limits.shown(limits.high)) == (low, high)


@pytest.mark.parametrize(
    ("flat", "texts"),
    [
        ({"minimum": 1, "maximum": 3}, ["1", "2", "3"]),
        ({"minimum": 1, "maximum": 9, "multipleOf": (4,)}, ["4", "8"]),
        ({"minimum": 1, "maximum": 40, "multipleOf": (4, 6)}, ["12", "24", "36"]),
        ({"minimum": 7, "maximum": 7}, ["7"]),
        ({"minimum": 0, "maximum": 5}, None),
        ({"minimum": 0}, None),
    ],
)
def test_few_integers_are_listed_and_many_are_not(
    flat: dict[str, Any], texts: list[str] | None
) -> None:
    assert integers(flat, 5) == texts


@pytest.mark.parametrize(
    ("flat", "decimals", "position", "text"),
    [
        ({"minimum": 0, "maximum": 9}, 2, 1.239, "1.24"),
        ({"minimum": 0, "maximum": 9}, 0, 4, "4.0"),
        ({"minimum": -1, "maximum": 1}, 1, -0.04, "0.0"),
        ({"minimum": 0, "maximum": 0.01}, 1, 0.005, "0.005"),
        ({"multipleOf": (0.25,), "minimum": 0, "maximum": 2}, 2, 3, "0.75"),
        ({"multipleOf": (0.1,), "minimum": 0, "maximum": 1}, 1, 2, "0.2"),
    ],
)
def test_numbers_have_the_decimals_that_are_asked_for_or_need_more(
    flat: dict[str, Any], decimals: int, position: float, text: str
) -> None:
    assert number_range(flat, False, decimals).text(position) == text


@pytest.mark.parametrize(
    ("flat", "integer", "keyword"),
    [
        ({"minimum": 5, "maximum": 4}, True, "maximum"),
        ({"exclusiveMinimum": 1, "exclusiveMaximum": 2}, True, "exclusiveMaximum"),
        ({"minimum": 2**70}, True, "minimum"),
        ({"multipleOf": (10,), "minimum": 1, "maximum": 9}, False, "maximum"),
        ({"minimum": 1, "exclusiveMaximum": 1}, False, "exclusiveMaximum"),
    ],
)
def test_bounds_that_leave_nothing_are_refused_with_a_keyword(
    flat: dict[str, Any], integer: bool, keyword: str
) -> None:
    with pytest.raises(Impossible) as refused:
        number_range(flat, integer, 2)
    assert refused.value.keyword == keyword


@pytest.mark.parametrize(
    ("number", "decimals"),
    [(1, 0), (1.0, 1), (1.5, 1), (150.25, 2), (1e-7, None), (1e20, None), (0.1, 1)],
)
def test_the_decimals_of_a_number_are_those_it_is_written_with(
    number: float, decimals: int | None
) -> None:
    assert decimals_of(number) == decimals


def test_a_range_within_others_is_narrower_unless_that_leaves_no_choice() -> None:
    limits = number_range({"minimum": 0, "maximum": 100}, True, 0)
    inner = limits.within(10, 20)
    assert (inner.low, inner.high) == (10, 20)
    assert inner.inside(50) == 20
    assert limits.within(99.5, 200) == limits
