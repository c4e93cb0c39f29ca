"""Streams through real nginx: event by event, over HTTP/1.1 and HTTP/2."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from tests.system.proxy import Proxy, nginx, proxied
from tests.system.server import ROOT
from tests.system.wire import wait_until

pytestmark = pytest.mark.needs_nginx

FEED = "/api/mock/stream/stocks?continuous=true&sseMode=CompleteObjects"
THREE = f"{FEED}&interval=700&maxDuration=2"


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with proxied() as running:
        yield running


class UnixConnection(http.client.HTTPConnection):
    """HTTP straight to the server's unix socket, past nginx."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def listed(proxy: Proxy) -> Any:
    connection = UnixConnection(str(proxy.socket))
    # Over the unix socket nobody is local without a key; with one, anybody is.
    connection.request("GET", "/api/manage/streams", headers={"X-Api-Key": "k"})
    return json.load(connection.getresponse())


def kinds(events: list[Any]) -> list[str]:
    return [event.get("type", "data") for event in events]


@pytest.mark.parametrize("scheme", ["plain", "tls"])
def test_events_come_one_by_one(proxy: Proxy, scheme: str) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    began, events = time.monotonic(), []
    with httpx.Client(http2=scheme == "tls", verify=context) as client:
        url = getattr(proxy, scheme) + THREE
        with connect_sse(client, "GET", url) as source:
            version = source.response.http_version
            for event in source.iter_sse():
                events.append((time.monotonic() - began, event.json()))
    assert version == {"plain": "HTTP/1.1", "tls": "HTTP/2"}[scheme]
    assert kinds([event for _, event in events]) == ["info", *["data"] * 3, "end"]
    # The first batch has arrived before the second is even made.
    for number, (at, _) in enumerate(events[1:4]):
        assert at == pytest.approx(events[1][0] + 0.7 * number, abs=0.3)


def test_curl_receives_the_stream_over_http2(proxy: Proxy) -> None:
    done = subprocess.run(
        ["curl", "-sSN", "--http2", "--cacert", proxy.certificate, proxy.tls + THREE]
        + ["--write-out", "%{http_version}"],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert done.stdout.endswith("\n\n2")
    events = [json.loads(line) for line in re.findall("data: (.*)", done.stdout)]
    assert kinds(events) == ["info", *["data"] * 3, "end"]


@pytest.mark.needs_node
@pytest.mark.parametrize("scheme", ["plain", "tls"])
@pytest.mark.parametrize("kind", ["eventsource", "undici", "fetch-event-source"])
def test_clients_of_others_receive_info_data_and_end(
    proxy: Proxy, kind: str, scheme: str
) -> None:
    done = subprocess.run(
        ["node", "clients.mjs", kind, getattr(proxy, scheme) + THREE],
        cwd=ROOT / "tests" / "node",
        env={"PATH": "/usr/bin:/bin", "NODE_EXTRA_CA_CERTS": str(proxy.certificate)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert kinds([event for _, event in seen]) == ["info", *["data"] * 3, "end"]
    assert seen[3][0] - seen[1][0] > 1000


def test_eight_streams_share_one_http2_connection(proxy: Proxy) -> None:
    command = ["curl", "-sSNZ", "--http2", "--cacert", str(proxy.certificate)]
    command += ["--parallel-max", "8", *[proxy.tls + THREE] * 8]
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    assert done.stdout.count(b'"type":"info"') == 8
    assert done.stdout.count(b'"type":"end"') == 8


def test_a_visitor_reaches_no_management(proxy: Proxy) -> None:
    for path in ("/api/manage/streams", "/api/manage/contexts", "/metrics", "/readyz"):
        assert httpx.get(proxy.plain + path).status_code == 403


def test_a_visitor_reaches_nothing_of_the_service_where_it_has_moved() -> None:
    with proxied(
        "MockLlmApi: {TrustedProxies: [unix], ManagementApiKey: k,"
        " ServicePath: /__llmock, Routes: [{Path: /healthz, Body: a route}]}"
    ) as proxy:
        for path in ("", "/", "/docs", "/healthz", "/api/manage/routes", "/metrics"):
            answer = httpx.get(f"{proxy.plain}/__llmock{path}")
            assert answer.status_code == 403, path
        assert httpx.get(f"{proxy.plain}/healthz").text == "a route"
        connection = UnixConnection(str(proxy.socket))
        for path, status in (("/healthz", 200), ("/api/manage/routes", 401)):
            connection.request("GET", f"/__llmock{path}")
            answered = connection.getresponse()
            assert (answered.status, bool(answered.read())) == (status, True)


def test_a_shape_in_a_long_url_and_header_comes_through(proxy: Proxy) -> None:
    shape = json.dumps({"text": "x" * 3000})
    url = f"{proxy.plain}/api/mock/x"
    assert httpx.get(url, params={"shape": shape}).status_code == 200
    assert httpx.get(url, headers={"X-Response-Shape": shape}).status_code == 200


def test_one_address_has_so_many_streams_and_no_more(proxy: Proxy) -> None:
    with httpx.Client(limits=httpx.Limits(max_connections=400), timeout=30) as client:
        opened = []
        try:
            for _ in range(200):
                request = client.build_request(
                    "GET", f"{proxy.plain}{FEED}&interval=60000"
                )
                opened.append(client.send(request, stream=True))
            assert {response.status_code for response in opened} == {200}
            refused = client.get(proxy.plain + FEED)
            assert refused.status_code == 503
            assert refused.headers["Retry-After"] == "5"
            assert refused.headers["Content-Type"] == "application/problem+json"
            assert refused.json()["title"] == "Too many streams"
        finally:
            for response in opened:
                response.close()


def test_a_stream_behind_nginx_ends_when_its_client_leaves() -> None:
    with proxied(
        "MockLlmApi: {TrustedProxies: [unix], ManagementApiKey: k, HeartbeatSeconds: 0}"
    ) as proxy:
        sock = socket.create_connection(proxy.address, timeout=10)
        sock.sendall(f"GET {FEED}&interval=60000 HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        received = b""
        while b'"index":0' not in received:
            received += sock.recv(65536)
        shown = listed(proxy)["streams"]
        assert [stream["client"] for stream in shown] == ["127.0.0.1"]
        sock.close()
        assert wait_until(lambda: listed(proxy)["total"] == 0, 1) < 1


def test_the_shipped_site_file_is_one_that_nginx_accepts(proxy: Proxy) -> None:
    done = subprocess.run(
        [nginx(), "-t", "-c", proxy.configuration], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
