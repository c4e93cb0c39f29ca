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
    ],
    ids=lambda shape: str([*shape][-1]),
)
def test_measures_of_many_domains_move(shape: dict[str, Any]) -> None:
    assert moves(shape, [*shape][-1])


def test_a_direction_of_the_wind_may_be_one_of_a_table() -> None:
    assert not moves({"ts": 1715364000, "wind_direction": 2}, "wind_direction")


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
