"""Hub contexts at the addresses of LLMApi, and who may change them there."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from app.settings.secret import Secret

CONTEXTS = "/api/mock/contexts"
SERVED = Settings(original_hub_endpoints=True)


@pytest.fixture
def settings() -> Settings:
    return SERVED


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


def test_a_context_is_made_listed_shown_steered_and_deleted(
    client: FlaskClient,
) -> None:
    made = client.post(CONTEXTS, json={"Name": "Weather", "Path": "/weather"})
    assert made.status_code == 200
    assert made.json["message"] == "Context 'Weather' registered"
    context = made.json["context"]
    assert (context["name"], context["path"]) == ("Weather", "/weather")
    assert client.get(CONTEXTS).json == {"contexts": [context], "count": 1}
    assert client.get(f"{CONTEXTS}/weather").json == context
    for verb, is_active in (("stop", False), ("start", True)):
        answer = client.post(f"{CONTEXTS}/weather/{verb}")
        assert (answer.status_code, [*answer.json]) == (200, ["message"])
        shown = client.get(f"{CONTEXTS}/weather").json
        assert shown["isActive"] is is_active
    assert [*client.delete(f"{CONTEXTS}/weather").json] == ["message"]
    assert client.get(CONTEXTS).json["count"] == 0


def test_a_context_is_made_of_a_form(client: FlaskClient) -> None:
    form = {
        "name": "orders",
        "description": "",
        "shape": '{"id":1}',
        "error": "503",
        "errorMessage": "Closed",
        "errorDetails": "Lunch",
    }
    made = client.post(CONTEXTS, data=form).json["context"]
    assert (made["description"], made["shape"]) == (None, '{"id":1}')
    error = {"statusCode": 503, "message": "Closed", "details": "Lunch"}
    assert made["errorConfig"] == error


def test_errors_are_told_in_its_way(client: FlaskClient) -> None:
    client.post(CONTEXTS, json={"name": "x"})
    answers = [
        (client.post(CONTEXTS, json={}), 400),
        (client.post(CONTEXTS, data={"name": "y", "error": "many"}), 400),
        (client.post(CONTEXTS, json={"name": "X"}), 409),
        (client.get(f"{CONTEXTS}/nope"), 404),
        (client.delete(f"{CONTEXTS}/nope"), 404),
        (client.post(f"{CONTEXTS}/nope/start"), 404),
    ]
    for answer, status in answers:
        assert (answer.status_code, [*answer.json]) == (status, ["error"])


@pytest.mark.parametrize("settings", [Settings(), Settings(enable_signalr=False)])
def test_it_is_a_mock_path_like_any_other_unless_it_is_asked_for(
    client: FlaskClient,
) -> None:
    assert "count" not in client.get(CONTEXTS).json
    assert client.post(f"{CONTEXTS}/x/start").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"Host": "evil.example"},
    ],
)
def test_a_page_or_a_proxied_client_changes_nothing(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    for refused in (
        client.post(CONTEXTS, data={"name": "x"}, headers=headers),
        client.delete(f"{CONTEXTS}/x", headers=headers),
        client.post(f"{CONTEXTS}/x/stop", headers=headers),
    ):
        assert (refused.status_code, [*refused.json]) == (403, ["error"])
    assert client.get(CONTEXTS, headers=headers).status_code == 200


def test_the_services_own_pages_may(client: FlaskClient) -> None:
    own = {"Origin": "http://localhost"}
    assert client.post(CONTEXTS, json={"name": "x"}, headers=own).status_code == 200


@pytest.mark.parametrize(
    "settings",
    [
        Settings(
            original_hub_endpoints=True,
            api_keys=(Secret("mock"),),
            management_api_key=Secret("manage"),
        )
    ],
)
def test_with_a_management_key_changes_need_it(client: FlaskClient) -> None:
    def status(key: str) -> int:
        headers = {"X-Api-Key": key}
        return client.post(CONTEXTS, json={"name": "x"}, headers=headers).status_code

    assert [status(key) for key in ("", "mock", "manage")] == [401, 401, 200]
    assert client.get(CONTEXTS, headers={"X-Api-Key": "mock"}).status_code == 200
    assert client.get(CONTEXTS).status_code == 401


def test_pages_may_read_and_not_change(client: FlaskClient) -> None:
    page = {"Origin": "https://app.example"}
    allowed = "Access-Control-Allow-Origin"
    assert allowed in client.get(CONTEXTS, headers=page).headers
    for method, may in (("GET", True), ("POST", False), ("DELETE", False)):
        asking = {**page, "Access-Control-Request-Method": method}
        answer = client.options(CONTEXTS, headers=asking)
        assert (allowed in answer.headers) is may
    refused = client.post(CONTEXTS, json={"name": "x"}, headers=page)
    assert refused.status_code == 403 and allowed not in refused.headers
