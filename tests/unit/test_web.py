"""Sections 1 to 3 and 6 of the contract, through Flask in process."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.errors import BackendFailed, BackendTimeout, BackendUnavailable
from app.settings import Settings
from app.web.cors import METHODS
from tests.unit.fakes import FakeSource, fake_services

STOCK = {"ticker": "AAPL", "price": 150.5}
ONE = "maxDuration=1&interval=5000"


@pytest.fixture
def source() -> FakeSource:
    return FakeSource(lambda _: STOCK)


@pytest.fixture
def settings() -> Settings:
    return Settings(max_body_bytes=2000)


@pytest.fixture
def app(source: FakeSource, settings: Settings) -> Flask:
    return create_app(services=fake_services(source, settings=settings))


def events(body: bytes) -> list[Any]:
    return [
        orjson.loads(block.split(b"data: ")[1])
        for block in body.split(b"\n\n")
        if b"data: " in block
    ]


def test_a_stream_has_the_headers_of_section_3(client: FlaskClient) -> None:
    response = client.get("/api/mock/stream/stocks?sseMode=CompleteObjects")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache, no-store, no-transform"
    assert response.headers["X-Accel-Buffering"] == "no"
    stream_id = response.headers["X-Stream-Id"]
    assert response.data.startswith(f"id: {stream_id}-0-end\nretry: 2000\n".encode())
    assert "X-Response-Schema" not in response.headers


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/api/mock/stream/a/b/c", "/api/mock/a/b/c"])
def test_every_method_is_mocked_on_any_path(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 200 and b"AAPL" in response.data


def test_a_continuous_stream_begins_with_info_and_ends_with_end(
    client: FlaskClient,
) -> None:
    response = client.get(
        f"/api/mock/stream/stocks?continuous=true&sseMode=CompleteObjects&{ONE}"
    )
    got = events(response.data)
    assert [e.get("type", "data") for e in got] == ["info", "data", "end"]
    assert got[1]["data"] == STOCK
    assert response.data.count(b"-end\n") == 1


def test_the_sibling_answers_once_in_json(client: FlaskClient) -> None:
    response = client.get("/api/mock/stocks?includeSchema=1&shape={%22a%22:%22é%22}")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert response.json == STOCK
    assert response.headers["X-Response-Schema"] == '{"a":"\\u00e9"}'


def test_a_long_shape_is_not_sent_back_in_a_header(client: FlaskClient) -> None:
    shape = orjson.dumps({"a": "x" * 4000}).decode()
    response = client.get(f"/api/mock/stream/x?includeSchema=true&shape={shape}")
    assert "X-Response-Schema" not in response.headers
    assert events(response.data)[-1]["schema"] == orjson.loads(shape)


@pytest.mark.parametrize("path", ["/api/mock/stream/x", "/api/mock/x"])
def test_head_answers_headers_and_asks_nobody(
    client: FlaskClient, source: FakeSource, app: Flask, path: str
) -> None:
    response = client.head(f"{path}?continuous=true")
    assert response.status_code == 200 and response.data == b""
    assert source.asked == [] and len(app.extensions["llmock"].streams) == 0


def test_a_finished_stream_does_not_start_again(
    client: FlaskClient, source: FakeSource
) -> None:
    path = "/api/mock/stream/stocks?continuous=true&maxDuration=1"
    response = client.get(path, headers={"Last-Event-ID": "0123-17-end"})
    assert (response.status_code, response.data, source.asked) == (204, b"", [])
    response = client.get(path, headers={"Last-Event-ID": "0123-17"})
    assert response.status_code == 200


def test_a_polyfill_says_in_the_query_what_it_received_last(
    client: FlaskClient, source: FakeSource
) -> None:
    path = "/api/mock/stream/stocks?sseMode=CompleteObjects&lastEventId="
    response = client.get(f"{path}abc-5-end")
    assert (response.status_code, response.data, source.asked) == (204, b"", [])
    for last in ("abc-5", ""):
        assert client.get(path + last).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/mock/stream/x?lastEventId=a-1-end"),
        ("OPTIONS", "/api/mock/stream/x"),
        ("OPTIONS", "/api/mock/x"),
    ],
)
def test_what_has_no_body_has_no_content_type(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 204
    assert "Content-Type" not in response.headers


def test_a_file_that_is_not_modified_has_no_content_type(client: FlaskClient) -> None:
    path = "/static/console/main.js"
    tag = client.get(path).headers["ETag"]
    response = client.get(path, headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert "Content-Type" not in response.headers


def test_bad_input_is_a_problem_document(client: FlaskClient) -> None:
    response = client.get("/api/mock/stream/stocks?interval=abc")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert orjson.loads(response.data) == {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "detail": (
            "The query parameter 'interval' is 'abc'; accepted: an integer from 1 to "
            "86400000 (milliseconds)."
        ),
        "parameter": "interval",
        "value": "abc",
        "allowed": "an integer from 1 to 86400000 (milliseconds)",
    }


def test_a_body_over_the_limit_is_too_large(client: FlaskClient) -> None:
    response = client.post("/api/mock/stream/x", data=b"[" + b" " * 3000 + b"]")
    assert response.status_code == 413
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/mock/", 404),
        ("GET", "/api/manage/streams/0123", 404),
        ("POST", "/healthz", 405),
    ],
)
def test_what_is_not_there_is_a_problem_document(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert orjson.loads(response.data)["status"] == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BackendTimeout("LLM timeout"), 504),
        (BackendFailed("LLM failed"), 502),
        (BackendUnavailable("No LLM", retry_after=7), 503),
    ],
)
@pytest.mark.parametrize("path", ["/api/mock/stream/x", "/api/mock/x"])
def test_a_failure_before_the_first_event_is_a_real_status(
    client: FlaskClient, source: FakeSource, path: str, error: Exception, status: int
) -> None:
    source.make_json = lambda _: error
    response = client.get(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert (response.headers.get("Retry-After") == "7") == (status == 503)


def test_a_simulated_error_is_one_event_with_its_status(client: FlaskClient) -> None:
    query = "error=503&errorMessage=Be+back+soon&errorDetails=now"
    error = {"error": {"code": 503, "message": "Be back soon", "details": "now"}}
    for extra in ("", "&continuous=true"):
        response = client.get(f"/api/mock/stream/x?{query}{extra}")
        assert response.status_code == 503
        assert response.content_type == "text/event-stream; charset=utf-8"
        assert events(response.data) == [error]
    response = client.get(f"/api/mock/x?{query}")
    assert response.status_code == 503
    assert response.content_type == "application/json"
    assert response.json == error


def test_pages_of_any_origin_may_read_and_preflight(client: FlaskClient) -> None:
    for path in ("/api/mock/stream/x", "/api/mock/x", "/api/mock/x?interval=abc"):
        response = client.get(path, headers={"Origin": "http://example.com"})
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    response = client.options("/api/mock/stream/x", headers={"Origin": "http://a"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Methods"] == ", ".join(METHODS)


def test_a_simple_client_of_another_origin_cannot_read_management(
    client: FlaskClient,
) -> None:
    response = client.get("/api/manage/streams")
    assert "Access-Control-Allow-Origin" not in response.headers


def test_health_and_readiness(client: FlaskClient, app: Flask) -> None:
    assert client.get("/healthz").data == b"ok\n"
    assert client.get("/readyz").status_code == 200
    app.extensions["llmock"].drain()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    response = client.get("/api/mock/stream/x")
    assert response.status_code == 503 and response.headers["Retry-After"]


def test_an_open_stream_is_listed_until_it_is_closed(
    client: FlaskClient, app: Flask
) -> None:
    response = client.get(
        "/api/mock/stream/stocks/AAPL?continuous=true&sseMode=arrayitems&interval=500"
        "&contextName=c1"
    )
    body = response.iter_encoded()
    for _ in range(3):
        next(body)
    listed = client.get("/api/manage/streams").json
    assert listed is not None and listed["total"] == 1
    shown = listed["streams"][0]
    assert shown["id"] == response.headers["X-Stream-Id"]
    assert (shown["path"], shown["mode"]) == ("stocks/AAPL", "ArrayItems")
    assert (shown["intervalMs"], shown["context"]) == (500, "c1")
    assert shown["batches"] == 1 and shown["bytes"] > 0
    assert client.get(f"/api/manage/streams/{shown['id']}").json == shown
    response.close()
    listed = client.get("/api/manage/streams").json
    assert listed is not None and (listed["streams"], listed["total"]) == ([], 0)
    assert len(app.extensions["llmock"].streams) == 0


def test_a_fault_of_ours_shows_no_traceback(
    client: FlaskClient, source: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(number: int) -> object:
        raise ZeroDivisionError("a bug")

    source.make_json = broken
    response = client.get("/api/mock/x")
    assert response.status_code == 500
    assert b"bug" not in response.data and "a bug" in caplog.text
