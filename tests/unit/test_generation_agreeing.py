"""What an example says together changes together: sums, chains, clocks, plans."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.generated import NOW_MS, values

HASH = "7736fab79e05dc611604d22470dadad26f56fe494421b5b333de816ce1f25701"
BEFORE = "b3b20624f8f0f86eb50dd04688409e5cea4bd02d700bf6e79e9384d47d6a5a35"
UUID = "9f1c2a38-161a-49f9-a165-0f21d7a4e1c4"


def seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# Numbers


def test_a_total_is_the_sum_of_the_numbers_in_an_object_beside_it() -> None:
    shape = {
        "powerTotal": 52117,
        "mix": {"wind": 18221, "solar": 9312, "gas": 8001, "coal": 16583},
    }
    events = values("grid/latest", shape, 12)
    assert all(event["powerTotal"] == sum(event["mix"].values()) for event in events)
    assert len({event["powerTotal"] for event in events}) > 1


def test_a_total_is_the_sum_over_the_elements_of_a_list_beside_it() -> None:
    phases = [{"phase": f"L{n}", "power": 100.5 + n} for n in (1, 2, 3)]
    events = values("x", {"power_total": 307.5, "phases": phases}, 12)
    for event in events:
        assert event["power_total"] == pytest.approx(
            sum(phase["power"] for phase in event["phases"]), abs=0.01
        )
    assert len({event["power_total"] for event in events}) > 1


def test_flows_that_add_up_to_nothing_go_on_to() -> None:
    shape = {"p_grid": -434.49, "p_load": -220.51, "p_pv": 655, "rel": 33.66564886}
    events = values("x", shape, 12)
    for event in events:
        assert event["p_grid"] + event["p_load"] + event["p_pv"] == pytest.approx(0)
        share = -100 * event["p_load"] / event["p_pv"]
        assert event["rel"] == pytest.approx(share, abs=1e-4)
    assert len({event["p_load"] for event in events}) > 1


def test_what_follows_from_numbers_that_stay_stays_too() -> None:
    shape = {
        "disk_used_percent": 71.2,
        "disk_total_gb": 500,
        "disk_used_gb": 356,
        "time": NOW_MS,
    }
    for event in values("x", shape, 12):
        share = 100 * event["disk_used_gb"] / event["disk_total_gb"]
        assert event["disk_used_percent"] == pytest.approx(share, abs=0.06)


def test_a_count_rises_as_fast_as_its_rate_says() -> None:
    shape = {"publish": 118342, "publish_details": {"rate": 25.0}}
    found = [event["publish"] for event in values("x", shape, 11)]
    assert found[-1] - found[0] == pytest.approx(250, abs=1)


def test_a_meter_of_energy_rises_as_fast_as_the_power_beside_it() -> None:
    shape = {"power": 3600.0, "energy_wh": 913.252, "exported_wh": 5.0}
    events = values("x", shape, 11)
    assert events[-1]["energy_wh"] - events[0]["energy_wh"] == pytest.approx(
        10, rel=0.2
    )


def test_a_share_of_one_stays_below_one() -> None:
    events = values("x", {"consumer_utilisation": 0.98}, 40)
    assert max(event["consumer_utilisation"] for event in events) <= 1


def test_few_of_something_seldom_change_and_begin_as_in_the_example() -> None:
    shape = {"listeners": 5, "temperature": 21.44}
    found = [event["listeners"] for event in values("x", shape, 30)]
    assert found[0] == 5
    assert 0 < sum(a != b for a, b in pairwise(found)) < 12


def test_shots_on_goal_are_no_speed() -> None:
    team = {"abbrev": "SEA", "score": 1, "sog": 14}
    assert all(e["awayTeam"] == team for e in values("x", {"awayTeam": team}, 9))


@pytest.mark.parametrize("name", ["apower", "windspeedmph", "tempf", "humidityin"])
def test_a_measure_is_known_where_its_words_are_written_as_one(name: str) -> None:
    events = values("x", {name: 51.8, "mode": "eco", "station": "S1"}, 12)
    assert len({event[name] for event in events}) > 2


def test_quotes_beside_a_book_move_with_it() -> None:
    shape = {
        "bids": [{"price": "1.08173", "liquidity": 10000000}],
        "asks": [{"price": "1.08186", "liquidity": 10000000}],
        "closeoutBid": "1.08168",
        "closeoutAsk": "1.08191",
    }
    events = values("prices", shape, 12)
    for event in events:
        assert float(event["closeoutBid"]) < float(event["bids"][0]["price"])
        assert float(event["closeoutAsk"]) > float(event["asks"][0]["price"])
        assert event["bids"][0]["liquidity"] == 10000000
    assert len({event["closeoutBid"] for event in events}) > 2


# Chains, ids


@pytest.mark.parametrize("height", [730000, "0x112a880", "730000"])
def test_a_block_says_the_hash_of_the_one_before_it(height: Any) -> None:
    shape = {"block": {"hash": HASH, "parentHash": BEFORE, "number": height}}
    blocks = [event["block"] for event in values("x", shape, 6)]
    assert blocks[0]["parentHash"] == BEFORE and blocks[0]["number"] == height
    for one, other in pairwise(blocks):
        assert other["parentHash"] == one["hash"] != other["hash"]
        base = 16 if str(height)[:2] == "0x" else 10
        numbers = [int(str(each["number"]), base) for each in (one, other)]
        assert numbers[1] == numbers[0] + 1
        assert type(one["number"]) is type(height)


def test_a_hash_keeps_its_zeros() -> None:
    own = "0" * 19 + "384f28cb3b9cf4377a39cfd6c29ae9466951de38c0529"
    shape = {"id": own, "previousblockhash": own[::-1], "height": 730000}
    assert all(e["id"].startswith("0" * 19) for e in values("blocks", shape, 5))


def test_what_an_event_is_sent_by_keeps_its_id_and_its_age() -> None:
    shape = {
        "subscription": {"id": UUID, "created_at": "2025-01-06T12:00:00Z"},
        "event": {"user_id": "1234", "bits": 100},
    }
    events = values("eventsub/callback", shape, 6)
    assert len({str(event["subscription"]) for event in events}) == 1
    assert events[0]["subscription"]["id"] == UUID


def test_what_is_shipped_once_is_another_order_each_time() -> None:
    shape = {
        "id": UUID,
        "type": "order.shipped",
        "time": "2025-01-06T12:00:00Z",
        "data": {"orderId": "ord-98121", "trackingNumber": "JJD000390007827131"},
    }
    events = values("x", shape, 6)
    for name in ("orderId", "trackingNumber"):
        assert len({event["data"][name] for event in events}) == 6


def test_a_document_that_is_inserted_is_another_one_each_time() -> None:
    shape = {
        "operationType": "insert",
        "documentKey": {"_id": "62c5a5b41b7c6a1f0c9b3d20"},
        "fullDocument": {"_id": "62c5a5b41b7c6a1f0c9b3d20", "item": "notebook"},
    }
    events = values("x", shape, 6)
    assert len({event["documentKey"]["_id"] for event in events}) == 6
    assert all(e["documentKey"]["_id"] == e["fullDocument"]["_id"] for e in events)


def test_a_reading_of_a_device_has_an_id_of_its_own() -> None:
    entry = {
        "_id": "55d5041c5cf8110c1b9a9f3e",
        "device": "dexcom",
        "date": NOW_MS,
        "glucose": 174,
    }
    events = values("api/v1/entries", [entry], 6)
    assert len({event[0]["_id"] for event in events}) == 6


def test_what_the_path_names_by_its_id_keeps_it() -> None:
    shape = {"id": 2023020204, "gameState": "LIVE", "startTimeUTC": "2025-01-06T12:00Z"}
    events = values("gamecenter/2023020204/landing", shape, 6)
    assert {event["id"] for event in events} == {2023020204}


def test_an_event_about_a_small_number_leaves_it_as_it_is() -> None:
    shape = {
        "action": "opened",
        "number": 2,
        "pull_request": {"number": 2},
        "sender": {},
    }
    assert {event["number"] for event in values("github/webhooks", shape, 5)} == {2}


def test_pieces_of_an_answer_come_word_by_word() -> None:
    shape = {"model": "llama3.2", "response": "The", "done": False}
    texts = [event["response"] for event in values("api/generate", shape, 12)]
    assert len(set(texts)) > 3 and all(len(text.split()) == 1 for text in texts)


# Times


@pytest.mark.parametrize(
    ("text", "name", "pace"),
    [
        ("09:16", "timeRemaining", -1),
        ("00:09:16", "elapsed", 1),
        ("PT09M16.00S", "timeLeft", -1),
    ],
)
def test_a_length_of_time_in_a_text_goes_by(text: str, name: str, pace: int) -> None:
    shape = {name: text, "period": 2, "running": True}
    found = [event[name] for event in values("games/7", shape, 18)]
    assert found[0] == text and len(found[-1]) == len(text)
    ends = {-1: ("08:59", "PT08M59.00S"), 1: ("00:09:33",)}
    assert found[-1] in ends[pace]


def test_a_clock_that_stands_stands_still() -> None:
    shape = {"timeRemaining": "09:16", "secondsRemaining": 556, "running": False}
    assert all(event == shape for event in values("games/7", shape, 6))


def test_a_time_on_the_hour_stays_on_one_beside_a_clock_that_goes_on() -> None:
    shape = {"datetime": "2025-01-06T12:00:00Z", "updatedAt": "2025-01-06T12:07:01Z"}
    for event in values("x", {"intensity": 302.5, **shape}, 6):
        assert seconds(event["datetime"]) % 3600 == 0
        assert 0 <= NOW_MS / 1000 - seconds(event["datetime"]) < 3700


def test_the_times_of_a_series_stay_on_its_steps() -> None:
    rows = [{"t": f"2025-01-06 15:0{n}", "v": f"4.0{n}"} for n in (0, 6)]
    for event in values("x", {"data": rows}, 6):
        times = [seconds(row["t"] + "Z") for row in event["data"]]
        assert times[1] - times[0] == 360 and times[0] % 360 == 0


def test_the_time_in_an_unnamed_row_is_that_of_the_event() -> None:
    rows = [{"job": job, "value": [1435781451.781, "1"]} for job in ("a", "b")]
    events = values("api/v1/query", {"status": "success", "result": rows}, 4)
    for number, event in enumerate(events):
        found = {row["value"][0] for row in event["result"]}
        assert len(found) == 1
        assert found.pop() == pytest.approx(NOW_MS / 1000 + number, abs=0.01)


def test_an_appointment_keeps_its_length_and_its_hour() -> None:
    shape = {
        "event": "invitee.created",
        "created_at": "2025-01-06T12:51:19Z",
        "start_time": "2025-01-12T15:00:00Z",
        "end_time": "2025-01-12T15:30:00Z",
    }
    for event in values("x", shape, 4):
        start, end = seconds(event["start_time"]), seconds(event["end_time"])
        assert end - start == 1800 and start % 86400 == 15 * 3600
        assert start > NOW_MS / 1000


def test_an_interval_that_has_ended_just_now_keeps_its_length() -> None:
    shape = {"flow_start": 1709636100, "flow_end": 1709636158, "time": 1709636160}
    for event in values("netflow", {"proto": 6, **shape}, 5):
        assert event["flow_end"] - event["flow_start"] == 58


def test_a_list_of_a_notice_has_as_many_elements_as_the_example() -> None:
    shape = [{"eventId": 100, "occurredAt": 1696341111000, "type": "contact.creation"}]
    assert all(len(event) == 1 for event in values("hubspot/webhooks", shape, 4))


def test_the_number_of_elements_is_no_measure() -> None:
    shape = {"rows": [{"country": "DE"}, {"country": "JP"}], "rowCount": 2}
    assert {event["rowCount"] for event in values("reports/run", shape, 5)} == {2}


def test_what_has_no_speed_stays_where_it_is() -> None:
    shape = {
        "lat": 37.77,
        "lng": -122.41,
        "heading": 289,
        "speed": None,
        "odometer": 9.5,
    }
    assert all(event == shape for event in values("vehicles/7", shape, 5))


@pytest.mark.parametrize(
    ("number", "text"), [(21.438, "21.4 °C"), (1843200, "1.76M"), (58720, "57.3Ki")]
)
def test_a_text_shows_the_number_beside_it(number: float, text: str) -> None:
    shape = {"used_memory": number, "shown": text, "server": "web-1"}
    events = values("x", shape, 12)
    unit = text.lstrip("0123456789.")
    scale = float(text[: -len(unit)]) / number
    for event in events:
        assert event["shown"].endswith(unit) and len(event["shown"]) == len(text)
        shown = float(event["shown"][: -len(unit)])
        assert shown == pytest.approx(event["used_memory"] * scale, rel=0.01)
    assert len({event["shown"] for event in events}) > 1


def test_a_number_that_a_sentence_repeats_stays() -> None:
    shape = {"temperature": 21.5, "humidity": 48.1, "text": "It is 21.5 °C outside"}
    events = values("x", shape, 12)
    assert {event["temperature"] for event in events} == {21.5}
    assert len({event["humidity"] for event in events}) > 1


def test_bytes_rise_with_their_packets() -> None:
    shape = {"eth0": {"rx_bytes": 53380, "rx_packets": 360}, "read": NOW_MS}
    links = [event["eth0"] for event in values("stats", shape, 12)]
    for link in links:
        assert link["rx_bytes"] / link["rx_packets"] == pytest.approx(148.3, rel=0.01)
    assert links[-1]["rx_packets"] > links[0]["rx_packets"]


def test_the_line_of_a_log_keeps_its_words_and_its_level() -> None:
    shape = {"severity": "info", "message": "Accepted publickey for deploy port 51432"}
    events = values("logs/syslog", shape, 8)
    assert all(event["message"].startswith("Accepted publickey") for event in events)
    assert {event["severity"] for event in events} == {"info"}


def test_when_something_was_at_its_extreme_is_a_fact() -> None:
    shape = {
        "time_utc": 1555677739,
        "temperature": 23.7,
        "date_min_temp": 1555631374,
        "id": "70:ee:50:22:a3:00",
    }
    assert len({e["date_min_temp"] for e in values("stations/data", shape, 5)}) == 1


def test_the_two_clocks_of_a_period_add_up_to_its_length() -> None:
    shape = {"timeInPeriod": "07:42", "timeRemaining": "12:18", "event": 151}
    for event in values("x", shape, 5):
        clocks = [event["timeInPeriod"], event["timeRemaining"]]
        total = sum(60 * int(text[:2]) + int(text[3:]) for text in clocks)
        assert total == 20 * 60


def test_the_base_of_a_table_of_rates_stays_one() -> None:
    shape = {"base_code": "USD", "rates": {"USD": 1, "EUR": 0.9216, "GBP": 0.7878}}
    events = values("latest/USD", shape, 12)
    assert {event["rates"]["USD"] for event in events} == {1}
    assert len({event["rates"]["EUR"] for event in events}) > 1


def test_an_option_keeps_its_strike_and_its_day() -> None:
    shape = {
        "symbol": "AAPL250117C00175000",
        "last": 4.35,
        "strike": 175.0,
        "expiration_date": "2025-01-17",
    }
    for event in values("quotes", shape, 6):
        assert event["strike"] == 175.0
        assert event["expiration_date"] == "2025-01-17"


def test_an_alert_is_no_talk() -> None:
    alert = {"alertId": UUID, "message": "CPU load high", "username": "ana@example.com"}
    for event in values("opsgenie/webhooks", {"action": "Close", "alert": alert}, 6):
        assert event["alert"]["message"] == "CPU load high"


def test_what_is_played_goes_on_in_milliseconds_within_its_length() -> None:
    track = {"title": "Love", "viewOffset": 12004, "duration": 232000}
    found = [e["Metadata"]["viewOffset"] for e in values("x", {"Metadata": track}, 4)]
    assert found == [12004, 13004, 14004, 15004]


def test_the_entries_of_a_log_are_of_several_services() -> None:
    shape = {"logs": [{"level": "info", "service": "api", "message": "string"}]}
    events = values("logs", shape, 6)
    assert len({entry["service"] for event in events for entry in event["logs"]}) > 3


def test_a_transaction_with_its_time_has_a_hash_of_its_own() -> None:
    shape = {
        "op": "utx",
        "x": {"hash": HASH, "time": 1331300839, "sequence": 2**32 - 1},
    }
    events = [event["x"] for event in values("transactions/live", shape, 5)]
    assert len({event["hash"] for event in events}) == 5
    assert {event["sequence"] for event in events} == {2**32 - 1}


def test_an_aircraft_in_a_row_without_names_flies_on() -> None:
    row = ["3c6444", 1700000000, 6.1546, 50.1964, 9639.3, False, 232.88, 90.0, 0.5]
    events = values("states/all", {"time": 1700000000, "states": [row]}, 11)
    first, last = events[0]["states"][0], events[-1]["states"][0]
    metres = (last[2] - first[2]) * 111_320 * 0.64
    assert metres == pytest.approx(2329, rel=0.05)
    assert abs(last[3] - first[3]) < 0.01 and last[4:] == first[4:]


def test_a_push_begins_where_the_one_before_it_has_ended() -> None:
    commit = {"id": HASH[:40], "timestamp": "2025-01-06T12:00:00Z"}
    shape = {"before": BEFORE[:40], "after": HASH[:40], "head_commit": commit}
    events = values("github/webhooks/push", shape, 5)
    assert events[0]["before"] == BEFORE[:40]
    for one, other in pairwise(events):
        assert other["before"] == one["after"] == one["head_commit"]["id"]


def test_a_number_is_the_same_in_a_text_beside_it() -> None:
    shape = {
        "id": 123456789,
        "price": 63210.5,
        "price_str": "63210.50",
        "symbol": "BTC",
    }
    for event in values("trades", shape, 6):
        assert float(event["price_str"]) == event["price"]


@pytest.mark.parametrize("name", ["at", "time"])
@pytest.mark.parametrize("measure", ["magnitude", "celsius"])
def test_a_measure_moves_beside_nothing_but_a_clock(name: str, measure: str) -> None:
    events = values("stations", {measure: 21.5, name: "2026-01-06T12:00:00Z"}, 6)
    assert len({event[measure] for event in events}) > 1


@pytest.mark.parametrize("price", [189.08, "189.08"])
def test_each_of_several_stocks_has_changed_by_a_little(price: float | str) -> None:
    stock = {"symbol": "AAPL", "price": price, "change": 1.2}
    for event in values("stocks", {"stocks": [stock]}, 6):
        assert len(event["stocks"]) > 1
        for each in event["stocks"]:
            assert abs(each["change"]) < 0.05 * float(each["price"])


def test_what_is_ordered_keeps_its_price_and_the_total_is_right_to_the_cent() -> None:
    line = {"sku": "A1", "qty": 2, "price": 29.95}
    shape = {"orderId": "ORD-1001", "total": 59.9, "items": [line]}
    events = values("orders", shape, 6)
    prices = [[item["price"] for item in event["items"]] for event in events]
    assert all(each == prices[0] for each in prices) and len(prices[0]) > 1
    for event in events:
        due = sum(item["qty"] * item["price"] for item in event["items"])
        assert event["total"] == pytest.approx(due, abs=1e-6)


def test_a_sum_has_the_decimals_of_what_is_added() -> None:
    for event in values("x", {"gross": 10.6, "net": 10.25, "fee": 0.35}, 10):
        due = event["net"] + event["fee"]
        assert event["gross"] == pytest.approx(due, abs=1e-6)
