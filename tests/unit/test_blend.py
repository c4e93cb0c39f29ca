"""A model writes the texts of a stream, and the simulation makes everything else."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import gevent
import orjson
import pytest

from app.backends.pool import Backends
from app.embedded.backend import EmbeddedBackend
from app.errors import BackendFailed
from app.llm.chat import ChatRequest
from app.ports import Source
from app.schema.shapes import make_shape
from app.schema.validation import schema_validator
from app.words import Json
from tests.unit import asking
from tests.unit.fake_chat import (
    FakeChat,
    FakeMemory,
    asked_for,
    backends,
    model,
    unreachable,
)

NOW_MS = 1_736_166_896_789
LOG = {
    "id": 17,
    "level": "info",
    "message": "Job finished without errors",
    "durationMs": 120,
}


def entries(question: ChatRequest) -> dict[str, Json]:
    """What is inside the schema of a question for texts."""
    assert question.schema is not None
    found: dict[str, Json] = question.schema["properties"]["entries"]
    return found


def writer() -> Callable[[ChatRequest], Json]:
    """A model that writes as many entries as it is asked for, each another."""
    written = iter(range(10_000))

    def answer(question: ChatRequest) -> Json:
        names = entries(question)["items"]["properties"]
        return {
            "entries": [
                {name: f"Written {name} {next(written)}" for name in names}
                for _ in range(entries(question)["minItems"])
            ]
        }

    return answer


def pool(*chats: FakeChat, **settings: Any) -> Backends:
    named = {f"model-{index}": chat for index, chat in enumerate(chats)}
    return backends(named, make_embedded=EmbeddedBackend, **settings)


def opened(chat: FakeChat, shape: Json = None, **changes: Any) -> Source:
    shape = LOG if shape is None else shape
    return pool(chat).open(asked_for(shape, path="logs", blend=True, **changes))


def events(source: Source, count: int, start: int = 0) -> list[Json]:
    """The next values, with time for what is asked ahead."""
    found = []
    for number in range(start, start + count):
        text = asking.whole(source, number, NOW_MS + number * 1000)
        found.append(orjson.loads(text))
        gevent.sleep(0)
    return found


def test_one_question_gives_the_texts_of_many_events() -> None:
    chat = FakeChat(writer())
    source = opened(chat)
    found = events(source, 100)
    assert [event["message"] for event in found] == [
        f"Written message {number}" for number in range(100)
    ]
    assert 10 <= len(chat.asked) <= 12


def simulated(count: int, seed: int) -> list[Json]:
    """The values of the simulation alone, without their texts."""
    request = asked_for(LOG, path="logs", seed=seed)
    return without_texts(events(EmbeddedBackend().open(request), count))


def without_texts(values: list[Json]) -> list[Json]:
    return [{**value, "message": ""} for value in values]


def test_everything_else_is_simulated_and_has_the_shape() -> None:
    found = events(opened(FakeChat(writer()), seed=7), 50)
    fits = schema_validator(make_shape(LOG).schema).is_valid
    assert all(map(fits, found))
    assert without_texts(found) == simulated(50, seed=7)


def test_a_shape_without_texts_needs_no_model() -> None:
    chat = FakeChat(unreachable())
    source = opened(chat, {"ticker": "AAPL", "price": 150.25})
    assert len(events(source, 5)) == 5
    assert chat.asked == []


def test_the_first_event_waits_for_its_text_and_no_later_one_does() -> None:
    def slow(question: ChatRequest) -> Any:
        answer = orjson.dumps(writer()(question)).decode()
        gevent.sleep(0.05)
        return answer

    source = opened(FakeChat(slow))
    first = events(source, 1)
    assert first[0]["message"] == "Written message 0"
    with gevent.Timeout(0.04):  # less than one answer takes
        later = events(source, 30, start=1)
    assert len(later) == 30
    assert not later[-1]["message"].startswith("Written")


def test_what_repeats_the_example_or_another_text_is_not_used() -> None:
    same = [{"message": "Again."}, {"message": LOG["message"]}, {"message": "again"}]
    source = opened(FakeChat({"entries": same}))
    messages = [event["message"] for event in events(source, 12)]
    assert messages.count("Again.") == 1
    assert "again" not in messages and messages[0] == "Again."


def test_a_model_that_is_of_no_use_takes_nothing_from_the_values() -> None:
    chat = FakeChat("Sorry, no.")
    built = pool(chat)
    source = built.open(asked_for(LOG, path="logs", blend=True))
    assert len(events(source, 21)) == 21
    assert len(chat.asked) <= 3 * 4
    row = built.status()[0]
    assert row["unfitAnswers"] == len(chat.asked)
    assert row["lastUnfit"] == "It was not JSON."


def test_a_model_that_fails_is_replaced_without_a_gap_in_the_simulation() -> None:
    bad, good = FakeChat(unreachable()), FakeChat(writer())
    request = asked_for(LOG, path="logs", blend=True, seed=7)
    found = events(pool(bad, good).open(request), 30)
    assert all(event["message"].startswith("Written") for event in found)
    assert without_texts(found) == simulated(30, seed=7)


def test_a_question_that_was_asked_ahead_and_failed_is_an_error_once() -> None:
    chat = FakeChat(writer(), unreachable(retryable=False), writer())
    source = pool(chat, enable_retry_policy=False).open(
        asked_for(LOG, path="logs", blend=True)
    )
    events(source, 1)
    with pytest.raises(BackendFailed):
        events(source, 1, start=1)
    assert len(events(source, 20, start=1)) == 20


def test_one_answer_that_is_no_stream_asks_for_its_own_texts_alone() -> None:
    chat = FakeChat(writer())
    events(opened(chat, continuous=False), 1)
    (question,) = chat.asked
    assert entries(question)["minItems"] == 1


def test_each_record_of_a_list_has_texts_of_its_own() -> None:
    chat = FakeChat(writer())
    shape = {"comments": [{"author": "Ada", "text": "A word or two about it"}] * 2}
    source = opened(chat, shape, continuous=False)
    (value,) = events(source, 1)
    assert [each["text"] for each in value["comments"]] == [
        "Written text 0",
        "Written text 1",
    ]


def test_a_question_says_what_is_simulated_and_what_the_context_knows() -> None:
    chat = FakeChat(writer())
    request = asked_for(LOG, path="services/billing/logs", blend=True)
    source = pool(chat).open(request, FakeMemory("customer is Ada", "more"))
    (value,) = events(source, 1)
    prompt = chat.asked[0].messages[1].content
    assert "/services/billing/logs" in prompt
    assert f"level: {value['level']}" in prompt
    assert "customer is Ada" in prompt or "more" in prompt
    assert LOG["message"] not in prompt


def test_tokens_and_elements_are_those_of_the_blended_value() -> None:
    source = opened(FakeChat(writer()))
    text = "".join(asking.pieces(source, 0, NOW_MS))
    assert orjson.loads(text)["message"] == "Written message 0"
    gevent.sleep(0)  # the next texts come
    (item,) = asking.elements(source, 1, NOW_MS).items
    assert orjson.loads(item)["message"] == "Written message 1"


def test_a_stream_that_is_gone_asks_for_nothing_more() -> None:
    def never(question: ChatRequest) -> Any:
        gevent.sleep(60)

    chat = FakeChat(writer(), lambda question: iter(_endless()))
    source = opened(chat)
    events(source, 1)
    gevent.sleep(0.01)
    assert chat.open == 1
    gc.disable()
    try:
        del source
        gevent.sleep(0.01)
        assert chat.open == 0
    finally:
        gc.enable()


def _endless() -> Any:
    while True:
        gevent.sleep(0.001)
        yield " "


@pytest.mark.parametrize(
    ("configured", "asked", "blends"),
    [
        (False, None, False),
        (True, None, True),
        (True, False, False),
        (False, True, True),
    ],
)
def test_a_request_says_whether_to_blend_or_else_the_backend(
    configured: bool, asked: bool | None, blends: bool
) -> None:
    chat = FakeChat(writer() if blends else LOG)
    built = backends(
        {"one": chat}, model("one", blend=configured), make_embedded=EmbeddedBackend
    )
    source = built.open(asked_for(LOG, path="logs", blend=asked))
    assert source.slow is not blends
    if blends:
        events(source, 1)
        assert "entries" in chat.asked[0].schema["properties"]
