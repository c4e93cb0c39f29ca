from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gevent
import orjson
import pytest

from app.backends.pool import Backends
from app.errors import BackendFailed, BackendTimeout, BackendUnavailable
from app.llm.chat import ChatRequest, UpstreamBroken, UpstreamRefused, UpstreamTimeout
from app.ports import Source
from tests.source_contract import (
    MSFT,
    NOW_MS,
    STOCK,
    TSLA,
    Fails,
    Line,
    Scripts,
    SourceContract,
    World,
)
from tests.unit import asking
from tests.unit.fake_chat import (
    CUT,
    FakeChat,
    FakeMemory,
    FakeTime,
    asked_for,
    backends,
    model,
)


class MemoryWorld:
    """Models in memory."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.slept = self.time.slept
        self.chats: dict[str, FakeChat] = {}

    def backends(self, scripts: Scripts) -> Backends:
        self.chats = {
            name: FakeChat(*map(_line, script)) for name, script in scripts.items()
        }
        return backends(self.chats, time=self.time)

    def asked(self, name: str) -> int:
        return len(self.chats[name].asked)

    def prompt(self, name: str, index: int) -> str:
        return prompt(self.chats[name].asked[index])


def _line(line: Line) -> Any:
    if not isinstance(line, Fails):
        return list(line)
    if line.status is None:
        return [*line.after, UpstreamBroken("cut")]
    return UpstreamRefused(
        "no",
        status=line.status,
        retryable=line.status != 401,
        retry_after_s=line.retry_after,
    )


class TestSourceOverModelsInMemory(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return MemoryWorld()


def prompt(request: ChatRequest) -> str:
    return "\n".join(message.content for message in request.messages)


def one(*script: Any, shape: Any = STOCK, **more: Any) -> tuple[FakeChat, Source]:
    """A single model and a source on it; ``request`` changes what is asked for."""
    chat = FakeChat(*script)
    request = more.pop("request", {})
    return chat, backends({"one": chat}, **more).open(asked_for(shape, **request))


# Variation


def test_the_example_itself_is_asked_for_again() -> None:
    chat, source = one(STOCK, MSFT)
    assert asking.whole(source, 0, NOW_MS) == MSFT.encode()
    assert "the example itself" in prompt(chat.asked[1])


def test_the_previous_value_is_asked_for_again_until_the_batch_fails() -> None:
    chat, source = one(MSFT)
    asking.whole(source, 0, NOW_MS)
    with pytest.raises(BackendFailed, match="repeated itself"):
        asking.whole(source, 1, NOW_MS)
    assert len(chat.asked) == 4
    shown = ["price: 310.5" in prompt(asked) for asked in chat.asked]
    assert shown == [False, True, False, False]


def test_an_older_value_is_asked_for_again_but_sent_in_the_end() -> None:
    chat, source = one(MSFT, TSLA, MSFT, MSFT, MSFT)
    sent = [asking.whole(source, number, NOW_MS) for number in range(3)]
    assert sent == [MSFT.encode(), TSLA.encode(), MSFT.encode()]
    assert len(chat.asked) == 5


@pytest.mark.parametrize(
    ("shape", "answers", "requests"),
    [
        ({"type": "string", "const": "on"}, ['"on"', '"on"'], 2),
        ({"type": "object", "properties": {"a": {"const": 1}}}, ['{"a":1}', "{}"], 2),
        ({"on": True}, ['{"on":true}', '{"on":true}', '{"on":false}'], 3),
        ([], ["[]", "[]"], 2),
    ],
)
def test_a_shape_of_few_values_may_repeat_as_far_as_it_must(
    shape: Any, answers: list[str], requests: int
) -> None:
    chat, source = one(*answers, shape=shape)
    asking.whole(source, 0, NOW_MS)
    asking.whole(source, 1, NOW_MS)
    assert len(chat.asked) == requests


def test_questions_differ_in_seed_and_in_temperature_after_an_answer_of_no_use() -> (
    None
):
    chat, source = one(MSFT, MSFT, "no", "no", MSFT, temperature=1.0)
    asking.whole(source, 0, NOW_MS)
    with pytest.raises(BackendFailed):
        asking.whole(source, 1, NOW_MS)
    first, repeated, unfit = [each.temperature for each in chat.asked[1:4]]
    assert first == 1.0
    assert repeated is not None and repeated > 1.0
    assert unfit is not None and unfit < repeated
    assert len({each.seed for each in chat.asked}) == 4


def test_after_a_repetition_each_question_allows_another_part_of_the_form() -> None:
    chat, source = one(MSFT, TSLA, MSFT, MSFT, STOCK)
    for number in range(2):
        asking.whole(source, number, NOW_MS)
    with suppress(BackendFailed):
        asking.whole(source, 2, NOW_MS)
    asked = [str(each.schema) for each in chat.asked]
    assert len(asked) == 5
    assert len(set(asked[:3])) == 1
    assert len(set(asked[2:])) == 3


def test_after_an_answer_that_does_not_fit_the_whole_form_is_allowed_again() -> None:
    chat, source = one(MSFT, MSFT, "no", TSLA)
    asking.whole(source, 0, NOW_MS)
    asking.whole(source, 1, NOW_MS)
    first, _, narrow, again = [each.schema for each in chat.asked]
    assert first == again != narrow


def test_a_repetition_that_was_streamed_is_as_good_a_reason() -> None:
    chat, source = one(MSFT, MSFT, TSLA)
    for number in range(3):
        list(asking.pieces(source, number, NOW_MS))
    first, second, third = [each.schema for each in chat.asked]
    assert first == second != third


def test_a_request_with_a_seed_asks_the_same_each_time() -> None:
    asked = []
    for _ in range(2):
        chat, source = one(MSFT, TSLA, request={"seed": 5})
        asking.whole(source, 0, NOW_MS)
        asking.whole(source, 1, NOW_MS)
        asked.append(chat.asked)
    assert asked[0] == asked[1]


@pytest.mark.parametrize("ask", [asking.whole, asking.elements, asking.pieces])
def test_no_mode_takes_the_beginning_of_a_number_for_one(ask: Any) -> None:
    _, source = one(["31", CUT], shape=5)
    with pytest.raises(BackendFailed, match="does not fit"):
        list(ask(source, 0, NOW_MS))


def test_a_streamed_value_is_shown_to_the_next_question() -> None:
    chat, source = one(MSFT, TSLA)
    list(asking.pieces(source, 0, NOW_MS))
    list(asking.pieces(source, 1, NOW_MS))
    assert "price: 310.5" in prompt(chat.asked[1])


# What is asked for


def test_the_answer_is_constrained_by_the_shape() -> None:
    chat, source = one('[{"a":1},{"a":2}]', shape=[{"a": 5}], request={"count": 2})
    asking.whole(source, 0, NOW_MS)
    schema = chat.asked[0].schema
    assert schema is not None
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 2, 2)


@pytest.mark.parametrize(("count", "asked"), [(None, 1), (3, 2)])
def test_a_number_of_elements_binds_only_when_the_caller_named_it(
    count: int | None, asked: int
) -> None:
    chat, source = one("[1,2]", "[4,5,6]", shape=[7], request={"count": count})
    asking.elements(source, 0, NOW_MS)
    assert len(chat.asked) == asked


def test_without_a_shape_any_object_will_do() -> None:
    chat, source = one("text", '{"any":["thing"]}', shape=None)
    assert asking.elements(source, 0, NOW_MS) == ("any", [b'"thing"'])
    assert chat.asked[0].schema == {"type": "object"}


def test_without_a_shape_any_text_is_streamed_that_is_not_blank() -> None:
    _, source = one(["Once ", "upon"], ["  "], shape=None)
    assert "".join(asking.pieces(source, 0, NOW_MS)) == "Once upon"
    with pytest.raises(BackendFailed, match="answered nothing"):
        list(asking.pieces(source, 1, NOW_MS))


def test_an_operators_own_prompt_for_tokens_may_be_about_prose() -> None:
    template = "Tell me about {path}."
    chat, source = one("Once.", shape=None, custom_streaming_prompt_template=template)
    assert list(asking.pieces(source, 0, NOW_MS)) == ["Once."]
    assert chat.asked[0].schema is None
    assert prompt(chat.asked[0]) == "Tell me about /stocks/AAPL."


def test_streamed_json_comes_without_what_surrounds_it() -> None:
    _, source = one(["Sure:\n```json\n", MSFT[:5], MSFT[5:] + "\n`", "``"])
    assert "".join(asking.pieces(source, 0, NOW_MS)) == MSFT


def test_streamed_json_is_whole_whatever_happens_behind_it() -> None:
    chat, source = one([MSFT, UpstreamBroken("cut")])
    assert "".join(asking.pieces(source, 0, NOW_MS)) == MSFT
    assert chat.open == 0


def test_streamed_json_does_not_wait_long_for_a_model_that_falls_silent() -> None:
    def stall() -> Iterator[str]:
        yield MSFT
        gevent.sleep(3600)

    chat, source = one(lambda request: stall())
    with gevent.Timeout(5):
        assert "".join(asking.pieces(source, 0, NOW_MS)) == MSFT
    assert chat.open == 0


def test_a_streamed_answer_ends_by_itself_so_that_its_connection_can_be_kept() -> None:
    chat, source = one(MSFT)
    assert "".join(asking.pieces(source, 0, NOW_MS)) == MSFT
    assert chat.finished == 1


def test_the_context_is_asked_for_with_each_question() -> None:
    chat = FakeChat(MSFT, TSLA)
    known = FakeMemory("GET /first", "GET /second")
    source = backends({"one": chat}).open(asked_for(STOCK), known)
    asking.whole(source, 0, NOW_MS)
    asking.whole(source, 1, NOW_MS)
    assert "GET /first" in prompt(chat.asked[0])
    assert "GET /second" in prompt(chat.asked[1])


# Failures


def test_a_timeout_has_the_contracts_message() -> None:
    _, source = one(UpstreamTimeout("host: 30 s", retryable=False))
    with pytest.raises(BackendTimeout) as raised:
        asking.whole(source, 0, NOW_MS)
    assert raised.value.detail == "LLM timeout"


def test_no_error_shows_what_is_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    _, source = one(UpstreamBroken("10.0.0.7: reset"), enable_retry_policy=False)
    with pytest.raises(BackendFailed) as raised:
        asking.whole(source, 0, NOW_MS)
    assert "10.0.0.7" not in orjson.dumps(raised.value.problem()).decode()
    assert "backend one: UpstreamBroken: 10.0.0.7: reset" in caplog.text


def test_retries_can_be_switched_off() -> None:
    chat, source = one(UpstreamBroken("reset"), enable_retry_policy=False)
    with pytest.raises(BackendFailed):
        asking.whole(source, 0, NOW_MS)
    assert len(chat.asked) == 1


def test_an_answer_of_no_use_does_not_go_over_to_another_backend() -> None:
    chats = {"one": FakeChat("no"), "two": FakeChat(MSFT)}
    source = backends(chats).open(asked_for(STOCK))
    with pytest.raises(BackendFailed):
        asking.whole(source, 0, NOW_MS)
    assert chats["two"].asked == []
    assert asking.whole(source, 1, NOW_MS) == MSFT.encode()


@pytest.mark.parametrize("order", [("bad", "weak"), ("weak", "bad")])
def test_a_backend_that_fails_for_good_is_left_out_of_further_rounds(
    order: tuple[str, str],
) -> None:
    forbidden = UpstreamRefused("401", status=401, retryable=False)
    chats = {
        "bad": FakeChat(forbidden),
        "weak": FakeChat(UpstreamBroken("reset"), UpstreamBroken("reset"), MSFT),
    }
    pool = backends({name: chats[name] for name in order})
    assert asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS) == MSFT.encode()
    assert (len(chats["bad"].asked), len(chats["weak"].asked)) == (1, 3)


def test_none_available_says_when_the_first_will_be() -> None:
    time = FakeTime()
    chats = {name: FakeChat(UpstreamBroken("reset")) for name in ("one", "two")}
    all_of_them = backends(
        chats,
        time=time,
        enable_retry_policy=False,
        circuit_breaker_failure_threshold=1,
        circuit_breaker_duration_seconds=20.0,
    )
    with pytest.raises(BackendFailed):
        asking.whole(all_of_them.open(asked_for(STOCK)), 0, NOW_MS)
    time.sleep(7.5)
    with pytest.raises(BackendUnavailable) as raised:
        asking.whole(all_of_them.open(asked_for(STOCK)), 0, NOW_MS)
    assert raised.value.retry_after == 13
    assert [len(chat.asked) for chat in chats.values()] == [1, 1]
    assert [row["breaker"] for row in all_of_them.status()] == ["open", "open"]


def test_streams_share_a_breaker_and_one_of_them_probes() -> None:
    time = FakeTime()
    chat = FakeChat(UpstreamBroken("reset"), MSFT)
    shared = backends(
        {"one": chat},
        time=time,
        enable_retry_policy=False,
        circuit_breaker_failure_threshold=1,
    )
    first, second = shared.open(asked_for(STOCK)), shared.open(asked_for(STOCK))
    with pytest.raises(BackendFailed):
        asking.whole(first, 0, NOW_MS)
    with pytest.raises(BackendUnavailable):
        asking.whole(second, 0, NOW_MS)
    time.sleep(30)
    probe = asking.pieces(first, 1, NOW_MS)
    next(probe)
    with pytest.raises(BackendUnavailable) as raised:
        asking.whole(second, 1, NOW_MS)
    assert raised.value.retry_after == 1
    probe.close()  # type: ignore[attr-defined]
    assert asking.whole(second, 2, NOW_MS) == MSFT.encode()


def test_a_circuit_breaker_can_be_switched_off() -> None:
    chat, source = one(
        UpstreamBroken("reset"), enable_circuit_breaker=False, max_retry_attempts=20
    )
    with pytest.raises(BackendFailed):
        asking.whole(source, 0, NOW_MS)
    assert len(chat.asked) == 21


def test_a_model_has_its_own_temperature_before_the_common_one() -> None:
    chat = FakeChat(MSFT)
    pool = backends({"one": chat}, model("one", temperature=0.3), temperature=1.5)
    asking.whole(pool.open(asked_for(STOCK)), 0, NOW_MS)
    assert chat.asked[0].temperature == 0.3
