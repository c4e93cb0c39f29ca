"""Who reaches management over real connections, and what other pages can do."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from urllib.parse import quote

import pytest

from tests.system.proxy import Proxy, proxied
from tests.system.server import Server, serve

STREAMS = "/api/manage/streams"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def ask(
    address: tuple[str, int],
    path: str,
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request, whose headers are sent as given."""
    with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        named = {name.lower() for name, _ in headers}
        connection.putrequest(
            method, path, skip_host="host" in named, skip_accept_encoding=True
        )
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


# This machine, and proxies


@pytest.mark.parametrize(
    "header",
    [
        ("Forwarded", "for=10.0.0.1"),
        ("Via", "1.1 proxy"),
        ("X-Forwarded", "10.0.0.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Server", "proxy"),
        ("X-Real-IP", "127.0.0.1"),
        ("X-Client-IP", "127.0.0.1"),
        ("X-Cluster-Client-IP", "127.0.0.1"),
        ("CF-Connecting-IP", "127.0.0.1"),
        ("CF-Connecting-IPv6", "::1"),
        ("True-Client-IP", "127.0.0.1"),
        ("Fastly-Client-IP", "127.0.0.1"),
        ("X-Envoy-External-Address", "127.0.0.1"),
    ],
)
def test_a_proxied_visitor_reaches_no_management(
    server: Server, header: tuple[str, str]
) -> None:
    assert ask(server.address, STREAMS)[0] == 200
    for path in (STREAMS, "/metrics"):
        assert ask(server.address, path, headers=[header])[0] == 403


@pytest.mark.parametrize("host", ["::", "::1"])
def test_a_server_on_ipv6_is_managed_from_this_machine(host: str) -> None:
    with serve(env={"HOST": host}) as server:
        port = server.address[1]
        local = ["::1"] if host == "::1" else ["::1", "127.0.0.1"]
        for address in local:
            assert ask((address, port), STREAMS)[0] == 200
            rebound = [("Host", f"rebound.example:{port}")]
            assert ask((address, port), STREAMS, headers=rebound)[0] == 403
        mapped = [("Host", f"[::ffff:127.0.0.1]:{port}")]
        assert ask((local[-1], port), STREAMS, headers=mapped)[0] == 200


def test_a_trusted_proxy_is_recognised_on_an_ipv6_socket_too() -> None:
    config = "MockLlmApi: {TrustedProxies: [127.0.0.0/8], ManagementApiKey: k}"
    with serve(config, env={"HOST": "::"}) as server:
        address = "127.0.0.1", server.address[1]
        sock = socket.create_connection(address, timeout=10)
        sock.sendall(
            b"GET /api/mock/stream/x?continuous=true HTTP/1.1\r\nHost: a\r\n"
            b"X-Forwarded-For: 10.1.2.3\r\n\r\n"
        )
        assert b"data: " in sock.recv(65_536) + sock.recv(65_536)
        _, _, body = ask(address, STREAMS, headers=[("X-Api-Key", "k")])
        assert [each["client"] for each in json.loads(body)["streams"]] == ["10.1.2.3"]
        sock.close()


# Other pages (cross-site requests)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (None, None),
        (None, b""),
        ("", b"{}"),
        ("text/plain", b"{}"),
        ("application/x-www-form-urlencoded", b"a=1"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("text/plain; application/json", b"{}"),
        ("application/jsonp", b"{}"),
    ],
)
@pytest.mark.parametrize("path", [f"{STREAMS}/x", "/api/manage/contexts/x"])
def test_a_change_that_a_page_can_send_by_itself_is_refused(
    server: Server, method: str, kind: str | None, body: bytes | None, path: str
) -> None:
    headers = [] if kind is None else [("Content-Type", kind)]
    status, _, text = ask(server.address, path, method, headers, body)
    assert status == 415
    detail = json.loads(text)["detail"]
    came = "missing" if kind is None else repr(kind)
    assert detail.startswith(f"The header Content-Type is {came}; changes are accepted")


def test_a_change_as_json_is_made_and_deleting_needs_no_body(server: Server) -> None:
    path = "/api/manage/contexts/made"
    headers = [("Content-Type", "application/json; charset=utf-8")]
    status, _, _ = ask(server.address, path, "POST", headers, b'{"user":{"id":7}}')
    assert status in (200, 201, 204)
    assert ask(server.address, path)[0] == 200
    assert ask(server.address, path, "DELETE")[0] == 204


def test_no_page_of_another_origin_reads_or_prepares_a_change(server: Server) -> None:
    for method in ("GET", "OPTIONS", "DELETE"):
        headers = [
            ("Origin", "http://evil.example"),
            ("Access-Control-Request-Method", "DELETE"),
        ]
        _, answered, _ = ask(server.address, f"{STREAMS}/x", method, headers)
        assert not [name for name in answered if name.startswith("Access-Control")]


# Markup

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
MARKED = quote(MARKUP)


@pytest.mark.parametrize(
    "path",
    [
        f"/api/mock/x/{MARKED}?shape={{%22a%22:1}}",
        f"/api/mock/x?shape={{%22{MARKED.replace('%22', '')}%22:1}}",
        f"/api/mock/x?error=418&errorMessage={MARKED}",
        f"/api/mock/x?sseMode={MARKED}",
        f"/api/mock/x?contextName={MARKED}",
        f"/api/mock/stream/x?error=418&errorMessage={MARKED}",
        f"/{MARKED}",
        f"/docs/{MARKED}",
        f"/api/manage/streams/{MARKED}",
        f"/api/manage/contexts/{MARKED}",
        f"/api/manage/streams?path={MARKED}&limit={MARKED}",
        f"/?{MARKED}={MARKED}",
        f"/docs?url={MARKED}",
        f"/openapi.json?x={MARKED}",
    ],
)
def test_markup_of_a_stranger_is_never_part_of_a_page(
    server: Server, path: str
) -> None:
    headers = [("Referer", MARKUP), ("User-Agent", MARKUP), ("Host", "localhost")]
    _, answered, body = ask(server.address, path, headers=headers)
    assert answered["X-Content-Type-Options"] == "nosniff"
    if answered.get("Content-Type", "").startswith("text/html"):
        assert b"alert(1)" not in body
        policy = answered["Content-Security-Policy"]
        assert "unsafe-eval" not in policy and "script-src *" not in policy


def test_a_host_that_is_markup_is_never_part_of_a_page(server: Server) -> None:
    for path in ("/", "/docs", "/openapi.json", "/docs/nothing", "/api//mock/x"):
        _, answered, body = ask(server.address, path, headers=[("Host", MARKUP)])
        if answered.get("Content-Type", "").startswith("text/html"):
            assert b"<script>alert(1)" not in body and b"onerror=alert" not in body


# Through nginx

MANAGED = (
    "/api/manage/streams",
    "/metrics",
    "/readyz",
)
FORMS = (
    "/api/manage",
    "/api/manage/",
    "//api/manage/streams",
    "/api//manage/streams",
    "/api/manage//streams",
    "/api/./manage/streams",
    "/./api/manage/streams",
    "/api/mock/../manage/streams",
    "/api/mock/x/../../manage/streams",
    "/x/../api/manage/streams",
    "/%61pi/manage/streams",
    "/api/%6danage/streams",
    "/api/%6Danage/streams",
    "/api%2fmanage%2fstreams",
    "/api%2Fmanage/streams",
    "/api/manage%2fstreams",
    "/api%252fmanage/streams",
    "/api/%256danage/streams",
    "/api/mock/%2e%2e/manage/streams",
    "/api/mock/%2e%2e%2fmanage%2fstreams",
    "/api/mock/..%2fmanage/streams",
    "/api/mock/..%2f..%2fapi/manage/streams",
    "/api/mock/.%2e/manage/streams",
    "/api/mock/..;/manage/streams",
    "/api/mock/..%5cmanage/streams",
    "/api/mock/..\\manage\\streams",
    "/api\\manage\\streams",
    "/api/manage;x/streams",
    "/api;x/manage/streams",
    "/api/manage/streams;x",
    "/api/manage/streams%00",
    "/api/manage%00/streams",
    "/api/manage/streams%20",
    "/api/manage%20/streams",
    "/%20/api/manage/streams",
    "/api/manage/streams?x",
    "/api/manage/streams%3fx",
    "/api/manage/streams#x",
    "/api/manage/streams%23x",
    "/api/manage/streams/",
    "/api/manage/streams/.",
    "/api/manage/contexts",
    "/api/manage/events",
    "/api/manage/backends",
    "/API/manage/streams",
    "/api/MANAGE/streams",
    "/metrics/",
    "/metrics?x",
    "//metrics",
    "/./metrics",
    "/%6detrics",
    "/metrics%2f",
    "/metrics;x",
    "/x/../metrics",
    "/api/mock/%2e%2e/%2e%2e/metrics",
    "/metrics%00",
    "http://localhost/api/manage/streams",
    "http://localhost/metrics",
    "/api/manage/streams HTTP/1.0\r\nX: ",
)
#: What only management says.
SAID = re.compile(rb'"streams"|"contexts"|"backends"|llmock_|event: overview|"total"')


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    # The server behind it would answer a visitor who has the key.
    with proxied(
        "MockLlmApi: {TrustedProxies: [unix], ManagementApiKey: k}"
    ) as running:
        yield running


def raw(proxy: Proxy, target: str) -> bytes:
    """Everything that nginx answers to a target that is sent as it is."""
    with socket.create_connection(proxy.address, timeout=10) as sock:
        sock.sendall(
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: k\r\n"
            "Connection: close\r\n\r\n".encode("latin-1")
        )
        received = b""
        while more := sock.recv(65_536):
            received += more
        return received


@pytest.mark.needs_nginx
@pytest.mark.parametrize("target", [*MANAGED, *FORMS])
def test_no_form_of_a_path_leads_through_nginx_to_management(
    proxy: Proxy, target: str
) -> None:
    received = raw(proxy, target)
    status = received[9:12]
    body = received.partition(b"\r\n\r\n")[2]
    assert status[:1] != b"5"
    if status == b"200":
        # It was data: a path below /api/mock, or the console.
        assert not SAID.search(body), received
