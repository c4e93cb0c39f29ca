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


def test_what_happens_in_a_game_goes_on() -> None:
    action = {
        "actionNumber": 7,
        "clock": "PT11M38.00S",
        "timeActual": "2021-01-16T00:42:11.3Z",
        "period": 1,
        "orderNumber": 70000,
        "edited": "2021-01-16T00:42:14Z",
    }
    events = values("playbyplay", {"game": {"actions": [action]}}, 10)
    found = [event["game"]["actions"][0] for event in events]
    for one, other in pairwise(found):
        assert other["actionNumber"] == one["actionNumber"] + 1
        assert other["orderNumber"] == 10_000 * other["actionNumber"]
        assert other["clock"] < one["clock"]
        assert other["timeActual"] > one["timeActual"]


def test_a_workflow_that_has_just_ended_is_a_new_one() -> None:
    own = "fda08377-fe7e-46b1-8992-3a7aaecac9c3"
    shape = {
        "id": "3888f21b-eaa7-38e3-8f3d-75a63bba8895",
        "type": "workflow-completed",
        "happened_at": "2021-09-01T22:49:34.317Z",
        "workflow": {
            "id": own,
            "name": "build-test-deploy",
            "created_at": "2021-09-01T22:49:03.616Z",
            "stopped_at": "2021-09-01T22:49:34.170Z",
            "url": f"https://app.example.com/130/workflows/{own}",
        },
    }
    events = [event["workflow"] for event in values("webhooks", shape, 10)]
    assert len({each["id"] for each in events}) == len(events)
    assert all(each["url"].endswith("/" + each["id"]) for each in events)
    assert {each["name"] for each in events} == {"build-test-deploy"}


def test_energy_and_its_cost_rise_with_power() -> None:
    shape = {
        "timestamp": "2022-06-16T16:43:20.000+02:00",
        "power": 600,
        "minPower": 0,
        "accumulatedConsumption": 11.393055,
        "accumulatedCost": 1.666866,
        "lastMeterConsumption": 88094.695,
    }
    events = values("live", shape, 60)
    assert {event["minPower"] for event in events} == {0}
    hours = 59 * STEP_MS / 3_600_000
    for name, unit in (
        ("accumulatedConsumption", 1e-6),
        ("lastMeterConsumption", 1e-3),
    ):
        rise = events[-1][name] - events[0][name]
        assert abs(rise - 0.6 * hours) <= 2 * unit
    price = shape["accumulatedCost"] / shape["accumulatedConsumption"]
    rise = events[-1]["accumulatedCost"] - events[0]["accumulatedCost"]
    assert abs(rise - 0.6 * hours * price) <= 2e-6


def test_lives_and_distances_run_out() -> None:
    shape = {
        "Answer": [{"name": "a.example.", "TTL": 3599, "data": "192.0.2.1"}],
        "bus": {"distanceFromStop": 7982.7404},
    }
    events = values("resolve", shape, 10)
    assert all(
        b["Answer"][0]["TTL"] < a["Answer"][0]["TTL"] for a, b in pairwise(events)
    )
    for a, b in pairwise(events):
        assert b["bus"]["distanceFromStop"] < a["bus"]["distanceFromStop"]


def test_a_place_in_a_log_rises() -> None:
    events = values("x/events", {"position": "master.000006:800911", "n": 1}, 10)
    places = [int(event["position"].removeprefix("master.000006:")) for event in events]
    assert places[0] == 800_911 and all(a < b for a, b in pairwise(places))


def test_each_span_has_a_duration_of_its_own() -> None:
    span = {
        "id": "352bff9a74ca9ad2",
        "traceId": "5af7183fb1d4cf5f",
        "timestamp": 1556604172355737,
        "duration": 1431,
    }
    events = values("api/v2/spans", [span], 10)
    assert len({event[0]["duration"] for event in events}) > 5


def test_the_tokens_of_an_answer_rise_with_its_pieces() -> None:
    shape = {
        "candidates": [{"content": {"parts": [{"text": "Once upon a time, in a"}]}}],
        "usageMetadata": {
            "promptTokenCount": 8,
            "candidatesTokenCount": 7,
            "totalTokenCount": 15,
        },
        "modelVersion": "gemini-2.0-flash",
    }
    usage = [e["usageMetadata"] for e in values("models/x:stream", shape, 20)]
    counts = [each["candidatesTokenCount"] for each in usage]
    assert counts == sorted(counts) and counts[-1] > counts[0]
    assert all(each["promptTokenCount"] == 8 for each in usage)
    assert all(each["totalTokenCount"] == 8 + n for each, n in zip(usage, counts))


def test_a_message_is_new_and_is_written_again_with_its_tags() -> None:
    shape = {
        "content": {
            "body": "This is an example text message",
            "formatted_body": "<b>This is an example text message</b>",
            "msgtype": "m.text",
        },
        "type": "m.room.message",
        "sender": "@example:example.org",
    }
    contents = [event["content"] for event in values("rooms/messages", shape, 10)]
    assert len({each["body"] for each in contents}) > 3
    assert all(f"<b>{each['body']}</b>" == each["formatted_body"] for each in contents)


def test_the_checksum_of_a_book_changes_with_the_book_alone() -> None:
    book = {
        "symbol": "MATIC/USD",
        "bids": [{"price": 0.5666, "qty": 4831.75}, {"price": 0.5665, "qty": 4658.2}],
        "asks": [{"price": 0.5668, "qty": 4410.79}, {"price": 0.5669, "qty": 4655.4}],
        "checksum": 2439117997,
    }
    events = values("v2/book", {"data": [book]}, 20)
    sums: dict[str, int] = {}
    for event in events:
        known = event["data"][0]
        sides = repr((known["bids"], known["asks"]))
        assert sums.setdefault(sides, known["checksum"]) == known["checksum"]
    assert len({*sums.values()}) == len(sums) > 1
