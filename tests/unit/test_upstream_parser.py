"""The parser of streamed chat completions, as tables, in random reads, and beside
two readers that are not ours."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import httpx
import httpx_sse
import pytest
import sseclient
from hypothesis import given
from hypothesis import strategies as st

from app.llm.chat import UpstreamBroken
from app.llm.upstream import Caps, ChatStreamParser

SMALL = Caps(line=2_000, event=2_500, answer=9_000)


class Read(NamedTuple):
    """What a parser made of a stream."""

    texts: list[str]
    finish: list[str]
    tokens: list[int]
    error: str | None

    @property
    def text(self) -> str:
        return "".join(self.texts)


def read(reads: Iterable[bytes], caps: Caps = SMALL) -> Read:
    parser = ChatStreamParser(lambda text: f"<{text}>", caps)
    deltas = []
    error = None
    try:
        for part in reads:
            for delta in parser.feed(part):
                deltas.append(delta)
            if parser.done:
                break
        else:
            deltas += parser.close()
    except UpstreamBroken as broken:
        error = broken.cause
    return Read(
        [delta.text for delta in deltas if delta.text],
        [delta.finish for delta in deltas if delta.finish is not None],
        [delta.tokens for delta in deltas if delta.tokens is not None],
        error,
    )


def bytewise(stream: bytes) -> Iterator[bytes]:
    return (stream[i : i + 1] for i in range(len(stream)))


def say(text: str | None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return json.dumps({"choices": [choice]}, ensure_ascii=False)


STOP = '{"choices":[{"delta":{},"finish_reason":"stop"}]}'
HELLO = f"data: {say('Hel')}\n\ndata: {say('lo')}\n\n"
SPREAD = f"{HELLO}data: [DONE]\n\n".replace('"delta"', '\ndata: "delta"')

WHOLE = {
    "lines that end in LF": f"{HELLO}data: [DONE]\n\n",
    "lines that end in CRLF": f"{HELLO}data: [DONE]\n\n".replace("\n", "\r\n"),
    "lines that end in CR": f"{HELLO}data: [DONE]\n\n".replace("\n", "\r"),
    "lines that end in each": HELLO.replace("\n\n", "\r\n\r", 1) + "data: [DONE]",
    "no space after the colon": f"{HELLO}data: [DONE]\n\n".replace("data: ", "data:"),
    "comments": f": hi\n\n{HELLO}:\n: ping\n\ndata: [DONE]\n\n",
    "other fields": f"id: 1\nevent: message\nretry: 5\nfoo: 1\n{HELLO}data: [DONE]\n\n",
    "a byte order mark": f"\ufeff{HELLO}data: [DONE]\n\n",
    "data over several lines": SPREAD,
    "data over several lines in CRLF": SPREAD.replace("\n", "\r\n"),
    "[DONE] without a blank line": f"{HELLO}data: [DONE]\n",
    "[DONE] without a line's end": f"{HELLO}data: [DONE]",
    "[DONE] with spaces": f"{HELLO}data:  [DONE] \n\n",
    "a reason and no [DONE]": f"{HELLO}data: {STOP}\n\n",
    "a reason without a line's end": f"{HELLO}data: {STOP}",
    "text after [DONE]": f"{HELLO}data: [DONE]\n\ndata: {say('!')}\n\n",
    "null content": f"data: {say(None)}\n\n{HELLO}data: [DONE]\n\n",
    "no delta": 'data: {"choices":[{"index":0}]}\n\n' + HELLO + "data: [DONE]\n\n",
    "a null delta": 'data: {"choices":[{"delta":null}]}\n\n'
    + HELLO
    + "data: [DONE]\n\n",
    "no choices": 'data: {"id":"x"}\n\n' + HELLO + "data: [DONE]\n\n",
    "a null error": 'data: {"error":null}\n\n' + HELLO + "data: [DONE]\n\n",
    "thoughts": 'data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}\n\n'
    + HELLO
    + "data: [DONE]\n\n",
}


@pytest.mark.parametrize("stream", WHOLE.values(), ids=WHOLE.keys())
@pytest.mark.parametrize("cut", [lambda s: [s], bytewise], ids=["at once", "bytewise"])
def test_a_whole_answer_is_read_whatever_its_form(stream, cut):
    found = read(cut(stream.encode()))

    assert (found.texts, found.error) == (["Hel", "lo"], None)


BROKEN = {
    "cut between events": (HELLO, "the answer was cut off"),
    "cut inside an event": (
        HELLO + "data: " + say("!")[:30],
        "an event that is not JSON",
    ),
    "cut inside a field": (HELLO + "dat", "not an event stream: <dat>"),
    "not JSON": (HELLO + "data: {'a'}\n\n", "an event that is not JSON: <{'a'}>"),
    "not UTF-8": (HELLO.encode() + b'data: "\xff"\n\n', "an event that is not JSON"),
    "not an object": (HELLO + "data: [1]\n\n", "an event that is not a JSON object"),
    "an error event": (
        HELLO + 'data: {"error":{"message":"slot lost"}}\n\n',
        'reported in its answer: <{"message":"slot lost"}>',
    ),
    "an error text": (HELLO + 'data: {"error":"lost"}\n\n', 'answer: <"lost">'),
    "an error field": (HELLO + 'error: {"code":500}\n\n', 'its answer: <{"code":500}>'),
    "an error field at the end": (
        HELLO + 'error: {"code":500}',
        'answer: <{"code":500}>',
    ),
    "an event called error": (HELLO + "event: error\ndata: oh\n\n", "answer: <oh>"),
    "a line over its cap": (HELLO + "data: " + "x" * 2_000, "a line of more than 2000"),
    "an event over its cap": (
        HELLO + f"data: {'x' * 1_900}\n" * 2,
        "an event of more than 2500 bytes",
    ),
}


@pytest.mark.parametrize("stream, cause", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("cut", [lambda s: [s], bytewise], ids=["at once", "bytewise"])
def test_a_broken_answer_gives_its_pieces_and_then_an_error(stream, cause, cut):
    raw = stream if isinstance(stream, bytes) else stream.encode()

    found = read(cut(raw))

    assert found.texts == ["Hel", "lo"]
    assert cause in str(found.error)


@pytest.mark.parametrize(
    "stream, cause",
    [
        (b"", "an empty answer"),
        (b"\n\n", "the answer was cut off"),
        (b"<html>Bad gateway", "not an event stream: <<html>Bad gateway>"),
        (b'{"error":{"message":"no"}}', "not an event stream"),
    ],
)
def test_what_is_no_stream_is_an_error_that_shows_its_beginning(stream, cause):
    assert cause in str(read([stream]).error)


def test_a_line_is_refused_long_before_it_ends():
    parser = ChatStreamParser(str, Caps(line=1_000))

    with pytest.raises(UpstreamBroken):
        for _ in range(20):
            list(parser.feed(b"x" * 100))


def test_an_answer_without_end_is_refused_at_its_cap():
    found = read([b": ping\n\n"] * 2_000)

    assert found.error == "an answer of more than 9000 bytes"


def test_an_event_does_not_wait_for_the_read_after_a_carriage_return():
    parser = ChatStreamParser(str)

    assert [d.text for d in parser.feed(f"data: {say('a')}\r\r".encode())] == ["a"]
    assert [d.text for d in parser.feed(f"\ndata: {say('b')}\r\n".encode())] == []
    assert [d.text for d in parser.feed(b"\r\n")] == ["b"]


@pytest.mark.parametrize(
    "count",
    [
        '{"choices":[],"usage":{"completion_tokens":42}}',
        '{"usage":{"completion_tokens":42}}',
    ],
)
def test_the_count_of_tokens_comes_without_a_choice(count):
    found = read([f"{HELLO}data: {STOP}\n\ndata: {count}\n\ndata: [DONE]\n\n".encode()])

    assert found == (["Hel", "lo"], ["stop"], [42], None)


# Any text, and any cut

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    '\x85\u2028\u2029\ufeff\r\n\0é€😀"\\'
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[str], bytes]:
    pieces = draw(st.lists(texts, max_size=6))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    noise = st.sampled_from(["", ": ping\n\n", "event: message\n", "id: 7\n"])
    events = [draw(noise) + f"data: {say(piece)}\n\n" for piece in pieces]
    return (
        pieces,
        "".join([*events, "data: [DONE]\n\n"]).replace("\n", newline).encode(),
    )


@st.composite
def cuts(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    places = draw(st.lists(st.integers(0, len(stream)), max_size=12))
    edges = [0, *sorted(places), len(stream)]
    return [stream[a:b] for a, b in zip(edges, edges[1:])]


@given(st.data())
def test_where_a_stream_is_cut_into_reads_does_not_matter(data):
    pieces, stream = data.draw(streams())
    caps = Caps()

    found = read(data.draw(cuts(stream)), caps)

    assert (found.texts, found.error) == ([p for p in pieces if p], None)


@given(st.binary(max_size=400), st.data())
def test_junk_ends_in_the_same_way_wherever_it_is_cut(junk, data):
    stream = HELLO.encode() + junk
    whole = read([stream])

    assert read(data.draw(cuts(stream))) == whole
    assert whole.texts[:2] == ["Hel", "lo"]


def by_httpx_sse(stream: bytes) -> Iterator[str]:
    response = httpx.Response(
        200, headers={"Content-Type": "text/event-stream"}, content=stream
    )
    return (event.data for event in httpx_sse.EventSource(response).iter_sse())


def by_sseclient(stream: bytes) -> Iterator[str]:
    return (event.data for event in sseclient.SSEClient([stream]).events())


@pytest.mark.parametrize("reader", [by_httpx_sse, by_sseclient])
@given(found=streams())
def test_other_readers_see_the_same_text_in_well_formed_streams(reader, found):
    _, stream = found
    events = [json.loads(data) for data in reader(stream) if data[:1] == "{"]
    theirs = "".join(event["choices"][0]["delta"]["content"] for event in events)

    assert read([stream], Caps()).text == theirs
