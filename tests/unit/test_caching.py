"""What the caches of names keep."""

from __future__ import annotations

from typing import Any

import pytest

from app.resources.caching import MAX_CACHED_LENGTH, cache_short_names


@pytest.mark.parametrize(
    ("names", "times"),
    [
        (("order",), 1),
        (("x" * MAX_CACHED_LENGTH,), 1),
        (("x" * (MAX_CACHED_LENGTH + 1),), 2),
        (("x" * MAX_CACHED_LENGTH, "y"), 2),
        ((("a", "b"), "order"), 1),
        ((("a", "x" * MAX_CACHED_LENGTH), ""), 2),
        (("order", None), 1),
    ],
)
def test_only_results_for_short_names_are_kept(
    names: tuple[Any, ...], times: int
) -> None:
    asked: list[tuple[Any, ...]] = []

    @cache_short_names(maxsize=8)
    def size(*names: Any) -> int:
        asked.append(names)
        return len(names)

    assert [size(*names), size(*names)] == [len(names)] * 2
    assert len(asked) == times


def test_no_more_results_are_kept_than_were_asked_for() -> None:
    asked: list[str] = []

    @cache_short_names(maxsize=2)
    def same(name: str) -> str:
        asked.append(name)
        return name

    for name in ["a", "b", "c", "a"]:
        same(name)
    assert asked == ["a", "b", "c", "a"]
