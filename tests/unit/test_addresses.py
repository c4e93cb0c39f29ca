"""The service's own endpoints can be moved out of a client's way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.addresses import Addresses
from app.errors import SettingsError
from app.settings import Secret, Settings, load_settings

MOVED = Settings(base_path="/mock/v1", service_path="/__llmock")
PAGES = ["/", "/docs", "/docs/routes", "/healthz", "/readyz", "/metrics"]
PAGES += ["/openapi.json", "/api/manage/routes", "/static/console/main.js"]


@pytest.fixture
def client() -> FlaskClient:
    return create_app(MOVED).test_client()


def rules(settings: Settings) -> list[str]:
    return [rule.rule for rule in create_app(settings).url_map.iter_rules()]


def test_every_endpoint_moves_but_the_hub() -> None:
    stay = ("/mock/v1/", "/api/mock/", "/hub/mock")
    assert [rule for rule in rules(MOVED) if not rule.startswith(stay)] == [
        f"/__llmock{rule}" for rule in rules(Settings()) if not rule.startswith(stay)
    ]


@pytest.mark.parametrize("settings", [Settings(), MOVED])
def test_no_route_can_take_an_endpoint_but_the_mock_ones(settings: Settings) -> None:
    addresses = settings.addresses
    for rule in rules(settings):
        path = re.sub("<.*?>", "x", rule)
        assert addresses.is_reserved(path) is not addresses.is_built_in(path), rule


def test_no_route_can_take_the_hub(client: FlaskClient) -> None:
    for path in ("/hub/mock", "/hub/mock/negotiate"):
        made = client.post("/__llmock/api/manage/routes", json={"path": path})
        assert (made.status_code, made.json["pointer"]) == (400, "/path")
    client.post("/__llmock/api/manage/routes", json={"path": "/{all*}", "body": "me"})
    assert client.get("/hub/other").text == "me"
    assert client.get("/hub/mock/negotiate").text != "me"


@pytest.mark.parametrize("path", PAGES)
def test_a_path_of_the_service_is_free_where_the_service_has_moved(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path).status_code == 404
    assert client.get(f"/__llmock{path}").status_code == 200
    made = client.post("/__llmock/api/manage/routes", json={"path": path, "body": "me"})
    assert made.status_code == 201, made.text
    assert client.get(path).text == "me"
    refused = client.post(
        "/__llmock/api/manage/routes", json={"path": f"/__llmock{path}", "body": "me"}
    )
    assert (refused.status_code, refused.json["pointer"]) == (400, "/path")
    assert client.get(f"/__llmock{path}").text != "me"


def test_the_built_in_endpoints_move(client: FlaskClient) -> None:
    assert client.get("/api/mock/x").status_code == 404
    assert client.get("/mock/v1/x?shape=[1]").json == [1]
    assert client.get("/mock/v1/stream/x?shape=[1]").text.startswith("id: ")
    origin = {"Origin": "https://a.example"}
    allowed = client.get("/mock/v1/x", headers=origin).headers
    assert allowed["Access-Control-Allow-Origin"] == "*"
    asked = client.options("/mock/v1/x", headers=origin)
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (
        204,
        "*",
    )


def test_access_rules_move_along() -> None:
    keyed = Settings(
        base_path="/mock/v1",
        service_path="/__llmock",
        api_keys=(Secret("k"),),
        management_api_key=Secret("m"),
    )
    client = create_app(keyed).test_client()
    for path, key in (
        ("/mock/v1/x", "k"),
        ("/__llmock/api/manage/routes", "m"),
        ("/__llmock/metrics", "m"),
    ):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"X-Api-Key": key}).status_code == 200
    key = {"X-Api-Key": "m"}
    form = client.post("/__llmock/api/manage/routes", data={"a": 1}, headers=key)
    assert form.status_code == 415
    assert client.get("/__llmock/healthz").status_code == 200


def test_management_that_has_moved_is_for_this_machine_without_a_key(
    client: FlaskClient,
) -> None:
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    for path in ("/__llmock/api/manage/routes", "/__llmock/metrics"):
        assert client.get(path, headers=proxied).status_code == 403


def test_pages_lead_to_where_the_service_is(client: FlaskClient) -> None:
    for page in ("/__llmock/", "/__llmock/docs", "/__llmock/docs/routes"):
        for link in re.findall(r'(?:href|src)="(/[^"#]*)"', client.get(page).text):
            assert client.get(link).status_code == 200, (page, link)
    described = client.get("/__llmock/openapi.json").json
    assert "/mock/v1/stream/{path}" in described["paths"]
    assert "/__llmock/api/manage/routes" in described["paths"]
    assert "[Try it](/__llmock/#stream=%2Fmock%2Fv1%2Fstream%2F" in str(described)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "BasePath: api",
            'BasePath is "api"; accepted: a path of one or more segments',
        ),
        ("BasePath: /", "a path of one or more segments"),
        ("BasePath: /a/../b", "a path of one or more segments"),
        ("BasePath: /a b", "a path of one or more segments"),
        ("BasePath: /api", "that share no path"),
        ("BasePath: /docs/mock", "that share no path"),
        ("BasePath: /api/manage", "that share no path"),
        ("{BasePath: /a, ServicePath: /a/b}", "that share no path"),
        ("{BasePath: /a/b, ServicePath: /a}", "that share no path"),
        ("ServicePath: /api", 'ServicePath is "/api"; accepted: BasePath, HubPath'),
        ("ServicePath: /api/mock/x", "that share no path"),
        ("HubPath: /api", "HubPath is"),
        ("HubPath: /docs/hub", "that share no path"),
        ("ServicePath: /hub", "ServicePath is"),
    ],
)
def test_paths_that_overlap_are_refused_at_the_start(
    tmp_path: Path, text: str, words: str
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"MockLlmApi: {text if text[0] == '{' else f'{{{text}}}'}")
    with pytest.raises(SettingsError) as refused:
        load_settings(config, {})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("base", "service"),
    [
        ("/mock", ""),
        ("/api/mocks", ""),
        ("/api", "/x"),
        ("/docs", "/x"),
        ("/a/b", "/a-"),
    ],
)
def test_paths_that_do_not_overlap_are_accepted(base: str, service: str) -> None:
    assert Addresses(base, service).are_apart
