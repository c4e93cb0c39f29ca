"""Contexts as clients see them: requests that agree, and looking after them."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from app import create_app

CONTEXTS = "/api/manage/contexts"
USER = {"id": 1, "name": "string", "email": "string"}


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def get(client: FlaskClient, path: str, **query: Any) -> Any:
    response = client.get(path, query_string=texts(query))
    assert response.status_code == 200, response.text
    return response.json


def events(client: FlaskClient, path: str, **query: Any) -> list[Any]:
    frames = client.get(path, query_string=texts(query)).response
    return [data(frame) for frame in frames]


def running(client: FlaskClient, path: str, shape: Any) -> Generator[Any, None, None]:
    """The batches of a continuous stream in the context ``s``."""
    query = {
        "contextName": "s",
        "continuous": "true",
        "interval": "1",
        "sseMode": "CompleteObjects",
        "shape": shape,
    }
    response = client.get(f"/api/mock/stream/{path}", query_string=texts(query))
    try:
        for frame in response.response:
            event = data(frame)
            if "data" in event:
                yield event["data"]
    finally:
        response.close()


def texts(query: dict[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in query.items()
    }


def data(frame: Any) -> Any:
    return orjson.loads(bytes(frame).splitlines()[-2].removeprefix(b"data: "))


# Requests that agree


@pytest.mark.parametrize("mode", ["CompleteObjects", "LlmTokens", "ArrayItems"])
def test_a_stream_of_a_user_and_then_the_orders_are_about_one_user(
    client: FlaskClient, mode: str
) -> None:
    sent = events(
        client,
        "/api/mock/stream/users/42",
        contextName="session-123",
        sseMode=mode,
        shape=USER,
    )[-1]
    user = sent.get("data") or sent.get("item") or orjson.loads(sent["content"])
    order = get(
        client,
        "/api/mock/orders",
        contextName="session-123",
        userId="42",
        shape={
            "orderId": 7,
            "userId": 1,
            "userName": "string",
            "user": {"id": 5, "name": "Someone Else", "email": "a@b.example"},
            "total": 9.5,
        },
    )
    assert user["id"] == 42
    assert order["userId"] == 42
    assert order["user"] == user
    assert order["userName"] == user["name"]
    assert order["orderId"] != 42


def test_without_a_shape_a_user_is_the_same_whenever_it_is_asked_for(
    client: FlaskClient,
) -> None:
    first = get(client, "/api/mock/users/42", contextName="s")
    for name in ("username", "firstName", "lastName", "email"):
        again = {
            get(client, "/api/mock/users/42", contextName="s")[name] for _ in range(5)
        }
        assert again == {first[name]}
    assert get(client, "/api/mock/orders", contextName="s")["userId"] == 42


def test_other_sessions_know_nothing_of_it(client: FlaskClient) -> None:
    names = {
        get(client, "/api/mock/users/42", contextName=f"s{n}", shape=USER)["name"]
        for n in range(20)
    }
    assert len(names) > 5


def test_a_list_and_its_elements_agree(client: FlaskClient) -> None:
    users = get(client, "/api/mock/users", contextName="s", shape=[USER], count="5")
    for user in users:
        one = get(client, f"/api/mock/users/{user['id']}", contextName="s", shape=USER)
        assert one == user


def test_a_stream_in_a_context_still_moves(client: FlaskClient) -> None:
    batches = running(
        client,
        "stocks/AAPL",
        {"ticker": "AAPL", "price": 150.25, "at": "2025-01-06T12:00:00Z"},
    )
    made = [next(batches) for _ in range(40)]
    batches.close()
    assert {each["ticker"] for each in made} == {"AAPL"}
    assert len({each["price"] for each in made}) > 20
    assert get(client, f"{CONTEXTS}/s")["calls"] == 1


def test_a_value_fits_its_shape_whatever_the_context_says(client: FlaskClient) -> None:
    client.post(f"{CONTEXTS}/s", json={"user": {"id": 42, "name": "Ada Lovelace"}})
    schema = {
        "type": "object",
        "properties": {
            "user": {
                "type": "object",
                "properties": {"name": {"type": "string", "maxLength": 5}},
                "required": ["name"],
            }
        },
        "required": ["user"],
    }
    made = get(client, "/api/mock/orders", contextName="s", shape=schema)
    assert len(made["user"]["name"]) <= 5


def test_a_running_stream_follows_what_is_set(client: FlaskClient) -> None:
    batches = running(
        client, "orders", {"orderId": 1, "user": {"id": 1, "name": "Ada"}}
    )
    before = next(batches)["user"]
    for name in ("Grace", "Joan"):
        client.post(f"{CONTEXTS}/s", json={"user": {"id": 7, "name": name}})
        assert next(batches)["user"] == {"id": 7, "name": name} != before
    batches.close()


def test_the_structure_of_a_path_is_kept_and_can_be_renewed(
    client: FlaskClient,
) -> None:
    assert (
        get(client, "/api/mock/users/1").keys()
        == get(client, "/api/mock/users/2").keys()
    )
    for value in ("maybe", "2"):
        for name in ("autoshape", "renewshape"):
            response = client.get(f"/api/mock/users/1?{name}={value}")
            assert response.status_code == 400
            assert response.json["parameter"] == name


# Looking after them


def test_contexts_are_listed_shown_and_forgotten(client: FlaskClient) -> None:
    for name in ("a", "b", "a b/ü"):
        get(client, "/api/mock/users/42", contextName=name, shape=USER)
    listed = get(client, CONTEXTS, limit="2")
    assert listed["total"] == 3
    assert [each["name"] for each in listed["contexts"]] == ["a b/ü", "b"]
    assert [each["name"] for each in get(client, CONTEXTS, offset="2")["contexts"]] == [
        "a"
    ]
    shown = get(client, f"{CONTEXTS}/a%20b/%C3%BC")
    assert shown["name"] == "a b/ü"
    assert shown["recent"][0]["path"] == "users/42"
    assert shown["paths"][0].items() >= {"path": "users/{id}", "calls": 1}.items()
    assert shown["entities"]["user/42"]["id"] == 42
    assert client.delete(f"{CONTEXTS}/a").status_code == 204
    assert client.delete(f"{CONTEXTS}/a").status_code == 404
    assert client.get(f"{CONTEXTS}/a").status_code == 404
    assert client.delete(CONTEXTS).json == {"forgotten": 2}
    assert get(client, CONTEXTS) == {"contexts": [], "total": 0}


def test_fields_set_beforehand_flow_into_answers(client: FlaskClient) -> None:
    response = client.post(
        f"{CONTEXTS}/s",
        json={"user": {"id": 42, "name": "Ada"}, "currency": "CHF", "tenant": "acme"},
    )
    assert response.status_code == 200
    assert response.json["current"] == {"user": "42"}
    shape = {"userId": 1, "userName": "Bo", "currency": "EUR", "tenant": "other"}
    assert get(client, "/api/mock/invoices", contextName="s", shape=shape) == {
        "userId": 42,
        "userName": "Ada",
        "currency": "CHF",
        "tenant": "acme",
    }


@pytest.mark.parametrize(
    ("path", "body", "parameter"),
    [
        ("s", b"", "body"),
        ("s", b"{", "body"),
        ("s", b"[]", "body"),
        ("s", b"{}", "body"),
        ("s", b'"text"', "body"),
        ("s", b"{" + b",".join(b'"a%d":1' % n for n in range(301)) + b"}", "body"),
        ("s", b'{"a":' * 100 + b"1" + b"}" * 100, "body"),
        ("n" * 201, b'{"a":1}', "name"),
        ("a%00b", b'{"a":1}', "name"),
    ],
)
def test_what_cannot_be_set_is_refused(
    client: FlaskClient, path: str, body: bytes, parameter: str
) -> None:
    response = client.post(
        f"{CONTEXTS}/{path}", data=body, content_type="application/json"
    )
    assert response.status_code == 400
    assert response.json["parameter"] == parameter
    assert get(client, CONTEXTS)["total"] == 0


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "limit=x"])
def test_a_page_that_makes_no_sense_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"{CONTEXTS}?{query}")
    assert response.status_code == 400
    assert response.json["parameter"] == query.partition("=")[0]


def test_a_form_sets_nothing(client: FlaskClient) -> None:
    response = client.post(f"{CONTEXTS}/s", data={"a": "1"})
    assert response.status_code == 415


@pytest.mark.parametrize(
    "name", ["plain", "a/b", "../x", "..", "/lead", "a//b", "ü 🎈", "?#%2f"]
)
def test_a_context_of_any_name_is_also_found_at_the_digest_that_is_shown(
    client: FlaskClient, name: str
) -> None:
    get(client, "/api/mock/users/42", contextName=name, shape=USER)
    get(client, "/api/mock/users/42", contextName="another", shape=USER)
    digests = {
        shown["name"]: shown["digest"] for shown in get(client, CONTEXTS)["contexts"]
    }
    place = f"{CONTEXTS}/{digests[name]}"
    assert re.fullmatch("[0-9a-f]{16}", digests[name])
    assert get(client, place)["name"] == name
    posted = client.post(place, json={"colour": "blue"})
    assert posted.json is not None
    assert (posted.json["name"], posted.json["fields"]["colour"]) == (name, "blue")
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert [each["name"] for each in get(client, CONTEXTS)["contexts"]] == ["another"]


def test_a_name_that_looks_like_a_digest_is_a_name(client: FlaskClient) -> None:
    name = "0123456789abcdef"
    assert client.post(f"{CONTEXTS}/{name}", json={"a": 1}).json["name"] == name
    assert get(client, f"{CONTEXTS}/{name}")["name"] == name
