"""The example routes, each read by the real client that it is an example for.

They are served twice: from a configuration file, and made over HTTP at run time.
"""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import sseclient
import yaml
from httpx_sse import ServerSentEvent, connect_sse
from kubernetes import client as kubernetes
from kubernetes import watch

from tests.system.server import ROOT, Server, serve
from tests.system.wire import connect, read_until, wait_until

EXAMPLES = sorted(Path(ROOT, "scripts/examples").glob("*.yaml"))
PAGES = Path(ROOT, "tests", "node")
PRICES = "/v1/prices/AAPL/stream"


def routes_of(path: Path) -> list[Any]:
    """The routes of an example file."""
    routes: list[Any] = yaml.safe_load(path.read_text())["MockLlmApi"].get("Routes", [])
    return routes


ROUTES = [route for path in EXAMPLES for route in routes_of(path)]


@pytest.fixture(scope="module", params=["configuration", "run time"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """All examples, from each of the places where a route may come from."""
    if request.param == "configuration":
        with serve(json.dumps({"MockLlmApi": {"Routes": ROUTES}})) as running:
            yield running
    else:
        with serve("MockLlmApi: {}") as running:
            made = httpx.post(f"{running.url}/api/manage/routes", json=ROUTES)
            assert made.status_code == 201, made.text
            yield running


def events_of(
    server: Server, target: str, count: int, **options: Any
) -> list[ServerSentEvent]:
    """The first events of a stream, as httpx-sse reads them."""
    found: list[ServerSentEvent] = []
    with (
        httpx.Client(timeout=10) as client,
        connect_sse(client, "GET", f"{server.url}{target}", **options) as source,
    ):
        for event in source.iter_sse():
            found.append(event)
            if len(found) == count:
                break
    return found


# -- prices ---------------------------------------------------------------------


def test_a_stream_says_first_when_to_reconnect_and_then_sends_bare_objects(
    server: Server,
) -> None:
    with connect(server, PRICES) as sock:
        head, _, body = read_until(sock, b"}\n\n").partition(b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in head
    lines = [line for line in body.split(b"\n") if not line.endswith(b"\r")]
    assert lines[0] == b"retry: 2000"
    assert b"event: price" in lines
    data = next(line for line in lines if line.startswith(b"data: "))
    assert list(json.loads(data[6:])) == ["symbol", "price", "change", "time"]


def test_events_have_the_routes_name_ids_in_order_and_the_paths_symbol(
    server: Server,
) -> None:
    events = events_of(server, "/v1/prices/TSLA/stream", 3)
    assert [event.event for event in events] == ["price"] * 3
    assert len({event.id for event in events}) == 3
    stream, _, number = events[0].id.rpartition("-")
    assert [event.id for event in events] == [
        f"{stream}-{int(number) + later}" for later in range(3)
    ]
    assert {event.json()["symbol"] for event in events} == {"TSLA"}
    assert len({event.data for event in events}) == 3


def test_what_a_client_sends_is_data_and_never_an_option(server: Server) -> None:
    query = "interval=99999999&maxEvents=1&sseMode=LlmTokens&error=500&shape={}"
    events = events_of(server, f"{PRICES}?{query}", 2, headers={"X-Error-Code": "503"})
    assert [list(event.json()) for event in events] == [
        ["symbol", "price", "change", "time"]
    ] * 2


def test_a_page_of_another_origin_may_ask_and_read(server: Server) -> None:
    asked = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-token",
    }
    allowed = httpx.options(f"{server.url}{PRICES}", headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in allowed.headers["Access-Control-Allow-Methods"]
    assert allowed.headers["Access-Control-Allow-Headers"] == "x-token"
    origin = {"Origin": asked["Origin"]}
    with httpx.stream("GET", f"{server.url}{PRICES}", headers=origin) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


# -- Kubernetes -----------------------------------------------------------------


def test_the_kubernetes_client_lists_pods_and_watches_them(server: Server) -> None:
    api = kubernetes.CoreV1Api(
        kubernetes.ApiClient(kubernetes.Configuration(host=server.url))
    )
    pods = api.list_namespaced_pod("staging")
    assert pods.items
    assert {type(pod) for pod in pods.items} == {kubernetes.V1Pod}
    seen = []
    for event in watch.Watch().stream(api.list_namespaced_pod, "staging"):
        assert isinstance(event["object"], kubernetes.V1Pod)
        assert event["object"].metadata.name
        seen.append(event["type"])
        if len(seen) == 6:
            break
    assert set(seen) <= {"ADDED", "MODIFIED", "DELETED"}
    assert "MODIFIED" in seen


# -- OpenAI ---------------------------------------------------------------------


@pytest.fixture
def chat(server: Server) -> Iterator[openai.OpenAI]:
    """OpenAI's own client."""
    with openai.OpenAI(
        base_url=f"{server.url}/v1", api_key="any", max_retries=0, timeout=10
    ) as client:
        yield client


def test_the_openai_client_streams_a_chat(chat: openai.OpenAI) -> None:
    chunks = list(
        chat.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "When?"}],
            stream=True,
        )
    )
    assert {chunk.model for chunk in chunks} == {"gpt-4o"}
    told = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert told == "The tide turns at six."
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_the_openai_client_reads_a_chat_in_one_answer(chat: openai.OpenAI) -> None:
    answer = chat.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "When?"}]
    )
    assert answer.model == "gpt-4o"
    assert answer.choices[0].message.content == "The tide turns at six."
    assert answer.usage is not None and answer.usage.total_tokens == 19


def test_a_chat_ends_with_done(server: Server) -> None:
    asked = {"model": "m", "stream": True}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=asked, timeout=10)
    assert answer.text.endswith("data: [DONE]\n\n")


# -- a log ----------------------------------------------------------------------


@pytest.mark.needs_curl
@pytest.mark.needs_jq
def test_a_log_is_tailed_with_jq(server: Server) -> None:
    command = (
        f"curl -sN --max-time 20 {server.url}/logs/billing/tail"
        " | jq --unbuffered -c '[.service, .level]'"
    )
    with subprocess.Popen(
        ["bash", "-c", command], stdout=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stdout is not None
        lines = [json.loads(tail.stdout.readline()) for _ in range(3)]
        tail.stdout.close()
    assert [service for service, _ in lines] == ["billing"] * 3
    assert all(isinstance(level, str) for _, level in lines)


# -- an outage ------------------------------------------------------------------

RETURNING = ["eventsource-2", "launchdarkly-eventsource"]


@pytest.fixture
def outage() -> Iterator[Server]:
    """The two answers of 503 are used up by one client, so each has a server."""
    with serve(Path(ROOT, "scripts/examples/outage.yaml").read_text()) as running:
        yield running


def connected(kind: str, server: Server) -> list[Any]:
    """What a client in Node.js saw until the first order, or until it gave up."""
    done = subprocess.run(
        ["node", "returning.mjs", kind, f"{server.url}/v1/orders/stream", "order"],
        cwd=PAGES,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.needs_node
@pytest.mark.parametrize("kind", RETURNING)
def test_a_client_that_reconnects_gets_two_errors_and_then_orders(
    outage: Server, kind: str
) -> None:
    first, second, order = connected(kind, outage)
    assert [first, second] == [503, 503]
    assert list(order) == ["orderId", "status", "total", "currency"]


@pytest.mark.needs_node
def test_a_client_that_follows_the_standard_gives_up_at_the_first_error(
    outage: Server,
) -> None:
    assert connected("eventsource", outage) == [503, "gave up"]


def test_an_outage_says_when_to_come_back(outage: Server) -> None:
    refused = httpx.get(f"{outage.url}/v1/orders/stream")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.json() == {"error": "temporarily unavailable"}


# -- Wikimedia, Home Assistant, Mercure, htmx -------------------------------------


def test_sseclient_reads_wikimedias_recent_changes(server: Server) -> None:
    seen = []
    with httpx.stream("GET", f"{server.url}/v2/stream/recentchange") as answer:
        for event in sseclient.SSEClient(answer.iter_bytes()).events():
            assert event.event == "message"
            (position,) = json.loads(event.id)
            seen.append((position["offset"], json.loads(event.data)))
            if len(seen) == 3:
                break
    offsets = [offset for offset, _ in seen]
    assert offsets == [offsets[0], offsets[0] + 1, offsets[0] + 2]
    for _, change in seen:
        assert change["$schema"] == "/mediawiki/recentchange/1.0.0"
        assert change["server_name"] == "en.wikipedia.org"


def test_home_assistant_pings_and_sends_changes_to_who_has_a_token(
    server: Server,
) -> None:
    refused = httpx.get(f"{server.url}/api/stream")
    assert (refused.status_code, refused.text) == (401, "401: Unauthorized")
    token = {"Authorization": "Bearer a-token"}
    ping, change = events_of(server, "/api/stream", 2, headers=token)
    assert (ping.event, ping.data, ping.id) == ("message", "ping", "")
    assert change.json()["event_type"] == "state_changed"


def test_mercure_sends_a_resource_with_a_urn_for_its_id(server: Server) -> None:
    topic = "/.well-known/mercure?topic=https://example.com/books/1"
    events = events_of(server, topic, 2)
    assert all(event.id.startswith("urn:uuid:") for event in events)
    assert len({event.id for event in events}) == 2
    assert {event.json()["@type"] for event in events} == {"https://schema.org/Book"}


def test_mercure_refuses_a_subscription_without_a_topic(server: Server) -> None:
    refused = httpx.get(f"{server.url}/.well-known/mercure")
    assert refused.status_code == 404
    assert "topic" in refused.text


def test_html_comes_line_by_line_as_htmx_swaps_it_in(server: Server) -> None:
    first, second = events_of(server, "/events", 2)
    assert first.event == second.event == "visitors"
    assert first.data.splitlines()[0] == "<b>0</b> visitors"
    assert second.data.splitlines()[0] == "<b>1</b> visitors"
    assert len(first.data.splitlines()) == 2


# -- precedence -----------------------------------------------------------------


def test_a_route_made_at_run_time_comes_before_one_of_the_configuration() -> None:
    config = {"MockLlmApi": {"Routes": [{"Path": "/who", "Body": "configuration"}]}}
    with serve(json.dumps(config)) as running:
        assert httpx.get(f"{running.url}/who").text == "configuration"
        route = {"name": "mine", "path": "/who", "body": "run time"}
        httpx.post(f"{running.url}/api/manage/routes", json=route)
        assert httpx.get(f"{running.url}/who").text == "run time"
        httpx.delete(f"{running.url}/api/manage/routes/mine")
        assert httpx.get(f"{running.url}/who").text == "configuration"


def test_head_is_answered_with_headers_alone(server: Server) -> None:
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    connection.request("HEAD", PRICES)
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert answer.read() == b""
    connection.close()


def test_a_reload_with_a_broken_route_leaves_the_old_routes_in_force(
    tmp_path: Path,
) -> None:
    config = tmp_path / "routes.yaml"
    config.write_text("MockLlmApi: {Routes: [{Path: /who, Body: first}]}")
    with serve(env={"CONFIG": str(config)}) as running:
        config.write_text("MockLlmApi: {Routes: [{Path: /who, Body: '{{who}}'}]}")
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "stays in force" in running.log(), 10)
        assert "MockLlmApi.Routes[0].Body has the place {{who}}" in running.log()
        assert httpx.get(f"{running.url}/who").text == "first"
