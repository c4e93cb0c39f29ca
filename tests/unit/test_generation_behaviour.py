"""Data that behaves: fields play the parts that their names and examples say."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.generation.plan import Subject, compile_plan
from app.generation.values.census import census
from app.generation.vocabulary import is_trouble, text_for
from tests.unit.generated import NOW_MS, STEP_MS, schema_of, values

SEEDS = range(5)


def column(events: list[Any], name: str) -> list[Any]:
    return [event[name] for event in events]


def steps(numbers: list[float]) -> list[float]:
    return [abs(after - before) for before, after in pairwise(numbers)]


# Identity


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("id", 7),
        ("ticker", "AAPL"),
        ("deviceId", "dev-01"),
        ("roomName", "Kitchen"),
        ("name", "Ada Lovelace"),
        ("email", "ada@example.com"),
        ("uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    ],
)
def test_an_identity_stays_and_begins_with_the_example(name: str, example: Any) -> None:
    events = values("things", {name: example, "temperature": 21.5}, events=20)
    assert set(column(events, name)) == {example}


def test_entities_of_an_array_stay_and_their_readings_move() -> None:
    shape = {"sensors": [{"id": "s1", "room": "Kitchen", "temp": 72}]}
    events = [event["sensors"] for event in values("sensors", shape, events=15)]
    for event in events:
        assert column(event, "id") == ["s1", "s2", "s3"]
        assert column(event, "room") == column(events[0], "room")
    assert len(set(column(events[0], "room"))) == 3
    for index in range(3):
        temperatures = [event[index]["temp"] for event in events]
        assert len(set(temperatures)) > 1
        assert max(steps(temperatures)) <= 3


def test_a_list_of_entries_brings_new_ones_whose_ids_go_on() -> None:
    shape = {"logs": [{"id": 41, "level": "info", "message": "string"}]}
    events = [event["logs"] for event in values("logs", shape)]
    ids = [entry["id"] for event in events for entry in event]
    assert ids == list(range(41, 41 + 15))
    messages = [entry["message"] for event in events for entry in event]
    assert all(one != two for one, two in pairwise(messages))


def test_a_path_of_entries_brings_a_new_one_in_every_event() -> None:
    shape = {"orderId": "A-007", "userId": 42, "total": 19.9}
    orders = values("orders", shape)
    assert column(orders, "orderId") == [f"A-{number:03}" for number in range(7, 12)]


def test_the_examples_of_an_array_are_its_first_entities() -> None:
    shape = [{"id": "a", "price": 10.0}, {"id": "b", "price": 500.0}]
    events = values("stocks", shape, events=10)
    assert {tuple(column(event, "id")) for event in events} == {("a", "b")}
    assert all(event[0]["price"] < 20 < 400 < event[1]["price"] for event in events)


# Measures and counters


@pytest.mark.parametrize(
    ("name", "example", "spread", "step"),
    [
        ("price", 150.25, 0.1, 0.01),
        ("temperature", 21.5, 0.12, 0.02),
        ("heartRate", 72, 0.25, 0.05),
        ("humidity", 45, 0.3, 0.06),
        ("pressure", 1013.2, 0.02, 0.002),
        ("value", 42.5, 0.3, 0.05),
    ],
)
def test_a_measure_walks_around_its_example(
    name: str, example: float, spread: float, step: float
) -> None:
    for seed in SEEDS:
        found = column(values("things", {name: example}, 200, seed), name)
        assert all(abs(number - example) <= spread * example for number in found)
        assert max(steps(found)) <= max(
            step * example, 3 if type(example) is int else 0
        )
        assert len(set(found)) > 5


@pytest.mark.parametrize(
    ("example", "decimals"), [("150.25", 2), ("1.0842", 4), ("0.00012", 5), ("7", 0)]
)
def test_a_number_keeps_the_decimals_of_its_example(
    example: str, decimals: int
) -> None:
    subject = Subject("things", schema_of({"value": json.loads(example)}))
    simulation = compile_plan(subject).start(1)
    for number in range(20):
        text = simulation.value(NOW_MS + number).decode()
        found = re.fullmatch(r'\{"value":-?\d+(?:\.(\d+))?\}', text)
        assert found is not None
        assert len(found[1] or "") == decimals


def test_a_number_in_a_text_moves_as_one() -> None:
    events = values("ticker", {"lastPrice": "3299.40000000"}, events=30)
    texts = column(events, "lastPrice")
    assert all(re.fullmatch(r"\d+\.\d{8}", text) for text in texts)
    assert max(steps([float(text) for text in texts])) < 50
    assert len(set(texts)) == 30


@pytest.mark.parametrize(
    "name", ["views", "likes", "volume", "totalRequests", "cycles"]
)
def test_a_counter_never_falls(name: str) -> None:
    for seed in SEEDS:
        found = column(values("things", {"id": 1, name: 1200}, 50, seed), name)
        assert found == sorted(found)
        assert found[-1] > found[0]
        assert max(steps(found)) < 200


@pytest.mark.parametrize(
    ("name", "example", "low", "high"),
    [
        ("humidity", 99, 0, 100),
        ("latitude", 89.9, -90, 90),
        ("longitude", -179.9, -180, 180),
        ("batteryLevel", 1, 0, 100),
        ("progressPercent", 99.5, 0, 100),
        ("probability", 0.99, 0, 1),
        ("confidence", 0.01, 0, 1),
        ("port", 65535, 1, 65535),
        ("year", 2099, 1900, 2100),
        ("month", 12, 1, 12),
        ("age", 119, 0, 120),
        ("rating", 4.9, 0, 5),
        ("heading", 359, 0, 360),
        ("spo2", 99, 80, 100),
        ("price", 0.05, 0, 10),
    ],
)
def test_a_number_stays_within_its_natural_bounds(
    name: str, example: float, low: float, high: float
) -> None:
    shape = {"list": [{name: example}]}
    for seed in SEEDS:
        for event in values("things", shape, 40, seed, count=5):
            assert all(low <= item[name] <= high for item in event["list"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["price", "views", "x", "humidity"]), st.data())
def test_the_bounds_of_a_schema_win_over_those_of_a_name(
    name: str, data: st.DataObject
) -> None:
    low = data.draw(st.floats(-1e6, 1e6))
    high = data.draw(st.floats(low, low + 1e6))
    schema = {
        "type": "object",
        "properties": {name: {"type": "number", "minimum": low, "maximum": high}},
        "required": [name],
    }
    for event in values("things", schema, 10):
        assert low <= event[name] <= high


def test_only_what_travels_changes_its_place() -> None:
    place = {"latitude": 52.5, "longitude": 13.4}
    still = values("thermometers", {"id": 1, **place, "temperature": 20.5}, events=5)
    moving = values("vehicles", {"id": 1, **place, "speed": 30.0}, events=5)
    assert len({event["latitude"] for event in still}) == 1
    assert len({event["latitude"] for event in moving}) == 5
    assert max(steps(column(moving, "latitude"))) < 0.01


# Clocks


@pytest.mark.parametrize(
    ("name", "example", "read"),
    [
        ("timestamp", "2020-05-05T12:00:00.000Z", datetime.fromisoformat),
        ("at", "2020-05-05T12:00:00Z", datetime.fromisoformat),
        ("updatedAt", "2020-05-05T14:00:00+02:00", datetime.fromisoformat),
        ("time", "2020-05-05 12:00:00", datetime.fromisoformat),
        ("ts", 1588680000, float),
        ("ts", 1588680000000, lambda number: number / 1000),
        ("sent", "Tue, 05 May 2020 12:00:00 GMT", None),
    ],
)
def test_a_clock_shows_the_time_of_the_event(
    name: str, example: Any, read: Any
) -> None:
    for number, event in enumerate(values("things", {name: example, "value": 1.5})):
        now = (NOW_MS + STEP_MS * number) / 1000
        assert type(event[name]) is type(example)
        if read is None:
            moment = datetime.strptime(event[name], "%a, %d %b %Y %H:%M:%S GMT")
        else:
            text = event[name]
            moment = read(
                text.replace("Z", "+00:00") if isinstance(text, str) else text
            )
        if isinstance(moment, datetime):
            moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
        assert abs(moment - now) < 1


def test_times_keep_the_distance_of_their_examples() -> None:
    shape = {
        "updatedAt": "2025-01-06T12:00:00Z",
        "startedAt": "2025-01-06T11:40:00Z",
        "expiresAt": "2025-01-06T13:00:00Z",
    }
    event = values("sessions/9", shape, events=1)[0]
    moments = {name: datetime.fromisoformat(text[:19]) for name, text in event.items()}
    since = moments["updatedAt"] - moments["startedAt"]
    left = moments["expiresAt"] - moments["updatedAt"]
    assert (since.total_seconds(), left.total_seconds()) == (1200, 3600)


def test_an_entity_began_to_be_in_the_past_and_stays_that_old() -> None:
    shape = {"users": [{"id": 1, "createdAt": "2025-01-06T12:00:00Z", "score": 5.5}]}
    events = [event["users"] for event in values("users", shape)]
    assert len({tuple(column(event, "createdAt")) for event in events}) == 1
    now = datetime.fromtimestamp(NOW_MS / 1000, timezone.utc).isoformat()
    assert all(user["createdAt"] < now for user in events[0])


def test_a_birthday_has_nothing_to_do_with_the_time_of_the_event() -> None:
    events = values("patients/7", {"birthDate": "1958-06-21", "heartRate": 70})
    assert set(column(events, "birthDate")) == {"1958-06-21"}


# Words and texts


def test_a_category_is_mostly_as_before_and_of_its_examples_family() -> None:
    events = values("logs/7", {"level": "INFO", "value": 1.5}, events=200)
    found = column(events, "level")
    assert sum(one != two for one, two in pairwise(found)) < 40
    assert {"INFO", "DEBUG"} < set(found) <= {
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL",
        "FATAL", "ALERT",
    }  # fmt: skip


def test_a_flag_is_mostly_as_before() -> None:
    events = values("things", {"online": True, "value": 1.5}, events=100)
    found = column(events, "online")
    assert found.count(True) > 60
    assert sum(one != two for one, two in pairwise(found)) < 20


@pytest.mark.parametrize("name", ["message", "title", "text", "body", "comment"])
def test_content_is_new_in_every_event(name: str) -> None:
    for seed in SEEDS:
        events = values("things", {"id": 1, name: "string"}, 20, seed)
        assert all(one != two for one, two in pairwise(column(events, name)))
        assert all(" " in text for text in column(events, name))


def test_a_message_goes_with_its_level() -> None:
    shape = {"logs": [{"level": "error", "message": "string"}]}
    bad, good = (_matcher(text_for("message", "log", bad)) for bad in (True, False))
    for event in values("logs", shape, events=40):
        for entry in event["logs"]:
            kind = bad if is_trouble(entry["level"]) else good
            assert kind.fullmatch(entry["message"])


def _matcher(templates: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of all texts that the templates make."""
    texts = (re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)) for text in templates)
    return re.compile("|".join(texts))


def test_tags_around_a_text_stay() -> None:
    events = values("statuses", {"content": "<p>Hello there, everyone.</p>"})
    assert all(re.fullmatch("<p>[^<]+</p>", text) for text in column(events, "content"))
    assert len(set(column(events, "content"))) > 2


def test_constants_of_an_api_stay() -> None:
    shape = {"object": "charge", "unit": "°C", "apiVersion": "v1", "value": 20.5}
    for event in values("orders", shape, events=10):
        assert {**event, "value": 20.5} == shape


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r"[^@\s]+@example\.com"),
        ("fullName", r"\S+( \S+)+"),
        ("firstName", r"[^\W\d].*"),
        ("city", r"[^\W\d].+"),
        ("url", r"https://example\.com/\S+"),
        ("ipAddress", r"\d+\.\d+\.\d+\.\d+"),
        ("phone", r"[\d+() .-]{7,}"),
        ("currency", r"[A-Z]{3}"),
        ("countryCode", r"[A-Z]{2}"),
        ("timezone", r"\w+/\w+.*"),
        ("version", r"\d+\.\d+\.\d+"),
        ("userId", r"[0-9a-f-]{36}"),
        ("ticker", r"[A-Z.]{1,5}"),
        ("status", r"[a-z_]+"),
        ("createdAt", r"2025-01-06T12:34:56\.\d{3}Z"),
    ],
)
def test_a_name_alone_says_what_a_text_is(name: str, pattern: str) -> None:
    for seed in SEEDS:
        found = values("things", {name: "string"}, 1, seed)[0][name]
        assert re.fullmatch(pattern, found), found


def test_several_streams_see_several_people() -> None:
    people = [values("x", {"fullName": "string"}, 1, seed)[0] for seed in SEEDS]
    assert len(set(column(people, "fullName"))) > 3


# What belongs together


def test_the_names_and_the_address_of_a_person_agree() -> None:
    shape = [{"firstName": "string", "lastName": "string", "fullName": "string",
              "email": "string"}]  # fmt: skip
    for person in values("users", shape, 1, count=20)[0]:
        assert person["fullName"] == f"{person['firstName']} {person['lastName']}"
        first = person["firstName"].lower()
        assert person["email"].startswith(first[:2]) or not first.isascii()


def test_the_people_of_one_record_are_different_ones() -> None:
    shape = {"emails": [{"from": "a@example.com", "to": "b@example.com"}]}
    for event in values("emails", shape):
        assert all(mail["from"] != mail["to"] for mail in event["emails"])


STOCK = {
    "price": 150.0,
    "open": 148.0,
    "high": 151.0,
    "low": 147.0,
    "bid": 149.98,
    "ask": 150.02,
    "change": 2.0,
    "changePercent": 1.35,
}


def test_the_numbers_of_a_stock_agree() -> None:
    for seed in SEEDS:
        events = values("stocks", STOCK, 60, seed)
        for event in events:
            change = event["price"] - event["open"]
            assert event["change"] == pytest.approx(change, abs=0.006)
            percent = 100 * change / event["open"]
            assert event["changePercent"] == pytest.approx(percent, abs=0.006)
            assert event["low"] <= event["price"] <= event["high"]
            assert event["bid"] <= event["price"] <= event["ask"]
        assert column(events, "high") == sorted(column(events, "high"))
        assert column(events, "low") == sorted(column(events, "low"), reverse=True)
        assert len(set(column(events, "open"))) == 1


def test_a_total_is_the_sum_of_its_parts() -> None:
    shape = {
        "items": [{"sku": "K-1", "quantity": 2, "unitPrice": 10.5}],
        "subtotal": 21.0,
        "tax": 4.0,
        "total": 25.0,
    }
    for event in values("orders", shape, count=4):
        lines = [item["quantity"] * item["unitPrice"] for item in event["items"]]
        assert event["subtotal"] == pytest.approx(sum(lines), abs=0.011)
        total = event["subtotal"] + event["tax"]
        assert event["total"] == pytest.approx(total, abs=0.011)


def test_a_relation_that_the_example_denies_is_not_assumed() -> None:
    shape = {"price": 150.0, "open": 148.0, "change": 77.7}
    for event in values("stocks", shape):
        assert event["change"] > 30


def test_parts_of_a_whole_agree() -> None:
    shape = {"used": 40.0, "total": 100.0, "free": 60.0, "usedPercent": 40.0}
    for event in values("disks/1", shape, events=20):
        assert event["free"] == pytest.approx(event["total"] - event["used"], abs=0.06)


@pytest.mark.parametrize("examples", [{}, {"min": 10, "value": 15, "max": 20}])
def test_the_least_and_the_most_are_around_the_value(examples: Any) -> None:
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "integer", "examples": [examples[name]] if examples else []}
            for name in ("min", "value", "max")
        },
    }
    for event in values("readings", schema, events=40):
        assert event["min"] <= event["value"] <= event["max"]


def test_a_text_that_repeats_another_field_follows_it() -> None:
    shape = [
        {
            "id": "45892",
            "actor": {"login": "octo-river"},
            "repo": "octo-river/lake",
            "url": "https://example.com/users/octo-river/events/45892",
        }
    ]
    logins = set()
    for event in values("events", shape, 10, vary_all=True):
        for entry in event:
            login = entry["actor"]["login"]
            logins.add(login)
            assert entry["repo"] == f"{login}/lake"
            expected = f"https://example.com/users/{login}/events/{entry['id']}"
            assert entry["url"] == expected
    assert len(logins) > 3


def test_other_assets_have_their_own_names_and_prices() -> None:
    shape = [{"symbol": "BTC", "name": "Bitcoin", "price": 98000.0}]
    coins = values("crypto", shape, 1, count=3)[0]
    assert column(coins, "symbol")[:2] == ["BTC", "ETH"]
    assert coins[1]["name"] == "Ethereum"
    assert 500 < coins[1]["price"] < 20_000


# Locales


@pytest.mark.parametrize("locale", ["de", "fr", "ja", "pt-br", "ru", "zh"])
def test_every_locale_has_values_of_its_own(locale: str) -> None:
    shape = [{"firstName": "string", "city": "string", "email": "string",
              "phone": "string", "address": "string"}]  # fmt: skip
    people = values("users", shape, 1, count=30, locale=locale)[0]
    assert set(column(people, "firstName")) <= set(census(locale).first_names)
    assert set(column(people, "city")) <= set(census(locale).cities)
    assert all(re.fullmatch(r"[\x21-\x7e]+@example\.com", p["email"]) for p in people)
