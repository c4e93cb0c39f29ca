"""What somebody has set, or what was so once, stays beside what is measured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.generated import values

AT = "2023-03-20T10:15:00Z"


@pytest.mark.parametrize(
    ("path", "shape", "kept"),
    [
        (
            "zones/1",
            {"temperature": 20.6, "setting": {"temperature": {"celsius": 20.5}}},
            "setting",
        ),
        ("rooms", {"temperature": 21.3, "room_setpoint_temperature": 21}, "room_*"),
        ("rooms", {"temperature": 21.3, "precision": {"celsius": 0.1}}, "precision"),
        ("rooms", {"temperature": 21.3, "eco": {"heatCelsius": 14.0}}, "eco"),
        ("pumps", {"temperature": 21.3, "pins": {"8": {"value": 1}}}, "pins"),
        ("quota", {"hitsUsed": 1, "queryTime": 11.2, "at": AT}, "hitsUsed"),
        ("stocks", {"price": 182.1, "analystTargetPrice": 178.08}, "analyst*"),
        ("coins", {"price": 5.2, "ath_date": AT, "last_updated": AT}, "ath_date"),
        ("coins", {"name": "Lido", "mcap": 1720693428412, "at": AT}, "mcap"),
        ("player/stats", {"record": {"win": 312, "loss": 281, "draw": 44}}, "record"),
        (
            "spots/conditions",
            {"spotId": "5842041f4e65fad6a7708890", "at": AT},
            "spotId",
        ),
        ("number/state", {"value": 21.5, "step": 0.5, "mode": 1}, "step"),
        ("number/state", {"value": 21.5, "step": 0.5, "mode": 1}, "mode"),
        ("riders/7", {"rides": {"count": 3, "moving_time": 2190}, "at": AT}, "rides"),
    ],
)
def test_what_is_set_or_was_so_stays(path: str, shape: Any, kept: str) -> None:
    start = kept.rstrip("*")
    for event in values(path, shape, 12):
        for name in shape:
            if name == kept or (kept != start and name.startswith(start)):
                assert event[name] == shape[name]


@pytest.mark.parametrize("last", ["current", "in-progress", "active"])
def test_the_one_that_goes_on_keeps_its_id_and_its_words(last: str) -> None:
    shape = {
        "id": 2891023514,
        "description": "Meeting with possible clients",
        "start": "2023-03-06T13:20:35+00:00",
        "at": "2023-03-06T14:27:36+00:00",
    }
    events = values(f"me/time_entries/{last}", shape, 12)
    assert {event["id"] for event in events} == {shape["id"]}
    assert {event["description"] for event in events} == {shape["description"]}
    assert len({event["start"] for event in events}) == 1


def test_a_path_does_not_decide_the_kind_of_an_event() -> None:
    shape = {"time": AT, "type": "platform.report", "record": {"status": "success"}}
    for event in values("telemetry/lambda", shape, 4):
        assert event["type"] == "platform.report"


def test_a_word_behind_stocks_that_is_no_symbol_names_none() -> None:
    shape = {"ticker": "AAPL", "name": "Apple Inc", "price": 182.1}
    for event in values("stock/profile2", shape, 4):
        assert (event["ticker"], event["name"]) == ("AAPL", "Apple Inc")
    assert values("stocks/tsla", shape, 1)[0]["ticker"] == "TSLA"


def test_a_message_says_what_the_kind_beside_it_does() -> None:
    shape = [{"eventType": "session.start", "message": "User login", "time": AT}]
    for event in values("logs", shape, 6):
        assert event[0]["message"] == "User login"


def test_an_amount_that_follows_another_is_no_time() -> None:
    shape = {
        "price": 70187.0,
        "market_cap": 1381651251183,
        "fully_diluted_valuation": 1474623675796,
        "circulating_supply": 19675962.0,
        "total_supply": 21000000.0,
        "max_supply": 21000000.0,
    }
    for event in values("coins/markets", shape, 6):
        share = event["fully_diluted_valuation"] / event["market_cap"]
        assert share == pytest.approx(1474623675796 / 1381651251183, rel=0.01)
