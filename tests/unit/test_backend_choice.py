from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
import gevent.event
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.backends.rotation import Member, Rotation
from app.errors import BackendError, BackendFailed, BackendUnavailable
from app.llm.chat import ChatRequest, UpstreamBroken
from app.ports import Memory, Source
from app.schema.refusal import TooLarge
from app.settings.model import BackendSettings, Provider
from app.settings.secret import Secret
from app.words import MockRequest
from tests.source_contract import MSFT, NOW_MS, STOCK
from tests.unit import asking
from tests.unit.fake_chat import (
    FakeChat,
    FakeEmbedded,
    FakeTime,
    asked_for,
    backends,
    model,
)


@dataclass
class Health:
    ready_in_s: float = 0.0
    has_place: bool = True


def member(
    name: str, weight: int = 1, priority: int = 0, health: Health | None = None
) -> Member:
    def join(task: object) -> Source:
        raise AssertionError

    return Member(name, weight, priority, health or Health(), join)


def picks(rotation: Rotation, times: int) -> str:
    chosen = [rotation.pick(()) for _ in range(times)]
    return "".join(each.name if each else "-" for each in chosen)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_each_round_of_turns_follows_the_weights_exactly(weights: list[int]) -> None:
    names = "abcd"
    rotation = Rotation([member(names[n], weight) for n, weight in enumerate(weights)])
    for _ in range(3):
        turns = Counter(picks(rotation, sum(weights)))
        assert [turns[names[n]] for n in range(len(weights))] == weights


def test_turns_are_spread_smoothly() -> None:
    rotation = Rotation([member("a", 5), member("b"), member("c")])
    assert picks(rotation, 7) == "aabacaa"


def test_only_the_highest_priority_with_a_healthy_backend_counts() -> None:
    ill = Health(ready_in_s=3)
    rotation = Rotation(
        [member("low", priority=-1), member("a", health=ill), member("b", priority=0)]
    )
    assert picks(rotation, 2) == "bb"
    only_low = Rotation([member("l", priority=-1), member("a", health=ill)])
    assert picks(only_low, 2) == "ll"
    ill.ready_in_s = 0
    assert picks(only_low, 2) == "aa"


def test_who_has_a_free_place_comes_before_who_has_not() -> None:
    full = Health(has_place=False)
    rotation = Rotation([member("a", 9, health=full), member("b"), member("c")])
    assert sorted(picks(rotation, 4)) == ["b", "b", "c", "c"]
    everyone_full = Rotation([member("a", health=full), member("l", priority=-1)])
    assert picks(everyone_full, 2) == "aa"


def test_nobody_is_picked_twice_for_one_question() -> None:
    rotation = Rotation([member("a"), member("b", priority=-1)])
    tried: set[str] = set()
    order = []
    while (chosen := rotation.pick(tried)) is not None:
        tried.add(chosen.name)
        order.append(chosen.name)
    assert order == ["a", "b"]


# Over whole backends


class Counting:
    """Models that count what they are asked and always say something new."""

    def __init__(self, **settings: dict[str, Any]) -> None:
        self.number = 0
        self.chats = {name: FakeChat(self._new) for name in settings}
        self.all = backends(
            self.chats, *(model(name, **more) for name, more in settings.items())
        )

    def _new(self, request: ChatRequest) -> str:
        self.number += 1
        return orjson.dumps({"ticker": "MSFT", "price": self.number + 0.5}).decode()

    def asked(self) -> dict[str, int]:
        return {name: len(chat.asked) for name, chat in self.chats.items()}


def test_batches_are_spread_by_weight_over_all_streams() -> None:
    models = Counting(big={"weight": 3}, small={"weight": 1})
    sources = [models.all.open(asked_for(STOCK)) for _ in range(4)]
    for number in range(10):
        for source in sources:
            asking.whole(source, number, NOW_MS)
    assert models.asked() == {"big": 30, "small": 10}


@pytest.mark.parametrize("name", ["small", "SMALL"])
def test_a_stream_sticks_to_the_backend_that_it_names(name: str) -> None:
    models = Counting(big={"weight": 9}, small={"priority": -5})
    source = models.all.open(asked_for(STOCK, backend=name))
    for number in range(5):
        asking.whole(source, number, NOW_MS)
    assert source.backend == "small"
    assert models.asked() == {"big": 0, "small": 5}


def test_several_named_backends_take_turns_by_their_weights() -> None:
    models = Counting(big={"weight": 3}, small={"weight": 1}, other={"weight": 9})
    sources = [
        models.all.open(asked_for(STOCK, backends=names, backend="other"))
        for names in (("big", "Small"), ("small", "BIG"))
    ]
    for number in range(8):
        for source in sources:
            asking.whole(source, number, NOW_MS)
    assert models.asked() == {"big": 12, "small": 4, "other": 0}


def test_a_named_backend_that_fails_is_not_replaced_by_another() -> None:
    chats = {"one": FakeChat(UpstreamBroken("reset")), "two": FakeChat(MSFT)}
    source = backends(chats).open(asked_for(STOCK, backend="one"))
    with pytest.raises(Exception, match="LLM failed"):
        asking.whole(source, 0, NOW_MS)
    assert chats["two"].asked == []


def embedded(name: str = "embedded", **more: Any) -> BackendSettings:
    return BackendSettings(name=name, provider=Provider.EMBEDDED, **more)


def test_the_embedded_backend_alone_is_used_without_waiting() -> None:
    only = backends({}, embedded("mine"))
    source = only.open(asked_for(STOCK))
    assert (source.blocking, source.backend) == (False, "mine")
    assert only.names == ["mine"]


def test_the_embedded_backend_is_used_without_waiting_where_it_is_named() -> None:
    both = backends({"one": FakeChat(MSFT)}, model("one"), embedded())
    assert not both.open(asked_for(STOCK, backend="Embedded")).blocking
    assert both.open(asked_for(STOCK)).blocking


def test_the_embedded_backend_is_the_last_resort() -> None:
    chat = FakeChat(UpstreamBroken("reset"), MSFT)
    pool = backends({"one": chat}, embedded(priority=-1), model("one"))
    source = pool.open(asked_for(STOCK))
    assert asking.whole(source, 0, NOW_MS) == b'{"from":"embedded"}'
    assert source.backend == "embedded"
    assert asking.whole(source, 1, NOW_MS) == MSFT.encode()
    assert source.backend == "one"


class Picky(FakeEmbedded):
    """An embedded backend that cannot make what is asked for."""

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        raise TooLarge("too large")


def test_a_last_resort_that_cannot_help_is_an_error_like_any_other() -> None:
    pool = backends(
        {"one": FakeChat(UpstreamBroken("reset"))},
        embedded(priority=-1),
        model("one"),
        make_embedded=Picky,
        enable_retry_policy=False,
    )
    with pytest.raises(Exception, match="^LLM failed$"):
        asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS)


def test_who_waited_for_a_place_of_a_backend_that_broke_meanwhile_is_not_let_in() -> (
    None
):
    breaks = gevent.event.Event()

    def broken(request: ChatRequest) -> UpstreamBroken:
        breaks.wait()
        return UpstreamBroken("reset")

    chat = FakeChat(broken)
    pool = backends(
        {"one": chat},
        model("one", max_concurrent_requests=1),
        circuit_breaker_failure_threshold=1,
        enable_retry_policy=False,
    )
    streams = [
        gevent.spawn(_outcome, asking.whole, pool.open(asked_for(STOCK)), 0, NOW_MS)
        for _ in range(2)
    ]
    gevent.sleep(0)
    breaks.set()
    gevent.joinall(streams, timeout=5)
    assert [stream.value for stream in streams] == [BackendFailed, BackendUnavailable]
    assert len(chat.asked) == 1


def _outcome(call: Callable[..., object], *args: object) -> object:
    try:
        return call(*args)
    except BackendError as error:
        return type(error)


def test_a_killed_stream_gives_its_place_back() -> None:
    blocked = gevent.event.Event()

    def never(request: ChatRequest) -> list[str]:
        blocked.wait()
        return []

    chat = FakeChat(never)
    pool = backends({"one": chat}, model("one", max_concurrent_requests=1))
    stream = gevent.spawn(asking.whole, pool.open(asked_for(STOCK)), 0, NOW_MS)
    gevent.sleep(0)
    assert pool.status()[0]["inFlight"] == 1
    stream.kill()
    assert pool.status()[0]["inFlight"] == 0
    chat.script = [MSFT]
    assert asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS) == MSFT.encode()


def test_the_status_shows_every_backend_and_no_secret() -> None:
    secret = "sk-do-not-show"
    time = FakeTime()

    def slow(request: ChatRequest) -> str:
        time.sleep(0.25)
        return MSFT

    pool = backends(
        {"one": FakeChat(slow)},
        model(
            "one",
            api_key=Secret(secret),
            base_url=f"http://user:{secret}@10.0.0.7:8080",
            model_name="gemma",
            weight=3,
        ),
        embedded(priority=-1),
        model("off", enabled=False, api_key=Secret(secret)),
        time=time,
    )
    asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS)
    shown = orjson.dumps(pool.status()).decode()
    assert secret not in shown + repr(pool) and "10.0.0.7" not in shown
    one, last, off = pool.status()
    assert [row["name"] for row in (one, last, off)] == ["one", "embedded", "off"]
    assert [row["enabled"] for row in (one, last, off)] == [True, True, False]
    assert (one["provider"], one["model"], one["weight"]) == ("llamacpp", "gemma", 3)
    assert (one["latencyMs"], one["firstTokenMs"]) == (250.0, 250.0)
    assert pool.names == ["one", "embedded"]


def test_time_in_which_the_client_is_slow_is_not_the_models() -> None:
    time = FakeTime()
    pool = backends({"one": FakeChat([MSFT[:5], MSFT[5:]])}, time=time)
    for _ in asking.pieces(pool.open(asked_for(STOCK)), 0, NOW_MS):
        time.sleep(10)
    assert pool.status()[0]["latencyMs"] in (None, 0.0)


def test_closing_closes_every_models_connections() -> None:
    chat = FakeChat(MSFT)
    backends({"one": chat}, model("one"), embedded()).close()
    assert chat.closed
