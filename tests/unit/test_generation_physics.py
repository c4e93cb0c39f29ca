"""What examples say of physical measures: names, units, motion, laws."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.unit.generated import values


def column(shape: dict[str, Any], name: str, path: str = "x") -> list[Any]:
    return [event[name] for event in values(path, shape)]


def moves(shape: dict[str, Any], name: str) -> bool:
    return len(set(column(shape, name))) > 1


# Names


@pytest.mark.parametrize(
    "shape",
    [
        {"ts": 1715364000, "winddir": 212},
        {"ts": 1715364000, "baromrelin": 29.971},
        {"ts": 1715364000, "nox": 16931},
        {"ts": 1715364000, "rsrp": -97},
        {"ts": 1715364000, "cosPhi": 0.912},
        {"ts": 1715364000, "fuelRate": 12.41},
        {"ts": 1715364000, "orp": 650.5},
        {"ts": 1715364000, "accelZ": 1.012},
        {"ts": 1715364000, "oven_temp_pv": 181.2},
        {"ts": 1715364000, "wind_avg": 4.12},
        {"ts": 1715364000, "instant_average_voltage": 231.9},
        {"ts": 1715364000, "fan1": 5160},
    ],
    ids=lambda shape: str([*shape][-1]),
)
def test_measures_of_many_domains_move(shape: dict[str, Any]) -> None:
    assert moves(shape, [*shape][-1])


def test_a_direction_of_the_wind_may_be_one_of_a_table() -> None:
    assert not moves({"ts": 1715364000, "wind_direction": 2}, "wind_direction")


@pytest.mark.parametrize(
    ("name", "value"),
    [("ethSpeedMbps", 1000), ("fan", 3), ("freq1", 868.321), ("txPower", 4)],
)
def test_what_is_set_stays(name: str, value: float) -> None:
    assert not moves({"ts": 1715364000, "rssi": -71, "temp": 21.5, name: value}, name)


@pytest.mark.parametrize("name", ["currentZ", "current_value"])
def test_what_is_current_is_no_electricity(name: str) -> None:
    assert not moves({"ts": 1715364000, "temp": 21.5, name: 12.5}, name)


def test_units_may_be_told_in_the_plural() -> None:
    shape = {"name": "Fan 1", "reading": 5400, "readingUnits": "RPM"}
    assert moves(shape, "reading")


@pytest.mark.parametrize("name", ["a_u", "b_i", "V", "pv1_u"])
def test_letters_of_electricity_are_measures(name: str) -> None:
    shape = {"ts": 1715364000, "V": 26.53, "I": 7.41, name: 230.25, "H19": 14512}
    assert moves(shape, name)
    assert not moves(shape, "H19")


def test_a_letter_alone_is_no_measure() -> None:
    assert not moves({"ts": 1715364000, "temp": 21.5, "V": 3}, "V")


# Neighbours

WEATHER = {"temperature": 21.51, "humidity": 48.25, "pressure": 1013.21}


def test_a_number_among_measures_is_one() -> None:
    assert moves({**WEATHER, "zeta": 4.25}, "zeta")


@pytest.mark.parametrize("name", ["zeta_offset", "dailyzeta", "zeta_threshold"])
def test_factors_and_sums_among_measures_stay(name: str) -> None:
    assert not moves({**WEATHER, name: 4.25}, name)


# Laws


def test_powers_follow_from_what_they_are_made_of() -> None:
    shape = {
        "voltage": 230.1,
        "current": 4.2,
        "apparentPower": 966.4,
        "power": 869.8,
        "powerFactor": 0.9,
        "reactivePower": 421.2,
    }
    for event in values("x", shape):
        apparent, power = event["apparentPower"], event["power"]
        assert apparent == pytest.approx(event["voltage"] * event["current"], rel=0.02)
        assert power == pytest.approx(apparent * event["powerFactor"], rel=0.01)
        missing = math.sqrt(apparent**2 - power**2)
        assert event["reactivePower"] == pytest.approx(missing, rel=0.01)


def test_a_pace_follows_from_the_speed() -> None:
    for event in values("x", {"pace": 121.6, "speed": 4.112}):
        assert event["pace"] == pytest.approx(500 / event["speed"], rel=0.01)


# Motion


def test_totals_of_an_effort_grow_as_their_mean_so_far() -> None:
    shape = {"elapsedTime": 400.0, "distance": 1640.0, "cadence": 84}
    for event in values("x", shape):
        mean = event["distance"] / event["elapsedTime"]
        assert mean == pytest.approx(4.1, abs=0.01)


def test_heights_climb_as_fast_as_they_say() -> None:
    shape = {"ts": 1715364000, "lat": -34.7, "lon": 138.9, "alt": 18211.4}
    first, *_, last = values("x", {**shape, "vel_h": 14.8, "vel_v": 5.3, "heading": 87})
    assert last["alt"] - first["alt"] == pytest.approx(
        5.3 * (last["ts"] - first["ts"]), abs=6
    )


def test_a_heading_by_the_compass_turns_with_the_true_one() -> None:
    shape = {"lat": 50.3, "lon": 8.9, "gs": 452.3, "track": 112.4, "mag_heading": 109.3}
    for event in values("x", shape):
        assert event["track"] - event["mag_heading"] == pytest.approx(3.1, abs=0.1)


def test_a_car_that_is_charged_stands() -> None:
    shape = {"charging_state": "Charging", "odometer": 33561.42, "speed": 9.5}
    assert len(set(column(shape, "odometer", "vehicles/7"))) == 1


def test_a_long_way_is_told_in_metres() -> None:
    shape = {
        "lat": 52.3,
        "lon": 4.8,
        "speed": 27.5,
        "course": 214,
        "odometer": 48211034,
    }
    ways = column(shape, "odometer")
    assert ways[-1] - ways[0] > len(ways) * 5


def test_directions_may_be_in_radians() -> None:
    shape = {"ts": 1715364000, "speed": 4.2, "heading": 1.4213}
    turns = column(shape, "heading")
    assert all(abs(after - before) < 0.1 for before, after in zip(turns, turns[1:]))


def test_an_effort_lasts_while_it_is_measured() -> None:
    shape = {"heartRate": 152, "cadence": 88, "totalDurationSecs": 2711}
    assert column(shape, "totalDurationSecs") == [2711, 2712, 2713, 2714, 2715]


# Meters


def test_large_meters_count_watt_hours() -> None:
    shape = {"instant_power": 3600.5, "energy_imported": 3121778.12}
    meters = column(shape, "energy_imported")
    assert meters[-1] - meters[0] == pytest.approx(len(meters) - 1, abs=0.1)


def test_what_the_sun_gives_is_exported() -> None:
    shape = {"solar": {"instant_power": 3600.5, "energy_exported": 3121778.12}}
    meters = [event["energy_exported"] for event in column(shape, "solar")]
    assert meters == sorted(set(meters))


def test_the_total_of_an_energy_rises() -> None:
    shape = {"apower": 3600.5, "aenergy": {"total": 121778.12}}
    totals = [event["total"] for event in column(shape, "aenergy")]
    assert totals == sorted(set(totals))


def test_a_meter_is_no_power_of_its_own() -> None:
    counts = column({"ts": 1715364000, "consumption": 1213012}, "consumption")
    assert counts[-1] - counts[0] < 20
