"""Numbers that follow from others of their record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.generation.values.relations import (
    Kind,
    Member,
    inputs_of,
    is_sum,
    phrase_of,
    relation_of,
    sum_of,
    sum_over,
)


def members(record: Mapping[str, float | str | None]) -> dict[str, Member]:
    """Numbers that show twice their examples; texts are no numbers."""
    return {
        name: (
            Member(None, None)
            if isinstance(number, str)
            else Member(number, lambda cell, number=number: 2 * (number or 0.0))
        )
        for name, number in record.items()
    }


@pytest.mark.parametrize(
    ("name", "record", "kind", "value", "ratio"),
    [
        ("change", {"change": 5, "price": 105, "open": 100}, Kind.EQUAL, 10, 1),
        ("change", {"price": 105, "open": 100}, Kind.EQUAL, 10, 1),
        ("change", {"change": None, "price": 105, "open": 100}, Kind.EQUAL, 10, 1),
        ("changePercent", {"lastPrice": 110, "openPrice": 100}, Kind.EQUAL, 10, 1),
        ("total", {"total": 6, "quantity": 2, "unitPrice": 3}, Kind.EQUAL, 24, 1),
        ("total", {"total": 12, "subtotal": 10, "tax": 2}, Kind.EQUAL, 24, 1),
        ("total", {"total": 9, "net": 7, "vat": 1, "shipping": 1}, Kind.EQUAL, 18, 1),
        ("free", {"free": 6, "total": 10, "used": 4}, Kind.EQUAL, 12, 1),
        ("usedPercent", {"used": 4, "total": 10}, Kind.EQUAL, 40, 1),
        ("spread", {"spread": 0.5, "ask": 10.5, "bid": 10}, Kind.EQUAL, 1, 1),
        ("errorRate", {"errors": 1, "requests": 4}, Kind.EQUAL, 0.25, 1),
        ("high", {"high": 110, "price": 100}, Kind.HIGHEST, 200, 1.1),
        ("low24h", {"low24h": 90, "price": 100}, Kind.LOWEST, 200, 0.9),
        ("maxTemp", {"maxTemp": 30, "temp": 20}, Kind.HIGHEST, 40, 1.5),
        ("max", {"price": 100}, Kind.HIGHEST, 200, 1),
        ("bid", {"bid": 99, "price": 100}, Kind.NEAR, 200, 0.99),
        ("feelsLike", {"feelsLike": 18, "temperature": 20}, Kind.NEAR, 40, 0.9),
    ],
)
def test_a_number_follows_from_those_that_its_name_calls_for(
    name: str, record: dict[str, float | None], kind: Kind, value: float, ratio: float
) -> None:
    found = relation_of(name, members(record))
    assert found is not None
    assert (found.kind, found.ratio) == (kind, pytest.approx(ratio))
    assert found.value([]) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("price", {"price": 1, "open": 1}),
        ("change", {"change": 5, "price": 105}),
        ("change", {"change": 7, "price": 105, "open": 100}),
        ("change", {"change": 5, "price": 105, "open": "100"}),
        ("changePercent", {"changePercent": 5, "price": 105, "open": 0}),
        ("total", {"total": 7, "quantity": 2, "unitPrice": 3}),
        ("high", {"high": 90, "price": 100}),
        ("low", {"low": 110, "price": 100}),
        ("maxUsers", {"maxUsers": 30, "price": 20}),
        ("bid", {"bid": 10, "price": 100}),
        ("bid", {"bid": 300, "price": 100}),
        ("bid", {"bid": 99}),
    ],
)
def test_a_number_that_the_examples_deny_or_nothing_explains_follows_from_none(
    name: str, record: dict[str, float | str]
) -> None:
    assert relation_of(name, members(record)) is None


def test_a_share_of_nothing_is_none() -> None:
    record = {"errors": Member(None, lambda cell: 3), "requests": Member(None, _zero)}
    found = relation_of("errorRate", record)
    assert found is not None and found.value([]) == 0.0


def _zero(cell: Any) -> float:
    return 0.0


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("high24h", "high"),
        ("dailyHigh", "high"),
        ("price_change_24h", "price_change"),
        ("unitPrice", "unit_price"),
        ("today", "today"),
        ("", ""),
    ],
)
def test_members_are_found_whatever_time_their_name_says(
    name: str, phrase: str
) -> None:
    assert phrase_of(name) == phrase


@pytest.mark.parametrize(
    ("name", "others", "inputs"),
    [
        ("spread", ["bid", "ask", "volume"], ["ask", "bid"]),
        ("bid", ["price", "bid", "volume"], ["price"]),
        ("high24h", ["low24h", "lastPrice"], ["lastPrice"]),
        ("volume", ["price", "open"], []),
    ],
)
def test_the_members_a_number_may_follow_from_come_best_first(
    name: str, others: list[str], inputs: list[str]
) -> None:
    phrases = {phrase_of(other): [other] for other in others}
    assert list(inputs_of(name, phrases)) == inputs


@pytest.mark.parametrize(
    ("name", "expected"),
    [("total", True), ("subtotal", True), ("totalAmount", True), ("totals", False)],
)
def test_the_name_of_a_sum_is_known(name: str, expected: bool) -> None:
    assert is_sum(name) is expected


@pytest.mark.parametrize(
    ("elements", "total"),
    [
        ([{"quantity": 2, "price": 3}, {"quantity": 1, "price": 4}], 10),
        ([{"quantity": 2, "price": "3.50"}], 7),
        ([{"quantity": 2, "price": 3, "total": 5}], 5),
        ([{"quantity": 2}], None),
        ([{"quantity": True, "price": 3}], None),
        ([{"quantity": 2, "price": 3}, {"name": "gift"}], None),
        ([], 0),
    ],
)
def test_elements_add_up_to_what_each_has_in_all_or_its_quantity_times_its_price(
    elements: Sequence[Mapping[str, object]], total: float | None
) -> None:
    assert sum_of(elements) == total


def test_a_sum_over_elements_reads_each_of_their_cells() -> None:
    readers = {"qty": lambda cell: cell[0], "price": lambda cell: cell[1]}
    total = sum_over(readers, lambda cell: cell[0])
    assert total is not None
    assert total([[[2, 3.0], [1, 4.0]]]) == 10.0
