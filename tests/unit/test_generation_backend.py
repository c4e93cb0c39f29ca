"""The embedded backend: requests in, JSON bytes out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.embedded.backend import EmbeddedBackend
from app.generation.values.census import census
from app.schema.refusal import Refusal
from tests.unit import asking
from tests.unit.fake_chat import asked_for
from tests.unit.generated import NOW_MS

STOCK = {"ticker": "AAPL", "price": 150.25}


def first(shape: Any = None, **request: Any) -> Any:
    source = EmbeddedBackend().open(asked_for(shape, **request))
    return json.loads(asking.whole(source, 0, NOW_MS))


def test_a_source_computes_and_names_its_backend() -> None:
    source = EmbeddedBackend("quick").open(asked_for(STOCK))
    assert not source.blocking
    assert source.backend == "quick"


def test_values_elements_and_tokens_are_one_sequence() -> None:
    shape = {"stocks": [STOCK]}
    sources = [EmbeddedBackend().open(asked_for(shape, seed=3)) for _ in range(3)]
    for number in range(3):
        value = asking.whole(sources[0], number, NOW_MS + number)
        name, items = asking.elements(sources[1], number, NOW_MS + number)
        pieces = list(asking.pieces(sources[2], number, NOW_MS + number))
        assert "".join(pieces).encode() == value
        assert (name, [json.loads(item) for item in items]) == (
            "stocks",
            json.loads(value)["stocks"],
        )


def test_a_seed_holds_whatever_other_streams_do_meanwhile() -> None:
    backend = EmbeddedBackend()
    request = asked_for([STOCK], seed=11)
    alone = backend.open(request)
    expected = [asking.whole(alone, number, NOW_MS + number) for number in range(6)]
    crowd = [backend.open(asked_for([STOCK])) for _ in range(3)]
    watched = backend.open(request)
    found = []
    for number in range(6):
        for other in crowd:
            asking.whole(other, number, NOW_MS)
        found.append(asking.whole(watched, number, NOW_MS + number))
    assert found == expected


def test_streams_without_a_seed_differ() -> None:
    backend = EmbeddedBackend()
    found = {asking.whole(backend.open(asked_for(STOCK)), 0, NOW_MS) for _ in range(20)}
    assert len(found) > 10


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"path": "sensors"}, {"count": 2}], ids=str
)
def test_another_seed_path_or_count_gives_other_values(change: dict[str, Any]) -> None:
    shape = {"list": [{"price": 150.25}]}
    usual = {"seed": 1, "path": "stocks"}
    assert first(shape, **usual) != first(shape, **{**usual, **change})


def test_fields_of_the_request_flow_into_members_of_their_name() -> None:
    shape = {"userId": 1, "city": "Rome", "orders": [{"id": 7, "userId": 1}]}
    value = first(shape, fields={"user_id": "42", "city": "Oslo", "id": "9", "_": "1"})
    assert value["userId"] == 42
    assert value["city"] == "Oslo"
    assert {order["userId"] for order in value["orders"]} == {42}
    assert [order["id"] for order in value["orders"]] != [9, 9, 9]


def test_what_repeats_a_member_repeats_the_field_that_flows_into_it() -> None:
    shape = {"login": "octo-river", "url": "https://example.com/octo-river/7"}
    value = first(shape, fields={"login": "ada"})
    assert value == {"login": "ada", "url": "https://example.com/ada/7"}


def test_a_field_that_does_not_fit_is_left_alone() -> None:
    value = first({"age": 30, "active": True}, fields={"age": "old", "active": "7"})
    assert isinstance(value["age"], int)
    assert isinstance(value["active"], bool)


def test_the_id_of_the_path_is_the_object() -> None:
    assert first(path="stocks/TSLA")["ticker"] == "TSLA"
    assert first(path="users/42")["id"] == 42
    assert first({"id": 1, "name": "Ada"}, path="users/42")["id"] == 42


def test_a_path_alone_has_the_same_members_every_time() -> None:
    backend = EmbeddedBackend()
    source = backend.open(asked_for(path="stocks/TSLA"))
    members = [list(json.loads(asking.whole(source, n, NOW_MS + n))) for n in range(4)]
    assert members[0] == members[1] == members[2] == members[3]
    assert {"ticker", "price"} <= set(members[0])


def test_an_unknown_path_has_a_sensible_object() -> None:
    value = first(path="frobnicators")
    assert isinstance(value, dict)
    assert "id" in value


def last_names(locale: str) -> set[str]:
    asked = asked_for([{"lastName": "string"}], count=40, locale=locale)
    source = EmbeddedBackend().open(asked)
    return {
        person["lastName"] for person in json.loads(asking.whole(source, 0, NOW_MS))
    }


@pytest.mark.parametrize("locale", ["de", "en", "ja"])
def test_names_are_of_the_locale(locale: str) -> None:
    assert last_names(locale) <= set(census(locale).last_names)


def test_an_impossible_shape_is_refused_when_the_source_is_opened() -> None:
    schema = {"type": "integer", "minimum": 5, "maximum": 4}
    with pytest.raises(Refusal) as refused:
        EmbeddedBackend().open(asked_for(schema))
    assert refused.value.parameter == "shape"
