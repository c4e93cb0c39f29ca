"""Sources over the real client and a real server, in the same tests as in memory."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from threading import Event

import gevent
import pytest

from app.backends.pool import Backends, build_backends
from app.errors import BackendFailed, BackendUnavailable
from app.settings.model import BackendSettings, Provider, Settings
from tests.source_contract import (
    MSFT,
    NOW_MS,
    STOCK,
    Fails,
    Line,
    Scripts,
    SourceContract,
    World,
)
from tests.unit import asking
from tests.unit.fake_chat import FakeChat, FakeEmbedded, asked_for, backends, model
from tests.upstream.scripted import (
    Answer,
    Exchange,
    ScriptedUpstream,
    event,
    refuses,
    resets,
    says,
)


class NetworkWorld:
    """Scripted servers, each behind a real client."""

    def __init__(self, stack: ExitStack) -> None:
        self.slept: list[float] = []
        self.servers: dict[str, ScriptedUpstream] = {}
        self._stack = stack

    def backends(self, scripts: Scripts) -> Backends:
        return self.serving(
            {
                name: [_answer(line) for line in script]
                for name, script in scripts.items()
            }
        )

    def serving(
        self, scripts: Mapping[str, Sequence[Answer]], **settings: float
    ) -> Backends:
        """Backends over servers with these scripts."""
        self.servers = {
            name: self._stack.enter_context(ScriptedUpstream(*script))
            for name, script in scripts.items()
        }
        entries = tuple(
            BackendSettings(name=name, provider=Provider.LLAMACPP, base_url=server.url)
            for name, server in self.servers.items()
        )
        built = build_backends(
            Settings(llm_backends=entries, **settings),  # type: ignore[arg-type]
            embedded=FakeEmbedded,
            clock=lambda: time.monotonic() + sum(self.slept),
            rng=random.Random(1),
            sleep=self.slept.append,
        )
        self._stack.callback(built.close)
        return built

    def asked(self, name: str) -> int:
        return len(self.servers[name].asked)

    def prompt(self, name: str, index: int) -> str:
        messages = self.servers[name].asked[index].body["messages"]
        return "\n".join(message["content"] for message in messages)


def _answer(line: Line) -> Answer:
    if not isinstance(line, Fails):
        return says(*line)
    if line.status is None:
        return resets(*map(event, line.after))
    wait = None if line.retry_after is None else str(line.retry_after)
    return refuses(line.status, retry_after=wait)


@pytest.fixture
def network() -> Iterator[NetworkWorld]:
    with ExitStack() as stack:
        yield NetworkWorld(stack)


class TestSourceOverRealServers(SourceContract):
    @pytest.fixture
    def world(self, network: NetworkWorld) -> World:
        return network


def falls_silent(after: Sequence[str], silent: Event) -> Answer:
    """A server that says nothing more after these pieces, until the client leaves."""

    def answer(exchange: Exchange) -> None:
        exchange.head()
        for piece in after:
            exchange.write(event(piece))
        silent.set()
        exchange.pause(30)

    return answer


@pytest.mark.parametrize("after", [[], ['{"ticker":']])
def test_a_killed_stream_closes_its_request_at_once_while_the_model_is_silent(
    network: NetworkWorld, after: list[str]
) -> None:
    silent = Event()
    pool = network.serving({"one": [falls_silent(after, silent)]})
    source = pool.open(asked_for(STOCK))
    stream = gevent.spawn(lambda: list(asking.pieces(source, 0, NOW_MS)))
    assert silent.wait(5)
    stream.kill()
    assert network.servers["one"].asked[0].left.wait(1)
    row = pool.status()[0]
    assert (row["inFlight"], row["failures"], row["breaker"]) == (0, 0, "closed")


def test_a_stream_that_stops_reading_closes_its_request(network: NetworkWorld) -> None:
    silent = Event()
    pool = network.serving({"one": [falls_silent(['{"ticker":'], silent)]})
    tokens = asking.pieces(pool.open(asked_for(STOCK)), 0, NOW_MS)
    assert next(tokens) == '{"ticker":'
    del tokens
    assert network.servers["one"].asked[0].left.wait(1)


def test_a_server_that_dies_is_replaced_without_a_gap(network: NetworkWorld) -> None:
    def counted() -> Answer:
        number = iter(range(1000))
        return lambda exchange: says(f'{{"ticker":"T","price":{next(number)}.5}}')(
            exchange
        )

    always = counted()
    pool = network.serving({"one": [always], "two": [always]})
    sources = [pool.open(asked_for(STOCK)) for _ in range(4)]
    for number in range(12):
        if number == 4:
            network.servers["one"].stop()
        for source in sources:
            assert asking.whole(source, number, NOW_MS)
    assert [row["breaker"] for row in pool.status()] == ["open", "closed"]
    assert network.slept == []


def test_a_model_that_never_ends_is_a_timeout(network: NetworkWorld) -> None:
    pool = network.serving({"one": [falls_silent([], Event())]}, timeout_seconds=0.2)
    with pytest.raises(Exception, match="^LLM timeout$"):
        asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS)


def test_the_status_says_why_a_backend_failed_and_not_where_it_is(
    network: NetworkWorld,
) -> None:
    pool = network.serving({"one": [refuses(500, "out of memory")]})
    source = pool.open(asked_for(STOCK))
    with pytest.raises(BackendFailed):
        asking.whole(source, 0, NOW_MS)
    assert "status 500" in pool.status()[0]["lastError"]["reason"]
    assert "out of memory" in pool.status()[0]["lastError"]["reason"]
    network.servers["one"].stop()
    with pytest.raises(BackendUnavailable):
        asking.whole(source, 1, NOW_MS)
    reason = pool.status()[0]["lastError"]["reason"]
    assert "refused" in reason and "127.0.0.1" not in reason


def test_the_shape_goes_to_the_server_as_a_response_format(
    network: NetworkWorld,
) -> None:
    pool = network.serving({"one": [says(MSFT)]})
    asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS)
    body = network.servers["one"].asked[0].body
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"] == {
        "ticker": {"type": "string", "pattern": "^[A-Z]{2,5}$"},
        "price": {"type": "number", "minimum": 51, "maximum": 249},
    }
    assert "AAPL" not in body["messages"][0]["content"]


def test_a_place_is_waited_for_only_so_long() -> None:
    pool = backends(
        {"one": FakeChat([MSFT[:5], MSFT[5:]])},
        model("one", max_concurrent_requests=1, timeout_seconds=0.1),
    )
    holder = asking.pieces(pool.open(asked_for(STOCK)), 0, NOW_MS)
    next(holder)
    waiting = pool.open(asked_for(STOCK))
    with gevent.Timeout(5), pytest.raises(BackendUnavailable):
        asking.whole(waiting, 0, NOW_MS)
    list(holder)
    assert asking.whole(waiting, 1, NOW_MS) == MSFT.encode()
