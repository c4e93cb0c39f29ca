"""The reader of event streams: by tables, by random chunks, and against our frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Event, Fields
from app.sse.frames import SSE
from app.sse.parser import SseParser, StreamTooLarge


def read(*parts: bytes, **limits: int) -> list[Event]:
    parser = SseParser(**limits)
    found = [event for part in parts for event in parser.feed(part)]
    return found + [*parser.close()]


TABLE = [
    (b"data: a\n\n", [Event(b"a", fields=Fields())]),
    (b"data:a\r\n\r\n", [Event(b"a", fields=Fields())]),
    (b"data:  a\r\r", [Event(b" a", fields=Fields())]),
    (b"\xef\xbb\xbfdata: a\n\n", [Event(b"a", fields=Fields())]),
    (b"data: a\ndata\ndata: b\n\n", [Event(b"a\n\nb", fields=Fields())]),
    (
        b"event: e\nid: 7\nretry: 9\ndata:\n\n",
        [Event(b"", fields=Fields(b"e", b"7", 9))],
    ),
    (b"id: a\0b\nretry: 5s\ndata: x\n\n", [Event(b"x", fields=Fields())]),
    (b"retry: 9\n\n", [Event(None, fields=Fields(retry=9))]),
    (b": hi\n\n", [Event(None, fields=Fields(comment=b"hi"))]),
    (b"\n\n\n", []),
    (b"unknown: 1\n\n", []),
    (b"data: held back", [Event(b"held back", fields=Fields())]),
]


@pytest.mark.parametrize(("stream", "events"), TABLE)
def test_a_stream_is_read_as_the_standard_says(
    stream: bytes, events: list[Event]
) -> None:
    assert read(stream) == events
    assert read(*(stream[i : i + 1] for i in range(len(stream)))) == events


def test_a_client_would_come_back_with_the_latest_id() -> None:
    parser = SseParser()
    list(parser.feed(b"id: 1\ndata: a\n\ndata: b\n\nid: 2\n"))
    assert parser.last_id == b"2"


def test_unknown_fields_are_told() -> None:
    told: list[tuple[bytes, bytes]] = []
    parser = SseParser(on_unknown=lambda name, value: told.append((name, value)))
    list(parser.feed(b"error: {}\n<html>\n"))
    assert told == [(b"error", b"{}"), (b"<html>", b"")]


@pytest.mark.parametrize(
    ("stream", "limits"),
    [
        (b"data: " + b"x" * 95, {"max_line": 100}),
        (b"data: 12345\n" * 3, {"max_event": 14}),
    ],
)
def test_what_is_too_long_is_refused(stream: bytes, limits: dict[str, int]) -> None:
    with pytest.raises(StreamTooLarge):
        read(stream, **limits)


LINES = st.binary().map(lambda text: text.replace(b"\r", b"").replace(b"\n", b""))
TEXTS = st.lists(LINES, min_size=1).map(b"\n".join)
EVENTS = st.builds(
    Event,
    TEXTS,
    st.just(False),
    st.just(False),
    fields=st.builds(
        Fields,
        LINES,
        LINES.map(lambda line: line.replace(b"\0", b"")),
        st.just(7),
        st.none(),
        st.none(),
        st.just(()),
    ),
)


@given(st.lists(EVENTS), st.lists(st.integers(0, 50)))
def test_what_was_framed_is_read_again_however_it_is_cut(
    events: list[Event], cuts: list[int]
) -> None:
    stream = b"".join(SSE.encode(event, 1, None) for event in events)
    parts = []
    for cut in cuts:
        parts.append(stream[:cut])
        stream = stream[cut:]
    assert read(*parts, stream) == events
