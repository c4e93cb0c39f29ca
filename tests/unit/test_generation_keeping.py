"""What the example says is believable; a change has to earn its place."""

from __future__ import annotations

import json
import re
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from app.generation.plan import compile_plan
from tests.unit.generated import NOW_MS, subject_of, values

SEEDS = range(3)
AT = "2023-03-20T10:15:00Z"


def is_kept(path: str, shape: Any, **more: Any) -> bool:
    return all(
        event == shape
        for seed in SEEDS
        for event in values(path, shape, 12, seed, **more)
    )


# What stays


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "heartbeat"},
        {"lang": "en"},
        {"state": "CA"},
        {"month": "JAN"},
        {"version": "1.4.2"},
        {"color": "#ff8800"},
        {"mime": "image/png"},
        {"file": "/var/log/a.log"},
        {"sex": "F"},
        {"type": "snapshot"},
        {"op": "u"},
        {"platform": "python"},
        {"kind": "Pod", "apiVersion": "v1"},
        {"name": "Ana"},
        {"iban": "DE89370400440532013000"},
        {"mac": "00:1b:44:11:3a:b7"},
        {"ean": "4006381333931"},
        {"title": "Mrs", "firstName": "Ana"},
        {"detail-type": "Object Created", "severityText": "INFO", "unitText": "KG"},
        {"success": True, "started_at": None},
        {"zero": 0, "empty": "", "no": False, "nothing": None, "none": []},
        {"city": "Vienna", "country": "AT", "currency": "EUR", "locale": "de-AT"},
        {"status": 200},
        {"statusCode": 404},
        {"flags": 0},
        {"op": 0},
        {"errors": 0},
        {"index": 0},
        {"modality": "TEXT"},
        {"quarter": 2},
        {"week": 7},
        {"utc_offset": 3600.0},
        {"jsonrpc": "2.0"},
        {"specversion": "1.0"},
        {"protocolVersion": "2024-11-05"},
        {"segments": [2049, 2051, 2048]},
        {"min": 1, "max": 9},
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("path", ["x", "users"])
def test_what_nothing_says_to_change_is_kept(path: str, shape: Any) -> None:
    assert is_kept(path, shape)


def test_later_elements_keep_the_values_of_the_example_too() -> None:
    shape = [{"id": "s1", "url": "https://example.com/a", "unit": "kWh", "mode": "eco"}]
    for sensors in values("sensors", shape, count=4):
        assert [sensor["id"] for sensor in sensors] == ["s1", "s2", "s3", "s4"]
        assert {(s["unit"], s["mode"], s["url"]) for s in sensors} == {
            ("kWh", "eco", "https://example.com/a")
        }


def test_an_example_of_many_fields_in_which_nothing_changes_repeats_itself() -> None:
    recipe = {
        "id": 716429,
        "title": "Pasta with Garlic, Scallions & Breadcrumbs",
        "servings": 2,
        "readyInMinutes": 45,
        "healthScore": 19.0,
        "pricePerServing": 163.15,
        "vegan": False,
        "dishTypes": ["lunch", "dinner"],
        "updatedAt": "2024-01-06T12:00:00Z",
    }
    assert is_kept("recipes/716429", recipe)


# What changes where nothing else does


def test_a_plain_number_moves_where_nothing_else_changes() -> None:
    for seed in SEEDS:
        found = [event["value"] for event in values("data", {"value": 5}, 20, seed)]
        assert len(set(found)) > 1
        assert all(0 <= number <= 12 for number in found)


def test_a_free_sentence_changes_where_nothing_else_does() -> None:
    shape = {"thing": "The weather is fine today."}
    assert len({event["thing"] for event in values("x", shape)}) > 2


def test_a_plain_number_stays_where_something_else_is_known_to_change() -> None:
    events = values("x", {"temperature": 21.5, "value": 5}, 20)
    assert {event["value"] for event in events} == {5}
    assert len({event["temperature"] for event in events}) > 1


def test_everything_varies_for_who_asks_for_it() -> None:
    shape = {"status": "active", "name": "Ana", "limit": 5}
    events = values("x", shape, 30, vary_all=True)
    assert all(one != two for one, two in pairwise(events))


# Arrays


def test_an_array_of_one_stays_one_unless_it_lists_entities() -> None:
    choices = {"model": "m", "choices": [{"index": 0, "finish_reason": "stop"}]}
    assert is_kept("completions", choices)
    for event in values("sensors", {"sensors": [{"id": "s1", "temp": 72}]}):
        assert len(event["sensors"]) == 3


def test_the_positions_of_a_row_keep_their_kinds() -> None:
    assert is_kept("x", {"states": [["3c6444", "DLH9LF", 6.15, 50.2, False]]})


def test_an_element_descends_from_one_of_the_example_whole() -> None:
    shape = {
        "readings": [
            {"kind": "voltage", "value": 229.6},
            {"kind": "current", "value": 15.8},
            {"kind": "soc", "value": 47},
        ]
    }
    for seed in SEEDS:
        for event in values("x", shape, 20, seed):
            voltage, current, charge = event["readings"]
            assert voltage["kind"] == "voltage" and 200 < voltage["value"] < 260
            assert current["kind"] == "current" and 5 < current["value"] < 30
            assert charge == {"kind": "soc", "value": 47}


def test_keys_keep_their_values() -> None:
    attributes = [
        {"key": "http.status", "value": "200"},
        {"key": "thread", "value": "23"},
    ]
    assert is_kept("x", {"attributes": attributes})


@pytest.mark.parametrize("seed", SEEDS)
def test_each_element_begins_where_the_example_has_it(seed: int) -> None:
    temperatures = {"a": 20.5, "b": 30.5, "c": 5.5}
    shape = {"sensors": [{"id": k, "temp": v} for k, v in temperatures.items()]}
    for event in values("sensors", shape, 5, seed):
        for sensor in event["sensors"]:
            assert sensor["temp"] == pytest.approx(temperatures[sensor["id"]], abs=1.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_known_share_begins_at_its_own_price(seed: int) -> None:
    shape = [{"ticker": "AAPL", "price": 150.0}, {"ticker": "MSFT", "price": 30.0}]
    apple, other = values("stocks", shape, 1, seed)[0]
    assert apple["price"] == pytest.approx(150, rel=0.05)
    assert other["price"] == pytest.approx(30, rel=0.05)


@pytest.mark.parametrize("path", ["x", "sensors"])
@pytest.mark.parametrize(
    "shape",
    [
        {"readings": [20.1, 20.4, 19.8]},
        {"sensor": "hall", "readings": [20.1, 20.4]},
        [20.1, 20.4],
        {"temps": [20.1, 20.4]},
    ],
    ids=json.dumps,
)
def test_measured_numbers_of_a_list_move_near_the_examples(
    shape: Any, path: str
) -> None:
    events = values(path, shape, 10)
    assert len({json.dumps(event) for event in events}) > 5
    for event in events:
        numbers = event if isinstance(event, list) else [*event.values()][-1]
        assert all(15 < number < 25 for number in numbers)


def test_whole_numbers_of_a_list_are_codes() -> None:
    assert is_kept("x", {"values": [1, 2, 3]})


# Ids and events


def test_a_new_message_has_a_new_id_and_a_new_text() -> None:
    shape = {"id": "m-1", "user": "U1", "channel": "C1", "text": "Hello there, all!"}
    events = values("chat", shape, 10)
    assert len({event["id"] for event in events}) == 10
    assert all(one["text"] != two["text"] for one, two in pairwise(events))
    assert {(event["user"], event["channel"]) for event in events} == {("U1", "C1")}


def test_a_booking_keeps_all_of_its_fields() -> None:
    shape = {"bookingId": "BK-1", "hotel": "Grand Plaza", "nights": 4, "total": 492.0}
    assert is_kept("bookings", shape)


def test_what_repeats_a_new_id_follows_it() -> None:
    shape = {
        "id": 820982911,
        "self": "https://example.com/orders/820982911",
        "total": 10.5,
    }
    events = values("orders", shape)
    assert len({event["id"] for event in events}) == len(events)
    for event in events:
        assert event["self"] == f"https://example.com/orders/{event['id']}"


@pytest.mark.parametrize("name", ["sequence", "lsn", "s", "offset"])
def test_a_sequence_rises_by_one(name: str) -> None:
    events = values("x", {name: 37475248783, "side": "buy"})
    assert [event[name] - 37475248783 for event in events] == [0, 1, 2, 3, 4]


def test_a_meter_never_falls() -> None:
    found = [
        event["meterReading"] for event in values("x", {"meterReading": 1234.5}, 20)
    ]
    assert found == sorted(found) and found[-1] > found[0]


def test_what_happened_has_a_new_id_in_every_event() -> None:
    shape = {"revision": {"old": 1139700001, "new": 1139700432}, "title": "Earth"}
    events = values("v2/stream/recentchange", shape)
    assert len({event["revision"]["new"] for event in events}) == len(events)
    assert {event["title"] for event in events} == {"Earth"}


def test_a_shape_that_says_the_id_of_the_path_is_left_alone() -> None:
    shape = {"ident": "UAL1234", "flightNumber": "1234", "gate": "B7"}
    assert is_kept("flights/UAL1234", shape)


@pytest.mark.parametrize("path", ["v1/stocks/quotes", "stocks/v1/quotes", "stocks/v2"])
def test_a_version_in_a_path_is_no_id(path: str) -> None:
    assert is_kept(path, {"ticker": "AAPL"})


# Numbers that belong together


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_follows_the_price_without_an_open(seed: int) -> None:
    shape = {"ticker": "AAPL", "price": 150.0, "change": 2.5}
    events = values("stocks", shape, 20, seed)
    assert len({event["price"] for event in events}) > 5
    for event in events:
        assert event["price"] - event["change"] == pytest.approx(147.5, abs=0.011)


@pytest.mark.parametrize("seed", SEEDS)
def test_limits_stay_where_what_they_limit_moves(seed: int) -> None:
    shape = {"referenceLow": 70, "value": 104, "referenceHigh": 99}
    events = values("x", shape, 20, seed)
    assert len({event["value"] for event in events}) > 1
    assert {(e["referenceLow"], e["referenceHigh"]) for e in events} == {(70, 99)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_total_of_tokens_is_their_sum(seed: int) -> None:
    shape = {"prompt_tokens": 12, "completion_tokens": 30, "total_tokens": 42}
    events = values("x", shape, 20, seed)
    assert len({event["total_tokens"] for event in events}) > 1
    for event in events:
        parts = event["prompt_tokens"] + event["completion_tokens"]
        assert event["total_tokens"] == parts


@pytest.mark.parametrize(
    "shape",
    [
        {
            "bids": [["100.10", "2.5"], ["100.00", "1.0"]],
            "asks": [["100.20", "1.5"], ["100.30", "3.0"]],
        },
        {
            "b": [[0.0016, 2, 7], [0.0015, 4, 1]],
            "a": [[0.0018, 2, 3], [0.0019, 1, 5]],
        },
        {
            "buy": [{"price": 9, "qty": 2, "id": "x"}, {"price": 8, "qty": 0}],
            "sell": [{"price": 10, "qty": 5}, {"price": 12, "qty": 1}],
        },
    ],
    ids=["texts", "numbers", "objects"],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_sides_of_an_order_book_move_together_and_stay_sorted(
    shape: Any, seed: int
) -> None:
    def prices(event: Any, side: str) -> list[float]:
        return [
            float(level["price"] if isinstance(level, dict) else level[0])
            for level in event[side]
        ]

    bids, asks = shape
    events = values("orderbook", shape, 40, seed)
    assert len({json.dumps(event) for event in events}) > 10
    for event in events:
        assert prices(event, bids) == sorted(prices(event, bids), reverse=True)
        assert prices(event, asks) == sorted(prices(event, asks))
        assert 0 < prices(event, bids)[0] < prices(event, asks)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bid_is_below_its_ask(seed: int) -> None:
    shape = {"symbol": "AAPL", "bidPrice": 190.12, "askPrice": 190.15}
    for event in values("x", shape, 30, seed):
        assert event["bidPrice"] < event["askPrice"] < event["bidPrice"] + 0.1


def test_a_sum_of_the_example_is_one_in_every_event() -> None:
    shape = {"onHand": 1200, "reserved": 140, "available": 1060}
    events = values("inventory/7", shape, 20)
    assert len({event["available"] for event in events}) > 1
    for event in events:
        assert event["onHand"] == event["reserved"] + event["available"] == 1200


def test_a_number_that_repeats_another_moves_with_it() -> None:
    shape = {"meta": {"latitude": 66.02695}, "report": {"latitude": 66.02695, "sog": 9}}
    events = values("vessels", shape)
    assert len({event["meta"]["latitude"] for event in events}) > 1
    for event in events:
        assert event["meta"]["latitude"] == event["report"]["latitude"]


def test_what_moves_goes_along_its_heading_at_its_speed() -> None:
    shape = {"id": "V1", "lat": 52.52, "lng": 13.405, "speedKmh": 36, "heading": 90}
    first, *_, last = values("vehicles/V1", shape, 11)
    metres = (last["lng"] - first["lng"]) * 111_320 * 0.608
    assert metres == pytest.approx(100, rel=0.05)
    assert abs(last["lat"] - first["lat"]) * 111_320 < 2


@pytest.mark.parametrize(
    ("name", "example"), [("battery", 97), ("fuelPercent", 63), ("soc", 0.8)]
)
def test_what_drains_never_rises(name: str, example: float) -> None:
    found = [event[name] for event in values("x", {name: example, "co2": 600}, 60)]
    assert found[0] == example
    assert found == sorted(found, reverse=True)


def test_an_old_state_is_the_new_one_of_the_event_before() -> None:
    shape = {"old": {"temperature": 21.3}, "new": {"temperature": 21.4}}
    events = values("x", shape, 10)
    for one, two in pairwise(events):
        assert two["old"] == one["new"]


# Times


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def test_the_times_of_a_record_keep_their_distances() -> None:
    shape = {
        "timeUnixNano": "1544712660300000000",
        "ts": "1544712660.300000",
        "startTime": "2018-12-13T14:51:00.050Z",
        "expiresAt": "2018-12-13T15:51:00.300Z",
    }
    for number, event in enumerate(values("x", shape)):
        now = NOW_MS / 1000 + number
        assert re.fullmatch(r"\d{19}", event["timeUnixNano"])
        assert int(event["timeUnixNano"]) / 1e9 == pytest.approx(now, abs=0.01)
        assert float(event["ts"]) == pytest.approx(now, abs=0.01)
        assert moment(event["startTime"]) == pytest.approx(now - 0.25, abs=0.01)
        assert moment(event["expiresAt"]) == pytest.approx(now + 3600, abs=6)


def test_an_arrival_is_always_ahead() -> None:
    shape = {"eta": "2024-01-06T12:00:00Z", "speed": 42}
    for event in values("deliveries/7", shape, 10):
        assert moment(event["eta"]) > NOW_MS / 1000 + 20


def test_what_is_long_past_stays_past() -> None:
    shape = {"created": "2009-12-16T23:46:10Z", "timestamp": "2025-01-06T12:00:00Z"}
    events = values("x", shape)
    assert {event["created"] for event in events} == {"2009-12-16T23:46:10Z"}
    assert len({event["timestamp"] for event in events}) == len(events)


# The first examples of continuous streaming


def test_other_rooms_are_rooms() -> None:
    shape = {"rooms": [{"id": "living-room", "temp": 72, "humidity": 45}]}
    for event in values("temperature", shape):
        assert [room["id"] for room in event["rooms"]] == [
            "living-room",
            "kitchen",
            "bedroom",
        ]


def test_the_levels_of_a_log_are_those_of_a_real_service() -> None:
    shape = {"logs": [{"level": "info", "message": "string"}]}
    levels = [
        entry["level"] for event in values("logs", shape, 60) for entry in event["logs"]
    ]
    assert len(set(levels)) >= 3
    assert levels.count("info") > len(levels) / 2


def test_a_seed_gives_the_same_kept_values_again() -> None:
    shape = {
        "id": "a1b2c3d4e5f6a7b8c9d0",
        "price": 5.5,
        "symbol": "X",
        "text": "string",
    }
    texts = [
        [compile_plan(subject_of("events", shape)).start(7).value(NOW_MS)]
        for _ in range(2)
    ]
    assert texts[0] == texts[1]


def test_a_text_that_is_made_up_is_no_change_by_itself() -> None:
    events = values("x", {"name": "string", "score": 1.5}, 8, 0)
    assert len({event["name"] for event in events}) == 1
    assert len({event["score"] for event in events}) > 1


def test_what_a_request_says_of_a_member_holds_beside_the_id_of_the_path() -> None:
    shape = {"id": 1, "name": "string", "marker": "string", "score": 1.5}
    events = values("reports/1", shape, 8, 0, fields={"marker": "grace-1"})
    assert {event["marker"] for event in events} == {"grace-1"}
    assert {event["id"] for event in events} == {1}
    assert "grace-1" not in {event["name"] for event in events}


@pytest.mark.parametrize(
    ("path", "shape", "kept"),
    [
        ("stations", {"name": "Bonn", "latitude": 50.736398, "at": AT}, "latitude"),
        ("pilots", {"altitude": 36012, "plan": {"altitude": 36000}}, "plan"),
        ("logs", {"msg": "handled request", "method": "GET", "status": 200}, "msg"),
        ("torrents", {"downloaded": 1513804118, "at": AT}, "downloaded"),
    ],
)
def test_what_is_no_measure_of_now_stays(path: str, shape: Any, kept: str) -> None:
    for event in values(path, shape, 6):
        assert event[kept] == shape[kept]


def test_a_vehicle_that_charges_stands() -> None:
    place = {"latitude": 59.9173985, "longitude": 10.7197486}
    shape = {"vehicle": {"id": "b", "isCharging": True, "location": place}}
    for event in values("vehicles", shape, 6):
        assert event["vehicle"]["location"] == place


def test_the_time_of_funding_is_to_come_and_the_stamp_is_of_now() -> None:
    shape = {"data": [{"fundingTime": "1700726400000", "ts": "1700724675402"}]}
    for event in values("funding", shape, 6):
        told = event["data"][0]
        assert int(told["ts"]) >= NOW_MS
        assert int(told["fundingTime"]) > int(told["ts"])


def test_gases_move_beside_the_score_of_the_air() -> None:
    events = values("air", {"score": 93, "co2": 611, "voc": 137, "at": AT}, 10)
    for gas in ("co2", "voc"):
        assert len({event[gas] for event in events}) > 1
