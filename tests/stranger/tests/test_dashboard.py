"""What the project's clients do when a stream behaves, and when it does not."""

import subprocess
from pathlib import Path

import pytest

from app.dashboard import Dashboard, latest_price

PRICE = {"symbol": "AAPL", "p": 1.0}
NODE_CLIENT = Path(__file__).parents[1] / "app" / "dashboard.mjs"


@pytest.fixture
def start_dashboard():
    started = []

    def start(url):
        started.append(Dashboard(url))
        return started[-1]

    yield start
    for dashboard in started:
        dashboard.close()


def test_the_dashboard_survives_a_cut(llmock, start_dashboard):
    feed = llmock.stream("/v1/prices", PRICE, event="price", clock="virtual", seed=7)
    dashboard = start_dashboard(feed.url)
    feed.wait_for_clients(1)
    feed.step(3)
    feed.push({"symbol": "AAPL", "p": 99.5})
    feed.cut()
    feed.wait_for_clients(1)  # a new one since the cut
    assert dashboard.price == 99.5
    feed.verdict().check("reconnects", "sends-last-id")


def test_an_hour_of_prices_takes_no_time(llmock, start_dashboard):
    feed = llmock.stream(
        "/v1/prices", PRICE, interval="1s", clock="virtual", max_duration=0
    )
    dashboard = start_dashboard(feed.url)
    feed.wait_for_clients(1)
    feed.advance("1h")
    dashboard.wait_for(lambda: len(dashboard.prices) == 3601)


def test_the_price_is_asked_for_again_while_the_service_is_away(llmock):
    answer = llmock.json("/v1/price", {"p": 12.5})
    llmock.fail(times=2, status=503)
    assert latest_price(answer.url) == 12.5
    assert [each.status for each in llmock.journal] == [503, 503, 200]


def test_an_event_that_is_no_json_breaks_nothing(llmock, start_dashboard):
    feed = llmock.stream("/v1/prices", PRICE, clock="virtual", faults="invalid-json*1")
    dashboard = start_dashboard(feed.url)
    feed.wait_for_clients(1)
    feed.step()
    feed.push({"p": 5})
    dashboard.wait_for(lambda: dashboard.price == 5)
    assert dashboard.broken == 1


def test_the_prices_of_another_day_are_replayed(llmock, start_dashboard, tmp_path):
    recording = tmp_path / "prices.jsonl"
    recording.write_text(
        '{"recording":1,"url":"https://example.com/v1/prices","started":'
        '"2026-01-06T12:00:00.000Z","content_type":"text/event-stream"}\n'
        '{"at_ms":12.5,"id":"41","data":"{\\"p\\":189.5}"}\n'
        '{"at_ms":1013.25,"id":"42","data":"{\\"p\\":189.6}"}\n'
    )
    feed = llmock.replay("/v1/prices", recording, speed=100, route={"times": 1})
    dashboard = start_dashboard(feed.url)
    dashboard.wait_for(lambda: dashboard.prices == [189.5, 189.6])


def test_the_prices_of_a_description_are_watched(llmock, start_dashboard, tmp_path):
    description = tmp_path / "prices.yaml"
    description.write_text(DESCRIPTION)
    api = llmock.spec(description, base_path="/v1")
    assert api.unserved == {"orders": "no operation sends to it, so clients only send"}
    prices = api.operation("watch")
    dashboard = start_dashboard(prices.url)
    prices.wait_for_clients(1)
    dashboard.wait_for(lambda: len(dashboard.prices) > 2)
    prices.cut()
    prices.wait_for_clients(1)
    assert all(price >= 1 for price in dashboard.prices)


DESCRIPTION = """
asyncapi: 3.0.0
info: {title: Prices, version: "1"}
channels:
  prices:
    address: prices
    x-llmock: {IntervalMs: 20}
    messages:
      price:
        payload:
          type: object
          required: [p]
          properties: {p: {type: number, minimum: 1}}
  orders: {address: orders}
operations:
  watch: {action: send, channel: {$ref: "#/channels/prices"}}
  order: {action: receive, channel: {$ref: "#/channels/orders"}}
"""


def test_a_client_in_node_reads_to_the_end_and_stops(llmock):
    feed = llmock.script(
        "/v1/prices",
        [{"data": {"p": 1.5}}, {"data": {"p": 2.5}, "after_ms": 20}],
    )
    said = subprocess.run(
        ["node", NODE_CLIENT, feed.url], capture_output=True, text=True, timeout=20
    )
    assert said.stdout.split() == ["1.5", "2.5"], said.stderr
    assert [each.status for each in feed.journal] == [200, 204]
