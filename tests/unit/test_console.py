"""The console's page and the stream of what goes on, in process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from app.settings.secret import Secret
from app.web.manage.events import MAX_ROWS
from tests.unit.fakes import FakeSource, fake_services

EVENTS = "/api/mock/stream/x?continuous=true"


def make(settings: Settings) -> Flask:
    return create_app(
        services=fake_services(FakeSource(lambda _: 1), settings=settings)
    )


@pytest.fixture
def app() -> Flask:
    return make(Settings())


def test_the_page_may_load_nothing_that_is_not_ours(client: FlaskClient) -> None:
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200 and response.mimetype == "text/html"
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "*" not in policy


def test_the_page_knows_what_the_server_does_by_itself() -> None:
    settings = Settings(enable_continuous_streaming=True, locale="de")
    page = make(settings).test_client().get("/").text
    data = page.split('id="page-data">')[1].split("</script>")[0]
    defaults = json.loads(data)["defaults"]
    assert defaults["continuous"] is True and defaults["locale"] == "de"
    assert '<option value="stocks">' in page


def first_event(response: Any) -> dict[str, Any]:
    frame = next(response.iter_encoded()).decode()
    event: dict[str, Any] = json.loads(frame.split("data: ")[1])
    return event


def test_a_snapshot_holds_streams_contexts_and_backends(app: Flask) -> None:
    client = app.test_client()
    stream = client.get(EVENTS, buffered=False)
    next(stream.iter_encoded())
    response = client.get("/api/manage/events")
    event = first_event(response)
    assert response.mimetype == "text/event-stream"
    assert [row["path"] for row in event["streams"]["rows"]] == ["x"]
    assert event["streams"]["total"] == 1
    assert event["contexts"] == {"rows": [], "total": 0}
    assert event["backends"]["total"] == len(event["backends"]["rows"])
    response.close()
    stream.close()


def test_of_many_streams_the_newest_are_sent(app: Flask) -> None:
    client = app.test_client()
    opened = [client.get(EVENTS, buffered=False) for _ in range(MAX_ROWS + 3)]
    response = client.get("/api/manage/events")
    streams = first_event(response)["streams"]
    assert len(streams["rows"]) == MAX_ROWS and streams["total"] == MAX_ROWS + 3
    for each in [response, *opened]:
        each.close()


def test_it_is_for_those_who_may_manage() -> None:
    client = make(Settings(management_api_key=Secret("the key"))).test_client()
    assert client.get("/api/manage/events").status_code == 401
    proxied = {"X-Forwarded-For": "203.0.113.7"}
    local = make(Settings()).test_client()
    assert local.get("/api/manage/events", headers=proxied).status_code == 403
