"""Section 4 of the contract: every event, byte for byte."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from httpx_sse import EventSource
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BackendFailed, BadRequest
from app.events import payloads
from app.events.envelope import CONTRACT
from app.events.event import EndReason, Event, Wait
from app.events.modes import BATCHES, SINGLES, Row, Writing
from app.sse.frames import SSE, Frames, StreamIds
from app.words import Mode, SimulatedError
from tests.unit.fakes import EPOCH_MS, FakeSource

STAMP = "2025-01-06T12:34:56.789Z"


def now_ms() -> int:
    return EPOCH_MS


def batch(mode: Mode, value: object, number: int = 0) -> list[str]:
    return data(events(BATCHES[mode], FakeSource(lambda _: value), number))


def single(mode: Mode, value: object, schema: bytes | None = None) -> list[str]:
    source = FakeSource(lambda _: value)
    return data(events(SINGLES[mode], source, schema=schema))


def events(
    row: Row[Any],
    source: FakeSource,
    number: int = 0,
    *,
    schema: bytes | None = None,
    max_text_bytes: int = 1000,
) -> list[Event]:
    writing = Writing(now_ms, max_text_bytes, schema)
    found = row.events(
        source.make(row.cut, number, EPOCH_MS), number, EPOCH_MS, writing
    )
    return [event for event in found if isinstance(event, Event)]


def data(events: list[Event]) -> list[str]:
    return [(event.data or b"").decode() for event in events]


def frames(stream_id: str = "s") -> Frames:
    return Frames(SSE, StreamIds(stream_id))


def test_the_first_block_has_retry_and_ids_count_from_zero() -> None:
    abc = frames("abc")
    assert abc.frame(Event(b"1")) == b"id: abc-0\nretry: 2000\ndata: 1\n\n"
    assert abc.frame(Event(b"2")) == b"id: abc-1\ndata: 2\n\n"
    assert abc.frame(Event(b"3", last=True)) == b"id: abc-2-end\ndata: 3\n\n"
    only = frames("x").frame(Event(b"1", last=True))
    assert only == b"id: x-0-end\nretry: 2000\ndata: 1\n\n"


def test_a_heartbeat_is_a_comment_line_without_a_block() -> None:
    assert SSE.keep_alive == b": keep-alive\n"


@pytest.mark.parametrize("reason", list(EndReason))
def test_only_a_shutdown_lets_its_client_come_back(reason: EndReason) -> None:
    (end,) = CONTRACT.end(reason, 3, None)
    assert end.last == (reason is not EndReason.SHUTDOWN)


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (0, b"1970-01-01T00:00:00.000Z"),
        (EPOCH_MS, STAMP.encode()),
        (1_709_251_199_001, b"2024-02-29T23:59:59.001Z"),
    ],
)
def test_timestamps_are_utc_with_milliseconds(now: int, text: bytes) -> None:
    assert payloads.timestamp(now) == text


def test_the_messages_of_a_continuous_stream() -> None:
    assert payloads.info(Mode.ARRAY_ITEMS, 1000, 0) == (
        b'{"type":"info","message":"Continuous streaming started",'
        b'"mode":"ArrayItems","intervalMs":1000,"maxDurationSeconds":0}'
    )
    assert payloads.error("LLM timeout", 5) == (
        b'{"type":"error","message":"LLM timeout","eventCount":5}'
    )
    assert payloads.end(EndReason.MAX_DURATION, 7) == (
        b'{"type":"end","message":"Max duration reached","eventCount":7,'
        b'"reason":"max_duration","done":true}'
    )


@pytest.mark.parametrize(
    ("reason", "message", "code"),
    [
        (EndReason.MAX_DURATION, "Max duration reached", "max_duration"),
        (EndReason.STOPPED, "Stopped", "stopped"),
        (EndReason.SHUTDOWN, "Server shutting down", "shutdown"),
        (EndReason.ERRORS, "Too many consecutive errors", "errors"),
        (EndReason.MAX_EVENTS, "Max events reached", "max_events"),
        (EndReason.COMPLETE, "Complete", "complete"),
    ],
)
def test_every_end_has_a_message_and_a_reason(
    reason: EndReason, message: str, code: str
) -> None:
    event = orjson.loads(payloads.end(reason, 0))
    assert (event["message"], event["reason"]) == (message, code)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SimulatedError(404, "Gone"), b'{"error":{"code":404,"message":"Gone"}}'),
        (
            SimulatedError(500, 'a "b"', {"x": [1]}),
            b'{"error":{"code":500,"message":"a \\"b\\"","details":{"x":[1]}}}',
        ),
    ],
)
def test_a_simulated_error(error: SimulatedError, text: bytes) -> None:
    assert payloads.simulated(error) == text


BATCH_TABLE: list[tuple[Mode, object, list[str]]] = [
    (
        Mode.COMPLETE_OBJECTS,
        {"a": [1, 2]},
        [f'{{"data":{{"a":[1,2]}},"index":3,"timestamp":"{STAMP}","done":false}}'],
    ),
    (
        Mode.ARRAY_ITEMS,
        {"n": 1, "a": [1, 2], "b": [3]},
        [
            f'{{"item":1,"index":0,"total":2,"arrayName":"a","batchNumber":3,'
            f'"timestamp":"{STAMP}","hasMore":true,"done":false}}',
            f'{{"item":2,"index":1,"total":2,"arrayName":"a","batchNumber":3,'
            f'"timestamp":"{STAMP}","hasMore":false,"done":false}}',
        ],
    ),
    (
        Mode.ARRAY_ITEMS,
        {"n": 1},
        [
            f'{{"item":{{"n":1}},"index":0,"total":1,"batchNumber":3,'
            f'"timestamp":"{STAMP}","hasMore":false,"done":false}}'
        ],
    ),
    (
        Mode.ARRAY_ITEMS,
        {"a": []},
        [
            f'{{"total":0,"arrayName":"a","batchNumber":3,"timestamp":"{STAMP}",'
            f'"hasMore":false,"done":false}}'
        ],
    ),
    (
        Mode.LLM_TOKENS,
        {"n": 1},
        [
            '{"chunk":"{\\"n\\"","accumulated":"{\\"n\\"",'
            '"batchNumber":3,"done":false}',
            '{"chunk":":1}","accumulated":"{\\"n\\":1}","batchNumber":3,"done":false}',
            f'{{"content":"{{\\"n\\":1}}","batchNumber":3,"timestamp":"{STAMP}",'
            f'"done":false}}',
        ],
    ),
]


@pytest.mark.parametrize(("mode", "value", "events"), BATCH_TABLE)
def test_the_events_of_a_batch(mode: Mode, value: object, events: list[str]) -> None:
    assert batch(mode, value, 3) == events


SINGLE_TABLE: list[tuple[Mode, object, list[str]]] = [
    (
        Mode.COMPLETE_OBJECTS,
        [1, 2],
        [
            '{"data":1,"index":0,"total":2,"done":false}',
            '{"data":2,"index":1,"total":2,"done":true}',
        ],
    ),
    (
        Mode.COMPLETE_OBJECTS,
        {"a": [{"b": 1}]},
        ['{"data":{"b":1},"index":0,"total":1,"done":true}'],
    ),
    (
        Mode.COMPLETE_OBJECTS,
        {"b": 1},
        ['{"data":{"b":1},"index":0,"total":1,"done":true}'],
    ),
    (Mode.COMPLETE_OBJECTS, [], ['{"total":0,"done":true}']),
    (
        Mode.ARRAY_ITEMS,
        {"a": [1, 2]},
        [
            '{"item":1,"index":0,"total":2,"arrayName":"a",'
            '"hasMore":true,"done":false}',
            '{"item":2,"index":1,"total":2,"arrayName":"a",'
            '"hasMore":false,"done":true}',
        ],
    ),
    (
        Mode.ARRAY_ITEMS,
        [5],
        ['{"item":5,"index":0,"total":1,"hasMore":false,"done":true}'],
    ),
    (Mode.ARRAY_ITEMS, [], ['{"total":0,"hasMore":false,"done":true}']),
    (
        Mode.ARRAY_ITEMS,
        {"a": []},
        ['{"total":0,"arrayName":"a","hasMore":false,"done":true}'],
    ),
    (
        Mode.LLM_TOKENS,
        12345,
        [
            '{"chunk":"1234","accumulated":"1234","done":false}',
            '{"chunk":"5","accumulated":"12345","done":false}',
            '{"content":"12345","done":true}',
        ],
    ),
]


@pytest.mark.parametrize(("mode", "value", "events"), SINGLE_TABLE)
def test_the_events_of_a_regular_stream(
    mode: Mode, value: object, events: list[str]
) -> None:
    assert single(mode, value) == events


def test_the_last_token_event_has_the_shape_where_it_is_asked_for() -> None:
    assert single(Mode.LLM_TOKENS, 1, b'{"a":1}')[-1] == (
        '{"content":"1","schema":{"a":1},"done":true}'
    )


@pytest.mark.parametrize("mode", list(Mode))
def test_the_last_event_of_a_regular_stream_ends_it_and_makes_it_whole(
    mode: Mode,
) -> None:
    found = events(SINGLES[mode], FakeSource(lambda _: [1, 2]))
    flags = [(event.last, event.whole) for event in found]
    assert flags == [(False, False)] * (len(found) - 1) + [(True, True)]


@pytest.mark.parametrize("mode", list(Mode))
def test_only_the_last_event_of_a_batch_makes_it_whole(mode: Mode) -> None:
    found = events(BATCHES[mode], FakeSource(lambda _: [1, 2]))
    assert [event.whole for event in found] == [False] * (len(found) - 1) + [True]
    assert not any(event.last for event in found)


@pytest.mark.parametrize("rows", [BATCHES, SINGLES])
def test_a_wait_among_the_parts_is_passed_on(rows: dict[Mode, Row[Any]]) -> None:
    for row in rows.values():
        wait = Wait(ready=lambda: True)
        parts = [wait, *FakeSource(lambda _: [1]).make(row.cut, 0, EPOCH_MS)]
        found = row.events(iter(parts), 0, EPOCH_MS, Writing(now_ms, 1000))
        assert next(found) is wait
        assert all(isinstance(event, Event) for event in found)


@pytest.mark.parametrize("rows", [BATCHES, SINGLES])
def test_a_text_that_grows_too_long_breaks_off(rows: dict[Mode, Row[Any]]) -> None:
    source = FakeSource(lambda _: 1, pieces=lambda _: iter(["abc", "d\u00e9"]))
    row = rows[Mode.LLM_TOKENS]
    assert len(events(row, source, max_text_bytes=6)) == 3
    with pytest.raises(BackendFailed, match="longer than the 5 bytes"):
        events(row, source, max_text_bytes=5)


@pytest.mark.parametrize("rows", [BATCHES, SINGLES])
def test_a_text_that_is_known_to_be_too_long_is_refused(
    rows: dict[Mode, Row[Any]],
) -> None:
    row = rows[Mode.LLM_TOKENS]
    parts = ["abc", "d\u00e9"]
    with pytest.raises(BadRequest, match="has 6 bytes"):
        next(row.events(parts, 0, EPOCH_MS, Writing(now_ms, 5)))


@given(st.lists(st.text(min_size=1), min_size=1), st.sampled_from(list(Mode)))
def test_any_text_passes_through_an_independent_reader(
    texts: list[str], mode: Mode
) -> None:
    source = FakeSource(lambda _: {"texts": texts}, pieces=lambda _: texts)
    stream = frames()
    found = events(SINGLES[mode], source, max_text_bytes=1 << 20)
    body = b"".join(stream.frame(event) for event in found)
    response = httpx.Response(
        200, headers={"Content-Type": "text/event-stream"}, content=body
    )
    read: list[Any] = [orjson.loads(e.data) for e in EventSource(response).iter_sse()]
    assert [e["done"] for e in read] == [False] * (len(read) - 1) + [True]
    if mode is Mode.LLM_TOKENS:
        chunks = "".join(e["chunk"] for e in read[:-1])
        assert chunks == read[-2]["accumulated"] == read[-1]["content"]
    else:
        key = "data" if mode is Mode.COMPLETE_OBJECTS else "item"
        assert [e[key] for e in read] == texts
