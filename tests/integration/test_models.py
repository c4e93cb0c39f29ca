"""The service over TCP before models that are slow, busy or gone."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.llm.service import Client, service, target
from tests.system.wire import get_json, wait_until
from tests.upstream.scripted import Answer, Exchange, ScriptedUpstream, refuses, says

LOG = {"level": "info", "message": "Job finished without errors", "durationMs": 120}
STOCK = {"ticker": "AAPL", "price": 150.25}
MSFT = '{"ticker":"MSFT","price":148.5}'


def writes(after_s: float) -> Answer:
    """A model that writes the texts it is asked for, each another, in a while."""
    numbers = iter(range(100_000))

    def answer(exchange: Exchange) -> None:
        schema = exchange.asked.body["response_format"]["json_schema"]["schema"]
        wanted = schema["properties"]["entries"]
        entries = [
            {name: f"Written {next(numbers)}" for name in wanted["items"]["properties"]}
            for _ in range(wanted["minItems"])
        ]
        exchange.pause(after_s)
        says(json.dumps({"entries": entries}))(exchange)

    return answer


def blending(upstream: ScriptedUpstream, **settings: object) -> dict[str, object]:
    return {
        "Name": "one",
        "Provider": "llamacpp",
        "BaseUrl": upstream.url,
        "Blend": True,
        **settings,
    }


def feed(shape: object, interval: int) -> str:
    return target(
        "logs",
        shape=shape,
        continuous="true",
        interval=interval,
        sseMode="CompleteObjects",
    )


@pytest.mark.alone
def test_a_model_of_a_second_serves_an_interval_of_a_tenth() -> None:
    with ScriptedUpstream(writes(1.0)) as upstream, service(
        blending(upstream)
    ) as server:
        client = Client(server, feed(LOG, interval=100))
        client.wait_for_batches(1, 20)
        began = time.monotonic()
        client.wait_for_batches(50, 20)
        assert client.longest_silence(began) < 0.6
        client.leave()

        events = client.batches()
        assert client.errors() == []
        assert time.monotonic() - began < 8
        assert len(upstream.asked) <= 2 + len(events) // 10 + 2
        written = [event for event in events if event["message"].startswith("Written")]
        assert len(written) >= len(events) // 3
        assert len({event["message"] for event in written}) == len(written)


def test_a_client_that_leaves_takes_the_question_that_was_asked_ahead_with_it() -> None:
    with ScriptedUpstream(writes(0), writes(60)) as upstream:
        with service(blending(upstream)) as server:
            client = Client(server, feed(LOG, interval=100))
            client.wait_for_batches(3, 20)
            wait_until(lambda: len(upstream.asked) == 2, 5)
            client.leave()
            assert upstream.asked[1].left.wait(1)
            row = get_json(server, "/api/manage/backends")["backends"][0]
            assert row["inFlight"] == 0


@pytest.mark.alone
def test_a_continuous_stream_says_at_once_what_it_waits_for_and_goes_on() -> None:
    busy = refuses(503, "loading", retry_after="2")
    with ScriptedUpstream(busy, says(MSFT)) as upstream:
        with service(blending(upstream, Blend=False)) as server:
            client = Client(server, feed(STOCK, interval=100))
            began = time.monotonic()
            wait_until(lambda: bool(client.errors()), 5)
            assert time.monotonic() - began < 1
            client.wait_for_batches(1, 20)
            client.leave()

            assert [error["message"] for error in client.errors()] == [
                "LLM unavailable for another 2 s"
            ]
            assert upstream.asked[1].at - upstream.asked[0].at >= 2
            assert client.batches()[0] == json.loads(MSFT)


@pytest.mark.parametrize(("wish", "asked", "least_s"), [("1", 2, 1), ("600", 1, 0)])
def test_one_request_waits_once_at_most(wish: str, asked: int, least_s: float) -> None:
    with ScriptedUpstream(refuses(429, retry_after=wish)) as upstream:
        with service(blending(upstream, Blend=False), TimeoutSeconds=5) as server:
            began = time.monotonic()
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{server.url}/api/mock/stocks", timeout=10)
            assert least_s <= time.monotonic() - began < 5
            assert caught.value.code == 503
            assert caught.value.headers["Retry-After"] == wish
            assert len(upstream.asked) == asked
