"""Routes as a client meets them: what is refused, and that what is not serves."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Secret, Settings, load_settings
from app.sse.parser import SseParser


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/docs/../docs", "/static/nothing.js", "/api/manage/nothing"]
)
def test_a_path_below_the_services_own_that_is_not_there_is_a_404(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method, json={})
    assert answer.status_code in (404, 405)
    nearest = (answer.get_json(silent=True) or {}).get("nearest", ())
    assert {each["reason"] for each in nearest} <= {"a path of the service itself"}


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/api/manage/rotes", "/api/manage/routes"),
        ("/api/manage/specs/a/b", "/api/manage/specs/{name}"),
        ("/api/mok/users", "/api/mock/{path}"),
        ("/docs/optoins", "/docs/options"),
        ("/docs/viewer/none.css", "/docs/viewer/{name}"),
    ],
)
def test_a_path_like_one_of_the_services_own_names_it(
    client: FlaskClient, path: str, near: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert near in [each["name"] for each in answer.get_json()["nearest"]]


PRICES = {
    "path": "/v1/prices/{symbol}/stream",
    "stream": {"events": [{"event": "price", "shape": {"symbol": "AAPL", "p": 1.5}}]},
}
MANAGE = "/api/manage/routes"


def make(client: FlaskClient, *routes: object) -> list[str]:
    answer = client.post(MANAGE, json=[*routes])
    assert answer.status_code == 201, answer.text
    return [each["name"] for each in answer.get_json()["routes"]]


def first_blocks(client: FlaskClient, path: str, count: int) -> bytes:
    answer = client.get(path, buffered=False)
    assert answer.status_code == 200, answer.text
    blocks = b"".join(block for block, _ in zip(answer.response, range(count)))
    answer.close()
    return blocks


def test_routes_are_made_shown_replaced_and_deleted(client: FlaskClient) -> None:
    assert make(client, PRICES) == ["get-v1-prices-symbol-stream"]
    assert client.post(MANAGE, json={**PRICES, "name": "x"}).status_code == 201
    assert client.post(MANAGE, json={**PRICES, "name": "x"}).status_code == 409
    shown = client.get(f"{MANAGE}/x").get_json()
    assert (shown["source"], shown["path"]) == ("run time", PRICES["path"])
    replaced = client.put(f"{MANAGE}/x", json={"path": "/y", "body": {"a": 1}})
    assert replaced.get_json()["path"] == "/y"
    assert client.get("/y").get_json() == {"a": 1}
    assert client.delete(MANAGE).status_code == 400
    assert client.delete(f"{MANAGE}?prefix=/v1").get_json() == {"deleted": 1}
    assert client.delete(f"{MANAGE}/x").status_code == 204
    assert client.delete(f"{MANAGE}/x").status_code == 404
    assert client.get(MANAGE).get_json() == {"routes": [], "total": 0}


def test_a_list_is_made_whole_or_not_at_all(client: FlaskClient) -> None:
    answer = client.post(MANAGE, json=[PRICES, {"path": "/y", "stats": 1}])
    assert answer.status_code == 400
    assert answer.get_json()["pointer"] == "/1/stats"
    assert client.get(MANAGE).get_json()["total"] == 0


def test_a_stream_says_when_to_reconnect_and_then_sends_bare_events(
    client: FlaskClient,
) -> None:
    make(client, PRICES)
    retry, event = first_blocks(client, "/v1/prices/TSLA/stream", 2).split(b"\n", 1)
    assert retry == b"retry: 2000"
    assert event.startswith(b"event: price\nid: ")
    assert b'"symbol":"TSLA"' in event


@pytest.mark.parametrize(
    ("framing", "kind", "blocks", "text"),
    [
        ("ndjson", "application/x-ndjson", 2, b'{"a":1}\n{"a":1}\n'),
        ("json-seq", "application/json-seq", 2, b'\x1e{"a":1}\n\x1e{"a":1}\n'),
        ("json-array", "application/json", 3, b'[\n{"a":1},\n{"a":1}\n]\n'),
    ],
)
def test_a_stream_has_the_framing_that_its_route_names(
    client: FlaskClient, framing: str, kind: str, blocks: int, text: bytes
) -> None:
    stream = {"framing": framing, "intervalMs": 1, "maxEvents": 2}
    stream["events"] = [{"data": {"a": 1}}]
    make(client, {"path": "/f", "stream": stream})
    answer = client.get("/f")
    assert answer.headers["Content-Type"] == kind
    assert answer.data == text


def test_a_script_is_sent_step_by_step_and_closes(client: FlaskClient) -> None:
    script = [{"data": "a\nb"}, {"event": "e", "data": [1], "id": "7", "afterMs": 1}]
    stream = {"script": script, "closing": [{"data": "[DONE]"}], "ids": "none"}
    make(client, {"path": "/s", "stream": stream})
    assert client.get("/s").data == (
        b"retry: 2000\ndata: a\ndata: b\n\nevent: e\nid: 7\ndata: [1]\n\n"
        b"data: [DONE]\n\n"
    )


def test_text_of_several_lines_is_several_data_lines(client: FlaskClient) -> None:
    stream = {"maxEvents": 2, "intervalMs": 1, "events": [{"data": "a\nb"}]}
    make(client, {"path": "/l", "stream": stream})
    assert client.get("/l").data.count(b"\ndata: a\ndata: b\n\n") == 2


def test_the_last_event_of_a_bounded_stream_ends_it_for_good(
    client: FlaskClient,
) -> None:
    stream = {"maxEvents": 2, "intervalMs": 1, "events": [{"data": 1}]}
    make(client, {"path": "/b", "stream": stream})
    sent = client.get("/b").text
    last = sent.rpartition("id: ")[2].partition("\n")[0]
    assert last.endswith("-1-end")
    again = client.get("/b", headers={"Last-Event-ID": last})
    assert again.status_code == 204
    other = client.head("/b", headers={"Last-Event-ID": "order-end"})
    assert other.status_code == 200


def test_the_contracts_envelope_stands_around_the_events_of_a_route(
    client: FlaskClient,
) -> None:
    stream = {"envelope": "contract", "maxEvents": 1, "intervalMs": 1}
    make(client, {"path": "/c", "shape": {"a": 1}, "stream": stream})
    sent = client.get("/c").text
    assert '"type":"info"' in sent and '"reason":"max_events"' in sent


def test_two_failures_and_then_the_stream_are_two_routes(client: FlaskClient) -> None:
    path = "/v1/orders"
    failing = {"path": path, "times": 2, "status": 503, "headers": {"Retry-After": "1"}}
    make(client, {**failing, "body": "down"}, {"path": path, "body": {"ok": True}})
    assert client.head(path).status_code == 503
    statuses = [client.get(path).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_a_route_may_stand_in_front_of_a_built_in_endpoint(
    client: FlaskClient,
) -> None:
    make(client, {"path": "/api/mock/users", "body": {"mine": True}})
    assert client.get("/api/mock/users").get_json() == {"mine": True}


def test_another_method_is_a_405_and_another_path_names_the_nearest(
    client: FlaskClient,
) -> None:
    make(client, PRICES)
    wrong = client.post("/v1/prices/AAPL/stream")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET")
    missing = client.get("/v1/price/AAPL/stream")
    assert missing.status_code == 404
    (nearest,) = missing.get_json()["nearest"]
    assert nearest["reason"] == f"its path is {PRICES['path']}"


def test_a_response_of_a_route_cannot_own_the_console(client: FlaskClient) -> None:
    own = {"content-security-policy": "default-src *"}
    make(client, {"path": "/h", "body": "<p>", "headers": own})
    headers = client.get("/h").headers
    assert headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_would_serve_a_request_is_told_without_counting(
    client: FlaskClient,
) -> None:
    make(client, {"path": "/t", "times": 1, "body": 1})
    for _ in range(2):
        asked = client.post(f"{MANAGE}/match", json={"path": "/t?a=1"})
        assert asked.get_json()["route"] == "get-t"
    assert client.get("/t").status_code == 200
    asked = client.post(f"{MANAGE}/match", json={"path": "/t"})
    assert asked.get_json()["nearest"] == [
        {"name": "get-t", "reason": "its Times are used up"}
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/event-stream", "text/event-stream; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("*/*", "application/json"),
    ],
)
def test_any_other_path_is_answered_where_the_configuration_says_so(
    accept: str, kind: str
) -> None:
    client = create_app(Settings(catch_all=True)).test_client()
    path = "/things/7?maxEvents=1&interval=1&continuous=true"
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert '"type":"info"' not in answer.text
    assert client.get("/api/manage/nothing").status_code == 404


def test_a_preflight_of_a_route_allows_its_methods(client: FlaskClient) -> None:
    make(client, PRICES)
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/v1/prices/AAPL/stream", headers=asked)
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get(MANAGE).headers


def test_a_route_wants_a_key_only_where_it_says_so() -> None:
    settings = Settings(api_keys=(Secret("k"),))
    client = create_app(settings).test_client()
    make(
        client, {"path": "/a", "body": 1}, {"path": "/b", "body": 1, "requireKey": True}
    )
    assert client.get("/a").status_code == 200
    assert client.get("/b").status_code == 401
    assert client.get("/b", headers={"X-Api-Key": "k"}).status_code == 200


KEYED = Settings(api_keys=(Secret("k"),))


def test_a_request_without_a_key_uses_up_no_times_and_is_not_passed_on() -> None:
    client = create_app(KEYED).test_client()
    path = {"path": "/a"}
    make(client, {**path, "name": "first", "body": 1, "times": 1, "requireKey": True})
    make(client, {**path, "name": "second", "body": 2})
    for _ in range(3):
        assert client.get("/a").status_code == 401
        assert client.get("/a", headers={"X-Api-Key": "wrong"}).status_code == 401
    key = {"Authorization": "Bearer k"}
    assert client.head("/a", headers=key).status_code == 200
    assert client.get("/a", headers=key).json == 1
    assert client.get("/a").json == 2
    assert [route["hits"] for route in client.get(MANAGE).json["routes"]] == [1, 1]


def test_a_route_that_wants_no_key_leaves_the_clients_own_alone() -> None:
    client = create_app(KEYED).test_client()
    body = {"sent": "{{header.authorization}}"}
    make(client, {"path": "/a", "body": body})
    own = {"Authorization": "Bearer the-clients-own"}
    assert client.get("/a", headers=own).json == {"sent": "Bearer the-clients-own"}
    assert client.get("/api/mock/x", headers=own).status_code == 401


def test_what_catch_all_answers_wants_a_key() -> None:
    settings = Settings(api_keys=(Secret("k"),), catch_all=True)
    client = create_app(settings).test_client()
    assert client.get("/anything").status_code == 401
    assert client.get("/anything", headers={"X-Api-Key": "k"}).status_code == 200


@pytest.mark.parametrize(
    ("ids", "expected"),
    [("counter", ["0", "1", "2"]), ("none", [""] * 3)],
)
def test_ids_of_ones_own_begin_anew_in_each_stream(
    client: FlaskClient, ids: str, expected: list[str]
) -> None:
    stream = {"ids": ids, "intervalMs": 1, "maxEvents": 3, "events": [{"data": 1}]}
    make(client, {"path": "/s", "stream": stream})
    for _ in range(2):
        lines = client.get("/s").text.splitlines()
        found = [line.partition(": ")[2] for line in lines if line.startswith("id")]
        assert (found or [""] * 3) == expected


def test_uuids_are_all_different(client: FlaskClient) -> None:
    stream = {"ids": "uuid", "intervalMs": 1, "maxEvents": 5, "events": [{"data": 1}]}
    make(client, {"path": "/s", "stream": stream})
    lines = (client.get("/s").text + client.get("/s").text).splitlines()
    found = {UUID(line[4:]) for line in lines if line.startswith("id: ")}
    assert len(found) == 10


def test_a_replaced_route_keeps_its_place(client: FlaskClient) -> None:
    make(client, *({"name": name, "path": "/a", "body": name} for name in "abc"))
    shown = client.put(f"{MANAGE}/a", json={"path": "/a", "body": "new", "times": 1})
    assert shown.status_code == 200
    names = [route["name"] for route in client.get(MANAGE).json["routes"]]
    assert names == ["a", "b", "c"]
    assert [client.get("/a").text for _ in range(2)] == ["new", "b"]
    client.put(f"{MANAGE}/a", json={"path": "/a", "body": "new", "times": 1})
    assert client.get("/a").text == "new"  # its Times begin anew


def test_put_makes_a_route_of_the_name_in_its_path_only(client: FlaskClient) -> None:
    assert client.put(f"{MANAGE}/mine", json={"path": "/m"}).status_code == 200
    assert client.get(f"{MANAGE}/mine").json["path"] == "/m"
    other = client.put(f"{MANAGE}/mine", json={"name": "yours", "path": "/m"})
    assert (other.status_code, other.json["pointer"]) == (400, "/name")
    assert client.put(f"{MANAGE}/a%20b", json={"path": "/m"}).status_code == 400
    broken = client.put(f"{MANAGE}/mine", json={"path": "m"})
    assert (broken.status_code, broken.json["pointer"]) == (400, "/path")
    assert client.get(f"{MANAGE}/mine").json["path"] == "/m"


def test_a_limit_is_told_with_the_name_of_its_setting() -> None:
    settings = Settings(max_routes=2, max_route_bytes=1000)
    client = create_app(settings).test_client()
    make(client, {"name": "a", "path": "/a"})
    many = client.post(MANAGE, json=[{"path": "/b"}, {"path": "/c"}])
    assert (many.status_code, "MaxRoutes" in many.json["detail"]) == (409, True)
    assert len(client.get(MANAGE).json["routes"]) == 1
    make(client, {"name": "b", "path": "/b"})
    for answer in (
        client.post(MANAGE, json={"path": "/c"}),
        client.put(f"{MANAGE}/c", json={"path": "/c"}),
    ):
        assert (answer.status_code, "MaxRoutes" in answer.json["detail"]) == (409, True)
    assert client.put(f"{MANAGE}/b", json={"path": "/c"}).status_code == 200
    long = {"path": "/b", "body": "x" * 1000}
    for answer in (
        client.post(MANAGE, json=[long]),
        client.put(f"{MANAGE}/b", json=long),
        client.post(f"{MANAGE}/check", json=long),
    ):
        assert answer.status_code == 413
        assert "MaxRouteBytes" in answer.json["detail"]


def test_preflights_use_up_no_times(client: FlaskClient) -> None:
    make(client, {"name": "a", "path": "/a", "body": 1, "times": 1})
    for _ in range(3):
        assert client.options("/a").status_code == 204
    assert client.get(f"{MANAGE}/a").json["timesLeft"] == 1
    assert client.get("/a").status_code == 200
    assert client.get("/a").status_code == 404


def test_any_is_every_method_but_options_and_head(client: FlaskClient) -> None:
    make(client, {"path": "/a", "methods": ["ANY"], "body": 1})
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
        assert client.open("/a", method=method).status_code == 200, method
    make(client, {"path": "/b", "methods": ["POST"], "body": 1})
    refused = client.get("/b")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_another_method_is_a_405_also_where_catch_all_answers_any_path() -> None:
    client = create_app(Settings(catch_all=True)).test_client()
    make(client, {"path": "/a", "methods": ["POST"], "body": 1})
    assert client.get("/a").status_code == 405
    assert client.get("/b").status_code == 200


@pytest.mark.parametrize("stream", [None, {"maxEvents": 1, "events": [{"data": 1}]}])
def test_a_response_cannot_own_the_console_unless_an_operator_lets_it(
    tmp_path: Path, stream: object
) -> None:
    headers = {"content-security-policy": "none", "X-Content-type-options": "x"}
    route = {"Path": "/a", "Headers": headers, "Stream": stream}
    client = create_app(Settings()).test_client()
    make(client, route)
    sent = client.get("/a").headers
    assert sent.get_all("Content-Security-Policy") == ["sandbox"]
    assert sent.get_all("X-Content-Type-Options") == ["nosniff"]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"MockLlmApi": {"Routes": [route]}}))
    sent = create_app(load_settings(config, {})).test_client().get("/a").headers
    assert sent.get_all("Content-Security-Policy") == ["none"]
    assert sent.get_all("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("mode", ["CompleteObjects", "ArrayItems", "LlmTokens"])
@pytest.mark.parametrize("limit", [{"maxEvents": 2}, {"continuous": False}])
@pytest.mark.parametrize("envelope", ["bare", "contract"])
def test_every_event_of_a_kind_has_its_name(
    client: FlaskClient, mode: str, limit: dict[str, object], envelope: str
) -> None:
    kind = {"event": "price", "shape": [{"name": "one two"}, {"name": "three"}]}
    stream = {"intervalMs": 1, "mode": mode, "envelope": envelope, "events": [kind]}
    make(client, {"path": "/s", "stream": {**stream, **limit}})
    events = [*SseParser().feed(client.get("/s").data)]
    told = [event for event in events if b'"type"' not in (event.data or b"")]
    assert len(told) > 1
    for event in told:
        assert event.fields is not None and event.fields.name == b"price"


@pytest.mark.parametrize("mode", ["CompleteObjects", "ArrayItems", "LlmTokens"])
@pytest.mark.parametrize("limit", [{"maxEvents": 2}, {"continuous": False}])
def test_the_last_event_of_a_bare_stream_says_so_where_that_is_known(
    client: FlaskClient, mode: str, limit: dict[str, object]
) -> None:
    stream = {"intervalMs": 1, "mode": mode, **limit}
    shape = [{"name": "one two"}, {"name": "three"}]
    make(client, {"path": "/s", "shape": shape, "stream": stream})
    ids = [line for line in client.get("/s").text.splitlines() if line[:3] == "id:"]
    assert [line.endswith("-end") for line in ids] == [False] * (len(ids) - 1) + [True]
    again = client.get("/s", headers={"Last-Event-ID": ids[-1].removeprefix("id: ")})
    assert again.status_code == 204
    closing = {**stream, "closing": [{"data": "[DONE]"}]}
    client.put(
        f"{MANAGE}/get-s", json={"path": "/s", "shape": shape, "stream": closing}
    )
    lines = client.get("/s").text.splitlines()
    ends = [line for line in lines if line.endswith("-end")]
    assert lines[-3:] == [*ends, "data: [DONE]", ""]
