"""Who may do what: keys, this machine, other origins, and who a client is."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from app import create_app
from app.settings import CorsSettings, Settings
from app.settings.secret import Secret
from app.web.access import client_finder
from tests.unit.fakes import FakeSource, fake_services

MANAGED = "/api/manage/streams"
DIGEST = "sha256:" + hashlib.sha256(b"hashed-key").hexdigest()


def make_client(**settings: Any) -> FlaskClient:
    source = FakeSource(lambda _: {"a": 1})
    app: Flask = create_app(
        services=fake_services(source, settings=Settings(**settings))
    )
    return app.test_client()


KEYED = {"api_keys": (Secret("plain-key"), Secret(DIGEST))}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer plain-key"}, 200),
        ({"Authorization": "bearer hashed-key"}, 200),
        ({"X-Api-Key": "plain-key"}, 200),
        ({"X-Api-Key": "hashed-key"}, 200),
        ({"X-Api-Key": DIGEST}, 401),
        ({"X-Api-Key": "plain-ke"}, 401),
        ({"X-Api-Key": "plain-key\u00e9"}, 401),
        ({"Authorization": "Basic plain-key"}, 401),
    ],
)
@pytest.mark.parametrize("path", ["/api/mock/stream/x", "/api/mock/x"])
def test_with_keys_the_mock_endpoints_want_one(
    path: str, headers: dict[str, str], status: int
) -> None:
    response = make_client(**KEYED).get(path, headers=headers)
    assert response.status_code == status
    if status == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert b"plain-key" not in response.data


#: A browser's question before a request that is not simple.
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "x-requested-with, x-client-token",
}


def test_a_preflight_needs_no_key_and_health_neither() -> None:
    client = make_client(**KEYED)
    assert client.options("/api/mock/stream/x").status_code == 204
    assert client.get("/healthz").status_code == 200


def test_a_page_can_read_why_it_was_refused() -> None:
    response = make_client(**KEYED).get("/api/mock/x", headers={"Origin": "http://a"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:5000"}, 200),
        ("127.0.0.1", {"Host": "localhost"}, 200),
        ("127.0.0.1", {"Host": "LOCALHOST:5000"}, 200),
        ("::1", {"Host": "[::1]:5000"}, 200),
        ("10.0.0.7", {"Host": "localhost"}, 403),
        ("127.0.0.1", {"Host": "rebound.example.com:5000"}, 403),
        ("127.0.0.1", {"Host": "localhost.example.com"}, 403),
        ("127.0.0.1", {"Host": "127.0.0.1.example.com"}, 403),
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Host": "localhost", "X-Real-IP": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Host": "localhost", "Forwarded": "for=10.0.0.1"}, 403),
        ("127.0.0.1", {"Host": "localhost", "Via": "1.1 proxy"}, 403),
        ("", {"Host": "localhost"}, 403),
    ],
)
def test_without_a_key_management_is_for_direct_local_clients(
    peer: str, headers: dict[str, str], status: int
) -> None:
    environ = {"REMOTE_ADDR": peer}
    response = make_client().get(MANAGED, headers=headers, environ_base=environ)
    assert response.status_code == status


def test_with_a_management_key_that_key_decides() -> None:
    client = make_client(management_api_key=Secret("secret"), **KEYED)
    far = {"REMOTE_ADDR": "10.0.0.7"}
    right = client.get(MANAGED, headers={"X-Api-Key": "secret"}, environ_base=far)
    assert right.status_code == 200
    assert client.get(MANAGED).status_code == 401
    mock_key = client.get(MANAGED, headers={"X-Api-Key": "plain-key"})
    assert mock_key.status_code == 401


@pytest.mark.parametrize(
    "form", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
)
def test_a_simple_form_changes_nothing(form: str) -> None:
    response = make_client().post(f"{MANAGED}/x", data="a=1", content_type=form)
    assert response.status_code == 415
    assert f"The header Content-Type is '{form}" in response.get_json()["detail"]
    none = make_client().post(f"{MANAGED}/x", data="a=1")
    assert (none.status_code, none.get_json()["detail"]) == (
        415,
        "The header Content-Type is missing; changes are accepted as application/json.",
    )


def test_management_is_never_shared_with_other_origins() -> None:
    client = make_client()
    for method in ("GET", "OPTIONS"):
        response = client.open(MANAGED, method=method, headers={"Origin": "http://a"})
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://one.example", True),
        ("https://ONE.example", True),
        ("https://two.example:8443", True),
        ("https://two.example", False),
        ("http://one.example", False),
        ("null", False),
    ],
)
def test_configured_origins_and_no_others_may_read(origin: str, allowed: bool) -> None:
    origins = ("https://one.example", "https://two.example:8443")
    for credentials in (False, True):
        client = make_client(
            cors=CorsSettings(allowed_origins=origins, allow_credentials=credentials)
        )
        for method in ("GET", "OPTIONS"):
            headers = {**ASKED, "Origin": origin}
            answer = client.open("/api/mock/x", method=method, headers=headers).headers
            shown = answer.get("Access-Control-Allow-Origin")
            assert shown == (origin if allowed else None)
            assert "Origin" in answer["Vary"].split(", ")
            shown = answer.get("Access-Control-Allow-Credentials")
            assert shown == ("true" if allowed and credentials else None)
            shown = answer.get("Access-Control-Allow-Headers")
            asked = ASKED["Access-Control-Request-Headers"]
            assert shown == (asked if allowed and method == "OPTIONS" else None)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (
            "x-requested-with, traceparent, x-client-token",
            "x-requested-with, traceparent, x-client-token",
        ),
        ("x-requested-with,traceparent", "x-requested-with, traceparent"),
        ("a b, ok, <x>, é", "ok"),
        ("", None),
        (None, None),
    ],
)
def test_a_page_may_send_any_header_that_has_the_name_of_one(
    asked: str | None, allowed: str | None
) -> None:
    headers = {"Origin": "http://a", "Access-Control-Request-Method": "POST"}
    if asked is not None:
        headers["Access-Control-Request-Headers"] = asked
    response = make_client().options("/api/mock/stream/x", headers=headers)
    assert response.status_code == 204
    assert response.headers.get("Access-Control-Allow-Headers") == allowed
    assert response.headers["Vary"] == "Access-Control-Request-Headers"


@pytest.mark.parametrize("path", ["/api/mock/x", "/healthz", "/nowhere", MANAGED])
def test_browsers_are_told_to_do_nothing_else_with_a_response(path: str) -> None:
    headers = make_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ((), "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (("10.0.0.0/8",), "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (("10.0.0.0/8",), "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (("10.0.0.0/8",), "10.0.0.1", "", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        (("10.0.0.0/8",), "10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        (("10.0.0.0/8",), "192.168.0.1", "1.2.3.4", "192.168.0.1"),
        (("unix",), "", "1.2.3.4", "1.2.3.4"),
        ((), "", "1.2.3.4", "unix"),
    ],
)
def test_the_client_is_the_first_hop_that_nobody_trusts(
    trusted: tuple[str, ...], peer: str, forwarded: str, client: str
) -> None:
    find = client_finder(Settings(trusted_proxies=trusted))
    builder = EnvironBuilder(
        headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": peer}
    )
    assert find(Request(builder.get_environ())) == client


def test_one_client_cannot_take_every_stream() -> None:
    client = make_client(max_streams_per_client=1, trusted_proxies=("127.0.0.1/32",))
    path = "/api/mock/stream/x?continuous=true"
    first = client.get(path, headers={"X-Forwarded-For": "1.1.1.1"})
    next(iter(first.response))
    refused = client.get(path, headers={"X-Forwarded-For": "1.1.1.1"})
    assert refused.status_code == 503 and refused.headers["Retry-After"]
    other = client.get(path, headers={"X-Forwarded-For": "2.2.2.2"})
    assert other.status_code == 200
    other.close()
    first.close()
    again = client.get(path, headers={"X-Forwarded-For": "1.1.1.1"})
    assert again.status_code == 200
    again.close()
