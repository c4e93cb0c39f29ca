"""Counters, totals and the progress of tasks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.unit.generated import values


def column(events: list[Any], *way: str) -> list[Any]:
    for step in way:
        events = [event[step] for event in events]
    return events


def rises(numbers: list[Any]) -> bool:
    return all(a <= b for a, b in pairwise(numbers)) and numbers[0] < numbers[-1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pool/stats", "index_total"),
        ("disk", "sectors_read"),
        ("pool/stats", "jobsProcessedAfterRestart"),
        ("proxy", "stot"),
        ("disk", "read_time_ms"),
        ("pool", "rows_updated"),
        ("cache/stats", "cmd_get"),
        ("cache/stats", "expired_keys"),
        ("net", "totalbytessent"),
        ("stages", "shuffleWriteRecords"),
    ],
)
def test_what_a_service_has_done_gets_more(path: str, name: str) -> None:
    shape = {name: 812_331, "reads_merged": 120_210, "writes_completed": 901_233}
    events = values(path, shape, 15)
    assert rises(column(events, name))


def test_each_number_in_an_object_of_requests_counts_some() -> None:
    shape = {"requests": {"all": 1_234_085, "cached": 1_204_085, "uncached": 30_000}}
    events = values("zones/analytics", shape, 15)
    for part in column(events, "requests"):
        assert part["cached"] + part["uncached"] == part["all"]
    assert rises(column(events, "requests", "all"))


def test_counters_of_one_example_keep_their_proportions() -> None:
    shape = {"answered": 8_000_000, "dropped": 400_000, "refused": 21, "uptime": 86_400}
    events = values("server/stats", shape, 15)
    assert {event["refused"] for event in events} == {21}
    for event in events:
        assert event["answered"] / event["dropped"] == pytest.approx(20, rel=1e-4)


def test_the_counts_of_kinds_of_answers_add_up() -> None:
    shape = {"hrsp_2xx": 120_122, "hrsp_3xx": 7_123, "hrsp_4xx": 1_521, "req": 128_766}
    events = values("proxy/stats", shape, 15)
    for event in events:
        assert event["req"] == sum(event[f"hrsp_{n}xx"] for n in (2, 3, 4))
    assert rises(column(events, "req"))


def test_a_counter_in_a_text_is_one() -> None:
    shape = {"statistics": {"viewCount": "83057", "likeCount": "1512"}}
    views = column(values("films", shape, 15), "statistics", "viewCount")
    assert all(isinstance(each, str) for each in views)
    assert rises([int(each) for each in views])


def test_what_is_over_counts_no_more() -> None:
    shape = {"status": "completed", "rows_read": 81_233, "now": "2024-03-01T10:15:00Z"}
    events = values("reports", shape, 8)
    assert {event["rows_read"] for event in events} == {81_233}


def test_what_a_team_has_done_in_a_game_stays_for_some_seconds() -> None:
    team = {"fieldGoalsAttempted": 58, "shotsBlocked": 44, "passesMissed": 30}
    shape = {"team": team, "updated_at": "2024-03-01T10:15:00Z"}
    assert all(event["team"] == team for event in values("games", shape, 8))


@pytest.mark.parametrize("name", ["charging_cycles", "restarts", "numberOfReboots"])
def test_what_happens_once_in_hours_does_not_happen_now(name: str) -> None:
    events = values("mower/statistics", {name: 1380, "requests": 81_233}, 15)
    assert {event[name] for event in events} == {1380}


def test_a_download_goes_on_in_all_of_its_fields() -> None:
    shape = {
        "size": 5_037_662_208,
        "completed": 1_511_298_662,
        "amount_left": 3_526_363_546,
        "progress": 0.299999999,
        "eta": 364,
        "time_active": 170,
    }
    events = values("downloads", shape, 15)
    for event in events:
        assert event["size"] == shape["size"]
        assert event["completed"] + event["amount_left"] == event["size"]
        done = event["completed"] / event["size"]
        assert event["progress"] == pytest.approx(done, abs=2e-5)
    assert rises(column(events, "completed"))
    assert rises([-each for each in column(events, "eta")])


def test_how_much_there_is_to_do_stays() -> None:
    shape = {
        "seconds_elapsed": 112,
        "percent_done": 0.2471,
        "total_bytes": 88_120_331_233,
        "bytes_done": 21_774_611_020,
    }
    events = values("backups", shape, 8)
    assert {event["total_bytes"] for event in events} == {shape["total_bytes"]}
    assert rises(column(events, "bytes_done"))


def test_what_is_left_and_what_is_done_make_the_whole() -> None:
    shape = {"globalBytes": 81_233_102_233, "localBytes": 71_233_102_233}
    shape |= {"needBytes": 10_000_000_000, "globalFiles": 122_331}
    shape |= {"localFiles": 112_331, "needFiles": 10_000}
    events = values("db/status", shape, 8)
    for event in events:
        for what in ("Bytes", "Files"):
            assert event[f"global{what}"] == shape[f"global{what}"]
            assert (
                event[f"local{what}"] + event[f"need{what}"] == shape[f"global{what}"]
            )
    assert rises(column(events, "localFiles"))


def test_what_adds_up_with_a_session_keeps_its_pace() -> None:
    shape = {
        "elapsed_time": 1_800,
        "heart_rate": 152,
        "distance": 5_400.0,
        "steps": 5400,
    }
    events = values("devices/watch", shape, 15)
    for event in events:
        assert event["distance"] == pytest.approx(3 * event["elapsed_time"], rel=1e-3)
    assert rises(column(events, "steps"))


def test_frames_come_by_their_rate() -> None:
    events = values(
        "studio/stats", {"activeFps": 60.0, "outputTotalFrames": 411_233}, 5
    )
    frames = column(events, "outputTotalFrames")
    assert [b - a for a, b in pairwise(frames)] == [60] * 4


def test_a_duration_goes_on_while_its_neighbour_says_so() -> None:
    shape = {"outputActive": True, "outputDuration": 6_853_220}
    found = column(values("studio", shape, 3), "outputDuration")
    assert found == [6_853_220, 6_854_220, 6_855_220]


def test_a_value_by_a_key_of_a_task_runs_out() -> None:
    option = {"key": "Common.Option.RemainingProgramTime", "value": 5_412}
    events = values("washer", {"options": [option], "name": "Eco"}, 4)
    found = [event["options"][0]["value"] for event in events]
    assert found == [5_412, 5_411, 5_410, 5_409]


def test_a_share_of_mails_that_were_opened_is_no_price() -> None:
    shape = {
        "unique_opens": 10_000,
        "open_rate": 42,
        "last_open": "2024-03-01T10:14:52Z",
    }
    assert {event["open_rate"] for event in values("campaigns", shape, 8)} == {42}


def test_a_text_with_a_unit_keeps_its_decimals() -> None:
    shape = {"used_memory": 812_331_022, "used_memory_human": "774.70M"}
    for event in values("cache/info", shape, 8):
        wanted = f"{event['used_memory'] / 1024**2:.2f}M"
        assert event["used_memory_human"] == wanted


def test_what_is_used_up_of_a_quota_gets_more() -> None:
    shape = {"limit": 5_000, "used": 1_283, "remaining": 3_717, "reset": 1_700_003_600}
    events = values("rate_limit", {"resources": {"core": shape}}, 15)
    for core in column(events, "resources", "core"):
        assert core["used"] + core["remaining"] == core["limit"] == 5_000
    assert rises(column(events, "resources", "core", "used"))


def test_a_meter_in_kilowatt_hours_rises_by_the_power_beside_it() -> None:
    shape = {"energy_kWh": 91_233.1, "power_kW": 18.2, "ts": "2024-03-01T10:15:00Z"}
    energy = column(values("pumps", shape, 10), "energy_kWh")
    assert energy[-1] - energy[0] <= 0.2


def test_a_time_in_nanoseconds_goes_by_as_such() -> None:
    shape = {"running_time_in_nanos": 10_012_331_022, "cancellable": True}
    first, second = column(values("tasks", shape, 2), "running_time_in_nanos")
    assert second - first == 1_000_000_000


def test_the_way_of_a_ride_that_goes_on_rises_with_its_time() -> None:
    shape = {"status": "running", "elapsed_seconds": 100, "distance_km": 4.2}
    events = values("taxis", shape, 12)
    assert rises(column(events, "elapsed_seconds"))
    assert rises(column(events, "distance_km"))
