"""What any source over language models does, whatever is beneath it.

A subclass provides ``world``, which turns scripts into backends; the same tests
run over a model in memory and over the real client and a real server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import orjson
import pytest

from app.backends.pool import Backends
from app.errors import BackendFailed, BackendUnavailable
from app.words import Mode
from tests.unit import asking
from tests.unit.fake_chat import asked_for

NOW_MS = 1_736_166_896_789
STOCK = {"ticker": "AAPL", "price": 150.25}
MSFT = '{"ticker":"MSFT","price":310.5}'
TSLA = '{"ticker":"TSLA","price":251.75}'

#: Answers that are not plainly the value, but have it.
QUIRKS = {
    "tags": f"<think>Perhaps {TSLA}.</think>{MSFT}",
    "other tags": f"<thinking>{TSLA}</thinking>\n\n{MSFT}",
    "a closing tag": f"They want a stock, like {TSLA}.\n</think>\n{MSFT}",
    "channels": (
        f"<|channel|>analysis<|message|>Like {TSLA}<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{MSFT}"
    ),
    "a fence": f"```json\n{MSFT}\n```",
    "prose": f"Here {{it}} is: {MSFT} as you asked.",
    "a list": f"[{MSFT}]",
    "a longer list": f"[{MSFT}, {TSLA}]",
    "a wrapping": f'{{"response": {MSFT}}}',
    "JSON in a string": orjson.dumps(MSFT).decode(),
    "a list in a string": orjson.dumps(f"[{MSFT}]").decode(),
}

#: Answers that say nothing.
NOTHING_SAID = [f"<think>Perhaps {MSFT}", f"<|channel|>analysis<|message|>{MSFT}"]


@dataclass(frozen=True)
class Fails:
    """A question that fails with a ``status``, or breaks ``after`` some pieces."""

    status: int | None = None
    after: tuple[str, ...] = ()
    retry_after: int | None = None


#: The pieces of an answer, or a failure.
Line: TypeAlias = "Sequence[str] | Fails"
Scripts: TypeAlias = Mapping[str, Sequence[Line]]


class World(Protocol):
    """Backends by name, each with a script; the last line is said for ever."""

    #: The pauses before another attempt, in seconds.
    slept: list[float]

    def backends(self, scripts: Scripts) -> Backends: ...

    def asked(self, name: str) -> int:
        """How many questions a backend got."""

    def prompt(self, name: str, index: int) -> str:
        """The text of one of them."""


class SourceContract:
    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    def test_a_value_is_what_the_model_answered(self, world: World) -> None:
        source = world.backends({"one": [[MSFT[:9], MSFT[9:]], [TSLA]]}).open(
            asked_for(STOCK)
        )
        assert source.blocking
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert asking.whole(source, 1, NOW_MS) == TSLA.encode()
        assert source.backend == "one"

    def test_elements_are_cut_at_the_array(self, world: World) -> None:
        source = world.backends({"one": [['{"stocks":[1,2,3]}']]}).open(
            asked_for({"stocks": [9]})
        )
        assert asking.elements(source, 0, NOW_MS) == ("stocks", [b"1", b"2", b"3"])

    def test_tokens_come_as_the_model_says_them(self, world: World) -> None:
        pieces = ['{"ticker":', '"MSFT"', ',"price":310.5}']
        request = asked_for(STOCK, mode=Mode.LLM_TOKENS)
        source = world.backends({"one": [pieces]}).open(request)
        assert list(asking.pieces(source, 0, NOW_MS)) == pieces

    @pytest.mark.parametrize("text", QUIRKS.values(), ids=QUIRKS.keys())
    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_every_mode_makes_the_same_of_a_quirk(
        self, world: World, text: str, size: int
    ) -> None:
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        source = world.backends({"one": [pieces]}).open(asked_for(STOCK))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        other = world.backends({"one": [pieces]}).open(asked_for(STOCK))
        assert asking.elements(other, 0, NOW_MS) == (None, [MSFT.encode()])
        third = world.backends({"one": [pieces]}).open(asked_for(STOCK))
        assert "".join(asking.pieces(third, 0, NOW_MS)) == MSFT

    @pytest.mark.parametrize("text", NOTHING_SAID)
    def test_nothing_that_is_only_thought_is_sent_in_any_mode(
        self, world: World, text: str
    ) -> None:
        for ask in (asking.whole, asking.elements, asking.pieces):
            source = world.backends({"one": [[text], [TSLA]]}).open(asked_for(STOCK))
            made = ask(source, 0, NOW_MS)
            made = "".join(made) if ask is asking.pieces else made
            assert "MSFT" not in str(made) and "TSLA" in str(made)

    def test_a_refusal_is_called_one_in_every_mode(self, world: World) -> None:
        text = ["I'm sorry, but I can't help with that."]
        for ask in (asking.whole, asking.elements, asking.pieces):
            source = world.backends({"one": [text]}).open(asked_for(STOCK))
            with pytest.raises(BackendFailed, match="^LLM refused to answer$"):
                list(ask(source, 0, NOW_MS))

    def test_an_answer_that_does_not_fit_is_asked_for_again(self, world: World) -> None:
        script = [["Sorry, no."], ['{"ticker":"MSFT"}'], [MSFT]]
        source = world.backends({"one": script}).open(asked_for(STOCK))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert "not JSON" in world.prompt("one", 1)
        assert '"price" is a required property' in world.prompt("one", 2)
        assert world.slept == []

    def test_nothing_that_does_not_fit_is_sent(self, world: World) -> None:
        source = world.backends({"one": [["Sorry, no."]]}).open(asked_for(STOCK))
        with pytest.raises(BackendFailed, match="does not fit the shape"):
            asking.whole(source, 0, NOW_MS)
        assert world.asked("one") == 3

    def test_tokens_that_are_not_what_was_asked_for_end_in_an_error(
        self, world: World
    ) -> None:
        source = world.backends({"one": [['{"ticker":', "1}"]]}).open(asked_for(STOCK))
        tokens = asking.pieces(source, 0, NOW_MS)
        assert next(tokens) == '{"ticker":'
        with pytest.raises(BackendFailed, match="does not fit the shape"):
            list(tokens)

    def test_a_failure_before_the_first_token_goes_over_to_the_next(
        self, world: World
    ) -> None:
        backends = world.backends({"bad": [Fails(500)], "good": [[MSFT], [TSLA]]})
        source = backends.open(asked_for(STOCK))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert source.backend == "good"
        assert "".join(asking.pieces(source, 1, NOW_MS)) == TSLA
        assert world.slept == []

    def test_a_failure_after_the_first_token_ends_the_batch(self, world: World) -> None:
        scripts: Scripts = {"one": [Fails(after=('{"ticker":',)), [MSFT]]}
        source = world.backends(scripts).open(asked_for(STOCK))
        tokens = asking.pieces(source, 0, NOW_MS)
        assert next(tokens) == '{"ticker":'
        with pytest.raises(BackendFailed, match="^LLM failed$"):
            list(tokens)
        assert "".join(asking.pieces(source, 1, NOW_MS)) == MSFT

    def test_a_broken_whole_answer_is_asked_for_again(self, world: World) -> None:
        scripts: Scripts = {"one": [Fails(after=('{"ticker":',)), [MSFT]]}
        source = world.backends(scripts).open(asked_for(STOCK))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert len(world.slept) == 1

    def test_a_busy_backend_is_left_alone_for_as_long_as_it_asks(
        self, world: World
    ) -> None:
        scripts: Scripts = {"one": [Fails(429, retry_after=7), [MSFT]]}
        source = world.backends(scripts).open(asked_for(STOCK, continuous=False))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert world.slept == [7.0]

    def test_a_backend_that_stays_busy_is_unavailable(self, world: World) -> None:
        source = world.backends({"one": [Fails(503, retry_after=7)]}).open(
            asked_for(STOCK, continuous=False)
        )
        with pytest.raises(BackendUnavailable) as raised:
            asking.whole(source, 0, NOW_MS)
        assert raised.value.retry_after == 7
        assert (world.asked("one"), world.slept) == (2, [7.0])

    def test_what_takes_too_long_to_wait_for_is_unavailable_at_once(
        self, world: World
    ) -> None:
        source = world.backends({"one": [Fails(503, retry_after=31)]}).open(
            asked_for(STOCK, continuous=False)
        )
        with pytest.raises(BackendUnavailable) as raised:
            asking.whole(source, 0, NOW_MS)
        assert (raised.value.retry_after, world.slept) == (31, [])

    def test_a_continuous_stream_hears_at_once_what_it_waits_for(
        self, world: World
    ) -> None:
        scripts: Scripts = {"one": [Fails(429, retry_after=7), [MSFT]]}
        source = world.backends(scripts).open(asked_for(STOCK))
        with pytest.raises(BackendUnavailable, match="for another 7 s$"):
            asking.whole(source, 0, NOW_MS)
        assert world.slept == []
        assert asking.whole(source, 1, NOW_MS) == MSFT.encode()
        assert [round(each) for each in world.slept] == [7]
        assert world.asked("one") == 2

    def test_a_backend_that_asks_to_be_left_alone_is_left_by_every_stream(
        self, world: World
    ) -> None:
        backends = world.backends({"one": [Fails(429, retry_after=7), [MSFT]]})
        for _ in range(2):
            with pytest.raises(BackendUnavailable, match="for another 7 s$"):
                asking.whole(backends.open(asked_for(STOCK)), 0, NOW_MS)
        assert world.asked("one") == 1

    def test_a_spare_serves_while_a_backend_is_left_alone(self, world: World) -> None:
        busy, spare = [Fails(429, retry_after=7)], [[MSFT], [TSLA]]
        backends = world.backends({"one": busy, "two": spare})
        source = backends.open(asked_for(STOCK))
        assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
        assert asking.whole(source, 1, NOW_MS) == TSLA.encode()
        assert (world.asked("one"), world.slept) == (1, [])

    def test_what_was_refused_for_good_is_not_asked_again(self, world: World) -> None:
        source = world.backends({"one": [Fails(401)]}).open(asked_for(STOCK))
        with pytest.raises(BackendFailed, match="^LLM failed$"):
            asking.whole(source, 0, NOW_MS)
        assert (world.asked("one"), world.slept) == (1, [])

    def test_a_source_that_is_dropped_leaves_its_backend_free(
        self, world: World
    ) -> None:
        backends = world.backends({"one": [['{"ticker":', '"MSFT"', "}"]]})
        tokens = asking.pieces(backends.open(asked_for(STOCK)), 0, NOW_MS)
        next(tokens)
        assert backends.status()[0]["inFlight"] == 1
        del tokens
        assert backends.status()[0]["inFlight"] == 0
        assert backends.status()[0]["failures"] == 0

    def test_the_status_counts_what_happened(self, world: World) -> None:
        backends = world.backends({"one": [["no"], Fails(500), [MSFT], [MSFT]]})
        source = backends.open(asked_for(STOCK))
        asking.whole(source, 0, NOW_MS)
        row = backends.status()[0]
        assert orjson.loads(orjson.dumps(row)) == row
        assert (row["requests"], row["failures"], row["unfitAnswers"]) == (3, 1, 1)
        assert row["tokens"] == 2
        assert row["lastError"]["reason"] and row["lastError"]["agoMs"] >= 0
        assert row["lastUnfit"] == "It was not JSON."
        assert (row["breaker"], row["inFlight"]) == ("closed", 0)
