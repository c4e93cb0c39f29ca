"""What members of an example say of each other: scales, rests, shares, ticks."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

import pytest

from tests.unit.generated import values


def column(shape: dict[str, Any], name: str, path: str = "x") -> list[Any]:
    return [event[name] for event in values(path, shape, events=10)]


def test_two_scales_say_the_same_temperature() -> None:
    shape = {"ts": 1715364000, "inside": {"celsius": 19.65, "fahrenheit": 67.37}}
    insides = column(shape, "inside", "zones")
    assert len({each["celsius"] for each in insides}) > 1
    for each in insides:
        assert each["fahrenheit"] == pytest.approx(32 + 1.8 * each["celsius"], abs=0.01)


def test_the_rest_of_what_is_in_use_changes_with_it() -> None:
    shape = {"ts": 1715364000, "connections": {"current": 51, "available": 838809}}
    found = column(shape, "connections", "serverStatus")
    assert len({each["current"] for each in found}) > 1
    assert {each["current"] + each["available"] for each in found} == {838860}


def test_what_is_idle_is_the_rest_of_the_most() -> None:
    shape = {"ts": 1715364000, "max": 50, "active": 12, "idle": 38}
    for event in values("pools/main", shape, events=10):
        assert event["active"] + event["idle"] == 50


def test_a_share_is_that_of_what_is_not_left() -> None:
    shape = {"progressPercent": 18.154761904761905, "remainingBlocks": 1650}
    events = values("difficulty", {**shape, "ts": 1715364000}, events=10)
    for event in events:
        done = 100 * (2016 - event["remainingBlocks"]) / 2016
        assert event["progressPercent"] == pytest.approx(done, abs=1e-6)


def test_a_share_stands_with_what_it_is_of() -> None:
    shape = {"ts": 1715364000, "size_gb": 2000, "used_gb": 1450.2, "used_pct": 72.51}
    for event in values("volumes", shape, events=10):
        share = 100 * event["used_gb"] / event["size_gb"]
        assert event["used_pct"] == pytest.approx(share, abs=0.01)


def test_time_is_billed_in_units_that_have_begun() -> None:
    shape = {"requestId": "8f507cfc-5697-4697-b07a-ac58fc914c95", "durationMs": 52.34}
    events = values("functions/logs", {**shape, "billedDurationMs": 53}, events=10)
    assert len({event["durationMs"] for event in events}) > 1
    for event in events:
        assert event["billedDurationMs"] == ceil(event["durationMs"])


def test_the_power_of_a_meter_follows_its_factor() -> None:
    shape = {"wNow": 1187.2, "rmsCurrent": 5.331, "rmsVoltage": 236.301}
    meter = {**shape, "apprntPwr": 1259.721, "pwrFactor": 0.94}
    for event in values("meters", meter, events=10):
        apparent = event["rmsCurrent"] * event["rmsVoltage"]
        assert event["apprntPwr"] == pytest.approx(apparent, abs=0.01)
        assert event["wNow"] == pytest.approx(apparent * event["pwrFactor"], rel=1e-4)


def test_each_phase_has_a_power_of_its_own() -> None:
    shape = {"a_voltage": 236.1, "a_current": 4.029, "a_aprt_power": 951.3}
    other = {"b_voltage": 234.2, "b_current": 1.113, "b_aprt_power": 260.7}
    for event in values("emeters", {**shape, **other}, events=10):
        for phase in "ab":
            power = event[f"{phase}_voltage"] * event[f"{phase}_current"]
            assert event[f"{phase}_aprt_power"] == pytest.approx(power, abs=0.1)


def test_the_change_of_a_number_is_since_one() -> None:
    shape = {"current_price": 70187, "market_cap": 1381651251183}
    change = {"market_cap_change_24h": 44287678051}
    share = {"market_cap_change_percentage_24h": 3.31157}
    events = values("coins", {"symbol": "btc", **shape, **change, **share}, events=10)
    assert len({event["market_cap"] for event in events}) > 1
    for event in events:
        rise = event["market_cap_change_24h"]
        since = event["market_cap"] - rise
        assert since == pytest.approx(1337363573132, rel=1e-6)
        assert event["market_cap_change_percentage_24h"] == pytest.approx(
            100 * rise / since, abs=1e-4
        )


def test_a_change_is_since_the_price_that_its_name_says() -> None:
    shape = {"symbol": "btc", "current_price": 70187, "ath": 73738}
    for event in values("coins", {**shape, "ath_change_percentage": -4.77063}):
        share = 100 * (event["current_price"] / 73738 - 1)
        assert event["ath_change_percentage"] == pytest.approx(share, abs=1e-4)


def test_prices_move_in_the_steps_of_their_exchange() -> None:
    shape = {"last_price": 457.5, "best_bid_price": 442.5, "best_ask_price": 443.0}
    events = values("ticker", {"timestamp": 1715364000123, **shape}, events=10)
    assert len({event["last_price"] for event in events}) > 1
    for event in events:
        assert all(event[name] % 0.5 == 0 for name in shape)
        assert event["best_ask_price"] - event["best_bid_price"] == 0.5


def test_an_estimate_is_what_another_price_is_now() -> None:
    shape = {"index_price": 36441.64, "estimated_delivery_price": 36441.64}
    events = values("ticker", {"timestamp": 1715364000123, **shape}, events=10)
    assert len({event["index_price"] for event in events}) > 1
    for event in events:
        assert event["estimated_delivery_price"] == event["index_price"]


def test_what_goes_on_lasts_less_than_its_start() -> None:
    shape = {"start": "2023-03-06T14:27:35+00:00", "stop": None}
    entry = {**shape, "duration": -1678112855}
    for event in values("time_entries/current", entry):
        start = datetime.fromisoformat(event["start"])
        assert event["duration"] == -start.timestamp()


def test_settings_that_only_inform_are_measured() -> None:
    shape = {"informational_settings": {"busy": True, "uptime": 86342}}
    told = column(shape, "informational_settings", "bot/status")
    assert [each["uptime"] for each in told[:3]] == [86342, 86343, 86344]


def test_what_one_sensor_measures_in_each_message_is_near() -> None:
    payload = {"Timestamp": "2021-05-05T21:23:18.247Z", "Temperature": 28.4}
    shape = {"MessageId": "32235546-05d9-4fd7-97df-ea3ff3408574", **payload}
    found = column(shape, "Temperature", "publisher")
    assert all(abs(after - before) < 1 for before, after in zip(found, found[1:]))


def test_the_pressure_in_inches_is_that_in_millibars() -> None:
    shape = {"ts": 1715364000, "pressure_mb": 1012.0, "pressure_in": 29.88}
    for event in values("weather", shape, events=10):
        inches = event["pressure_mb"] * 29.88 / 1012
        assert event["pressure_in"] == pytest.approx(inches, abs=0.01)
