"""What a path is about, where a request has no shape."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.resources.archetype import archetype
from app.resources.catalogue import nouns

UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
ULID = "01JGXQ8Z4N6T7V9W2Y3B5C8D1E"


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("stocks", "stocks"),
        ("stock", "stocks"),
        ("STOCKS", "stocks"),
        ("crypto", "crypto"),
        ("coins", "crypto"),
        ("forex", "forex"),
        ("exchange-rates", "forex"),
        ("exchangeRates", "forex"),
        ("users", "users"),
        ("people", "users"),
        ("customers", "customers"),
        ("products", "products"),
        ("orders", "orders"),
        ("order_items", "order-items"),
        ("payments", "payments"),
        ("invoices", "invoices"),
        ("sensors", "sensors"),
        ("temperature", "temperature"),
        ("temperatures", "temperature"),
        ("weather", "weather"),
        ("logs", "logs"),
        ("metrics", "metrics"),
        ("alerts", "alerts"),
        ("notifications", "notifications"),
        ("chat", "chat"),
        ("messages", "chat"),
        ("posts", "posts"),
        ("comments", "comments"),
        ("reviews", "reviews"),
        ("news", "news"),
        ("events", "events"),
        ("tickets", "tickets"),
        ("deployments", "deployments"),
        ("builds", "builds"),
        ("flights", "flights"),
        ("vehicles", "vehicles"),
        ("rides", "rides"),
        ("deliveries", "deliveries"),
        ("delivery", "deliveries"),
        ("locations", "locations"),
        ("devices", "devices"),
        ("energy", "energy"),
        ("patients", "patients"),
        ("vitals", "vitals"),
        ("matches", "matches"),
        ("scores", "scores"),
        ("bookings", "bookings"),
        ("rooms", "rooms"),
        ("files", "files"),
        ("emails", "emails"),
        ("audit", "audit"),
        ("audit-logs", "audit"),
        ("transactions", "transactions"),
        ("batteries", "batteries"),
        ("companies", "companies"),
        ("addresses", "addresses"),
        ("buses", "buses"),
    ],
)
def test_a_resource_is_known_by_its_names(path: str, noun: str) -> None:
    assert archetype(path).noun == noun


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("userOrders", "orders"),
        ("user-orders", "orders"),
        ("user_orders", "orders"),
        ("UserOrders", "orders"),
        ("my.orders", "orders"),
        ("order-items", "order-items"),
        ("latestOrderItems", "order-items"),
        ("sensor-data", "sensors"),
        ("stock-updates", "stocks"),
        ("livePrices", "stocks"),
        ("acmeCorpUsers", "users"),
        ("v1/users", "users"),
        ("api/v2/stocks", "stocks"),
        ("rest/api/1.0/orders", "orders"),
        ("acme/shop/orders", "orders"),
        ("orders.json", "orders"),
        ("/orders/", "orders"),
        ("orders//", "orders"),
        ("orders/latest", "orders"),
        ("orders/search", "orders"),
        ("market/stocks", "stocks"),
        ("users/orders", "orders"),
        ("users/userOrders", "orders"),
    ],
)
def test_a_compound_or_longer_path_is_about_its_last_resource(
    path: str, noun: str
) -> None:
    found = archetype(path)
    assert (found.noun, found.id, found.parents) == (noun, None, ())


@pytest.mark.parametrize(
    ("path", "noun", "field", "value"),
    [
        ("users/42", "users", "id", 42),
        ("user/42", "users", "id", 42),
        ("api/v1/users/42", "users", "id", 42),
        ("users/0", "users", "id", 0),
        ("users/007", "users", "id", "007"),
        ("users/99999999999999999999", "users", "id", "99999999999999999999"),
        (f"users/{UUID}", "users", "id", UUID),
        (f"orders/{ULID}", "orders", "orderId", ULID),
        ("orders/1001", "orders", "orderId", "1001"),
        ("orders/ord_7f3a", "orders", "orderId", "ord_7f3a"),
        ("orders/order-1001", "orders", "orderId", "order-1001"),
        ("devices/5f0c9a526d1e4b7a", "devices", "deviceId", "5f0c9a526d1e4b7a"),
        ("commits/deadbeef", "commits", "branch", "deadbeef"),
        ("users/ada", "users", "username", "ada"),
        ("users/ada@example.com", "users", "id", "ada@example.com"),
        ("users/42/profile", "users", "id", 42),
        ("users/42/info", "users", "id", 42),
        ("stocks/AAPL", "stocks", "ticker", "AAPL"),
        ("stocks/aapl", "stocks", "ticker", "AAPL"),
        ("stocks/BRK.B", "stocks", "ticker", "BRK.B"),
        ("stocks/AAPL/quote", "stocks", "ticker", "AAPL"),
        ("stocks/POST", "stocks", "ticker", "POST"),
        ("stocks/NEWS", "stocks", "ticker", "NEWS"),
        ("crypto/BTC-USD", "crypto", "symbol", "BTC-USD"),
        ("crypto/btc/price", "crypto", "symbol", "BTC"),
        ("forex/EURUSD", "forex", "pair", "EURUSD"),
        ("rooms/living-room", "rooms", "id", "living-room"),
        ("weather/london", "weather", "city", "London"),
        ("weather/new-york", "weather", "city", "New York"),
        ("weather/Little Whinging", "weather", "city", "Little Whinging"),
        ("chat/general", "chat", "channel", "general"),
        ("chat/msg-7", "chat", "messageId", "msg-7"),
        ("matches/premier-league", "matches", "league", "Premier League"),
        ("repos/octocat/hello-world", "repositories", "name", "hello-world"),
        ("sensor-12", "sensors", "sensorId", "sensor-12"),
        ("sensors/s1", "sensors", "sensorId", "s1"),
    ],
)
def test_an_id_in_the_path_is_that_of_the_object(
    path: str, noun: str, field: str, value: object
) -> None:
    found = archetype(path)
    assert (found.noun, found.id_field) == (noun, field)
    assert found.example[field] == value
    assert type(found.example[field]) is type(value)
    assert found.id is not None and found.id in path
    assert field in found.pinned


@pytest.mark.parametrize(
    ("path", "noun", "parents", "fields"),
    [
        ("users/42/orders", "orders", (("userId", "42"),), {"userId": 42}),
        (
            "users/42/orders/7/items",
            "products",
            (("userId", "42"), ("orderId", "7")),
            {"userId": 42, "orderId": 7},
        ),
        (
            "users/42/orders/ORD-7",
            "orders",
            (("userId", "42"),),
            {"userId": 42, "orderId": "ORD-7"},
        ),
        ("stocks/aapl/news", "news", (("ticker", "aapl"),), {"ticker": "AAPL"}),
        ("rooms/kitchen/sensors", "sensors", (("room", "kitchen"),), {}),
        ("teams/platform/tasks", "tasks", (("teamId", "platform"),), {}),
        ("patients/P-9/vitals", "vitals", (("patientId", "P-9"),), {}),
        ("posts/88/comments", "comments", (("postId", "88"),), {"postId": 88}),
        ("widgets/9/parts/7", "parts", (("widgetId", "9"),), {"widgetId": 9, "id": 7}),
        (
            "repos/octocat/hello-world/issues/12",
            "issues",
            (("repository", "hello-world"),),
            {"repository": "hello-world", "number": 12},
        ),
    ],
)
def test_the_ids_of_outer_resources_become_fields(
    path: str,
    noun: str,
    parents: tuple[tuple[str, str], ...],
    fields: dict[str, Any],
) -> None:
    found = archetype(path)
    assert (found.noun, found.parents) == (noun, parents)
    assert fields.items() <= found.example.items()
    assert {name for name, _ in parents} <= found.pinned <= set(found.example)


@pytest.mark.parametrize(
    ("path", "noun", "value"),
    [
        ("widgets", "widgets", 1),
        ("Widgets", "widgets", 1),
        ("data", "data", 1),
        ("fast", "fast", 1),
        ("widgets/42", "widgets", 42),
        ("widgets/blue", "widgets", "blue"),
        ("foo/bar", "bar", 1),
        ("42", "items", 42),
        ("", "items", 1),
        ("///", "items", 1),
        ("api/v1", "items", 1),
        ("größen", "größen", 1),
        ("%$!", "items", 1),
    ],
)
def test_a_resource_that_no_table_has_gets_a_general_object(
    path: str, noun: str, value: object
) -> None:
    found = archetype(path)
    assert found.noun == noun
    assert list(found.example) == ["id", "name", "status", "value", "updatedAt"]
    assert found.example["id"] == value


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("weather/sao-paulo", {"city": "São Paulo"}),
        ("weather/São Paulo", {"city": "São Paulo"}),
        ("cities/new-york", {"name": "New York", "country": "US"}),
        ("countries/jp", {"code": "JP", "name": "Japan", "capital": "Tokyo"}),
        ("airports/lhr", {"code": "LHR", "city": "London"}),
        ("crypto/eth-usd", {"symbol": "ETH-USD", "name": "Ethereum"}),
    ],
)
def test_a_well_known_entity_has_its_own_facts(
    path: str, fields: dict[str, Any]
) -> None:
    found = archetype(path)
    assert fields.items() <= found.example.items()
    assert set(fields) <= found.pinned


def test_a_well_known_stock_is_itself() -> None:
    tesla = archetype("stocks/TSLA")
    assert tesla.example["name"] == "Tesla, Inc."
    assert 200 < tesla.example["price"] < 600
    assert tesla.pinned == {"ticker", "name"}


@pytest.mark.parametrize(
    ("path", "low", "value", "high"),
    [
        ("stocks/KO", "low", "price", "high"),
        ("stocks/SPY", "low", "price", "high"),
        ("stocks/NOSUCH", "low", "price", "high"),
        ("crypto/ETH-USD", "low24h", "price", "high24h"),
        ("crypto/DOGE", "bid", "price", "ask"),
        ("forex/USDJPY", "bid", "mid", "ask"),
        ("forex/GBP-USD", "low", "mid", "high"),
    ],
)
def test_prices_of_another_entity_keep_their_order(
    path: str, low: str, value: str, high: str
) -> None:
    found = archetype(path).example
    assert found[low] <= found[value] <= found[high]
    decimals = {len(repr(found[name]).partition(".")[2]) for name in (low, high)}
    assert max(decimals) <= 4


@pytest.mark.parametrize(
    "path", ["stocks/XYZ", "airports/XYZ", "rooms/attic", "countries/XY"]
)
def test_an_unknown_entity_does_not_keep_the_name_of_the_example(path: str) -> None:
    plain, found = archetype(path.split("/", maxsplit=1)[0]), archetype(path)
    names = {"name", "city"} & set(found.example)
    assert names and all(plain.example[n] != found.example[n] for n in names)


@pytest.mark.parametrize(
    ("path", "fresh"),
    [
        *[(path, True) for path in ("logs", "orders", "posts", "notifications")],
        *[(path, True) for path in ("chat", "news", "audit", "users/42/orders")],
        *[(path, False) for path in ("sensors", "stocks", "vehicles", "users")],
        *[(path, False) for path in ("rooms", "weather", "widgets", "stocks/AAPL")],
    ],
)
def test_records_are_new_each_time_and_things_stay(path: str, fresh: bool) -> None:
    assert archetype(path).fresh is fresh


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("users/42", "users/43"),
        ("stocks/TSLA", "stocks/XYZ"),
        ("stocks/TSLA", "stocks"),
        ("users/1/orders", "users/2/orders"),
        ("weather/london", "weather/nowhere"),
    ],
)
def test_paths_that_differ_in_ids_have_the_same_fields(first: str, second: str) -> None:
    assert list(archetype(first).example) == list(archetype(second).example)


def test_the_example_is_the_callers_own() -> None:
    archetype("orders").example["items"].clear()
    assert archetype("orders").example["items"]


def test_an_archetype_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        archetype("orders").noun = "other"  # type: ignore[misc]


# The tables


@pytest.mark.parametrize("noun", nouns(), ids=lambda noun: noun.name)
def test_an_example_is_a_believable_object(noun: Any) -> None:
    assert orjson.loads(orjson.dumps(noun.example)) == noun.example
    assert 5 <= len(noun.example) <= 10
    assert noun.id_field in noun.example
    assert noun.topic == "" or noun.topic in noun.example
    assert set(noun.follows) <= set(noun.example)
    assert set(noun.from_id) <= set(noun.example)
    for known in noun.known.values():
        assert set(known) <= set(noun.example)
    assert all(re.fullmatch("[a-z][A-Za-z0-9]*", name) for name in noun.example)


@pytest.mark.parametrize("noun", nouns(), ids=lambda noun: noun.name)
def test_times_are_iso_texts(noun: Any) -> None:
    date = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z)?")
    for name, value in noun.example.items():
        if name.endswith(("At", "Date", "timestamp")):
            assert date.fullmatch(value), name


def test_no_two_nouns_have_the_same_object() -> None:
    fields = [tuple(noun.example) for noun in nouns()]
    assert len(set(fields)) == len(nouns()) >= 50


@pytest.mark.parametrize("noun", nouns(), ids=lambda noun: noun.name)
def test_no_other_noun_takes_a_name_away(noun: Any) -> None:
    for name in (noun.name, *noun.aliases):
        assert archetype(name).noun == noun.name, name
        assert archetype(name.upper().replace("-", "_")).noun == noun.name, name
        if name[-1] not in "syzxh5":
            assert archetype(name + "s").noun == noun.name, name
        if name[-1] == "y" and name[-2] not in "aeiou":
            assert archetype(name[:-1] + "ies").noun == noun.name, name


@given(st.text() | st.lists(st.text("aAsS1-_./ü"), max_size=5).map("/".join))
@example("users/" + "9" * 5000)
@example("stocks/../users")
@example("orders/\x00")
def test_any_path_is_about_something_that_can_be_sent(path: str) -> None:
    found = archetype(path)
    assert found == archetype(path)
    assert orjson.loads(orjson.dumps(found.example)) == found.example
    assert found.id_field in found.example
    assert found.pinned <= set(found.example)
    assert found.noun
