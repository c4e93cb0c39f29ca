"""What a client of a shared feed may see: every event once and in order, or a gap."""

from __future__ import annotations

from typing import Any

#: An event as its id and data; the id is empty where it has none.
Seen = tuple[str, Any]


def number_of(last: str) -> int:
    """The number in an id."""
    return int(last.rsplit("-", 1)[1])


def check_order(events: list[Seen]) -> int:
    """Nothing is missing unsaid, doubled or out of order; returns what was said."""
    expected: int | None = None
    missed = 0
    for last, data in events:
        if data.get("type") == "gap":
            assert last == ""
            oldest = number_of(data["oldest"])
            if expected is not None and data["missed"] is not None:
                assert oldest == expected + data["missed"]
                missed += data["missed"]
            expected = oldest
        elif last:
            assert expected in (None, number_of(last))
            assert data["index"] == number_of(last)
            expected = number_of(last) + 1
    return missed


def without_kept_ids(events: list[Seen]) -> list[Seen]:
    """``events`` of a client that keeps its last id where an event has none."""
    return [("" if "type" in data else last, data) for last, data in events]
