"""Events that tell of changes: deltas, old states, one time in several forms."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import pairwise

from tests.unit.generated import NOW_MS, STEP_MS, values

DELTA = {
    "updates": [
        {
            "timestamp": "2014-08-15T16:00:00.000Z",
            "values": [{"path": "environment.wind.speedApparent", "value": 3.85}],
        },
        {
            "timestamp": "2014-08-15T16:00:00.081Z",
            "values": [
                {"path": "navigation.speedOverGround", "value": 3.85},
                {
                    "path": "navigation.position",
                    "value": {"latitude": 37.81479, "longitude": -122.4488},
                },
            ],
        },
    ]
}


def test_the_times_of_all_elements_of_a_delta_are_now() -> None:
    for number, event in enumerate(values("v1/stream", DELTA, 10)):
        for update in event["updates"]:
            at = datetime.fromisoformat(update["timestamp"].replace("Z", "+00:00"))
            assert abs(at.timestamp() * 1000 - NOW_MS - STEP_MS * number) <= 1000


def test_a_value_moves_as_the_path_beside_it_says() -> None:
    events = values("v1/stream", DELTA, 10)
    first = [event["updates"][0]["values"][0]["value"] for event in events]
    assert len({*first}) > 1 and all(2 < value < 6 for value in first)
    places = [event["updates"][1]["values"][1]["value"] for event in events]
    for one, other in pairwise(places):
        metres = 111_320 * abs(other["latitude"] - one["latitude"])
        assert one != other and metres < 6 * STEP_MS / 1000


def test_one_time_in_two_forms_stays_one() -> None:
    shape = {
        "server_start": "Sat, 17 Nov 2018 17:57:45 +0300",
        "server_start_iso8601": "2018-11-17T17:57:45+0300",
        "listeners": 40,
    }
    for event in values("status", shape):
        said = parsedate_to_datetime(event["server_start"])
        iso = event["server_start_iso8601"]
        assert said == datetime.strptime(iso, "%Y-%m-%dT%H:%M:%S%z")
        assert iso.endswith("+0300")


def test_whole_seconds_are_those_of_the_time_with_a_fraction() -> None:
    shape = {
        "signature": {"timestamp": "1521243339"},
        "event-data": {"id": "Ase7i2zsRYeDXztHGENqRA", "timestamp": 1521243339.873676},
    }
    for event in values("webhooks/opened", shape):
        fraction = event["event-data"]["timestamp"]
        assert int(event["signature"]["timestamp"]) == int(fraction)


def test_a_local_time_of_the_present_goes_with_it() -> None:
    shape = {"ts": 1477053234, "data": {"c": "2016-10-21 05:33:54.631000"}}
    for number, event in enumerate(values("table/events", shape)):
        local = datetime.fromisoformat(event["data"]["c"]).replace(tzinfo=timezone.utc)
        late = NOW_MS + STEP_MS * number - local.timestamp() * 1000
        assert late == 7 * 3_600_000


def test_what_a_row_had_is_what_the_event_before_gave_it() -> None:
    shape = {
        "type": "update",
        "ts": 1477053234,
        "data": {"id": 1, "m": 5.444, "c": "2016-10-21 05:33:54.631000"},
        "old": {"m": 4.2341, "c": "2016-10-21 05:33:37.523000"},
    }
    events = values("table/events", shape, 10)
    for one, other in pairwise(events):
        assert other["old"] == {name: one["data"][name] for name in ("m", "c")}
    assert events[0]["old"]["c"] < events[0]["data"]["c"]
    assert events[0]["old"]["m"] == 4.2341


def test_the_midnight_of_a_zone_is_that_of_the_day() -> None:
    shape = {"currentTime": 1291579917000, "serviceDate": 1291536000000, "speed": 8.5}
    found = {event["serviceDate"] for event in values("arrivals", shape)}
    assert len(found) == 1 and all(
        each % 86_400_000 == 8 * 3_600_000 and 0 <= NOW_MS - each < 86_400_000
        for each in found
    )
