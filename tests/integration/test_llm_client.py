"""The client of language models against a real server that misbehaves on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from app.errors import BackendFailed, BackendTimeout, BackendUnavailable
from app.llm.chat import (
    Answering,
    ChatRequest,
    Message,
    UpstreamBroken,
    UpstreamDeclined,
    UpstreamError,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from app.llm.client import ChatClient, Limits
from app.llm.upstream import Caps
from app.settings.model import BackendSettings, Provider, Settings
from app.settings.secret import Secret
from tests.upstream.scripted import (
    DONE,
    Answer,
    Exchange,
    ScriptedUpstream,
    data,
    delta,
    drips,
    event,
    hangs_up,
    long_line,
    refuses,
    refuses_as_fastapi,
    refuses_parameter,
    resets,
    says,
    says_whole,
    sends,
    stalls,
)

KEY = "sk-very-secret-4711"
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
FAST = Limits(connect_s=1, idle_s=0.3, settle_s=0.1)


def client_of(
    upstream: ScriptedUpstream | str, limits: Limits = FAST, **configured: Any
) -> ChatClient:
    given: dict[str, Any] = {
        "name": "scripted",
        "provider": Provider.LLAMACPP,
        "base_url": upstream if isinstance(upstream, str) else upstream.url,
        "timeout_seconds": 10.0,
    }
    return ChatClient(
        BackendSettings(**{**given, **configured}), Settings(), limits=limits
    )


def ask(schema: dict[str, Any] | None = None, **more: Any) -> ChatRequest:
    return ChatRequest((Message("user", "Hello?"),), schema, seed=7, **more)


def text_of(client: ChatClient, request: ChatRequest | None = None) -> str:
    return "".join(client.stream(request or ask()))


# Pieces


@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
def test_pieces_come_while_the_answer_is_still_being_written(framing):
    seen = threading.Event()
    first, second = event("one "), event("two") + event(finish="stop") + DONE

    def answer(exchange: Exchange) -> None:
        length = str(len(first) + len(second))
        exchange.head(framing=length if framing == "length" else framing)
        exchange.write(first)
        assert seen.wait(5), "the first piece was held back"
        exchange.write(second)
        exchange.end()

    with ScriptedUpstream(answer) as upstream:
        pieces = []
        for piece in client_of(upstream).stream(ask()):
            pieces.append(piece)
            seen.set()

    assert pieces == ["one ", "two"]


@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
@pytest.mark.parametrize(
    "parts",
    [
        [event("hi"), event(finish="stop")],
        [event("hi"), b"data: [DONE]"],
        [event("hi")[:-2] + b"\r", b"\n\r", b"\ndata: [DONE]\r", b"\n\r\n"],
        [part for byte in event("hi") + DONE for part in [bytes([byte])]],
    ],
    ids=["no [DONE]", "no blank line", "CR|LF in two reads", "byte by byte"],
)
def test_a_whole_answer_is_taken_in_every_framing(framing, parts):
    with ScriptedUpstream(sends(*parts, framing=framing, every_s=0.001)) as upstream:
        assert text_of(client_of(upstream)) == "hi"


@pytest.mark.parametrize(
    "answer",
    [
        sends(delta(content=[{"type": "text", "text": "hi"}]), event(finish="stop")),
        sends(
            delta(content=[{"type": "thinking", "thinking": [{"text": "no"}]}]),
            delta(content=[{"type": "output_text", "text": "h"}, "i"]),
            event(finish="stop"),
        ),
        sends(
            delta(content=None, reasoning_content="They say"),
            delta(content="", reasoning="hello"),
            event("hi"),
            DONE,
        ),
        sends(data({"choices": [{"message": {"content": "hi"}}]}), DONE),
        sends(data({"choices": [{"text": "hi"}]}), DONE),
        says_whole({"message": {"role": "assistant", "content": "hi"}}),
        says_whole(
            {"message": {"content": [{"type": "text", "text": "hi"}]}}, indent=2
        ),
        says_whole({"message": {"content": "hi", "reasoning_content": "no"}}),
        says_whole({"text": "hi", "finish_reason": "stop"}),
        says_whole({"delta": {"content": "hi"}}),
    ],
)
def test_the_text_is_found_wherever_a_server_puts_it(answer):
    with ScriptedUpstream(answer) as upstream:
        assert text_of(client_of(upstream)) == "hi"


def test_json_that_is_whole_needs_no_word_that_it_is():
    with ScriptedUpstream(sends(event('{"a"'), event(":1}"))) as upstream:
        assert text_of(client_of(upstream)) == '{"a":1}'


@pytest.mark.parametrize(
    "answer",
    [
        sends(delta(refusal="I will"), delta(refusal=" not."), event(finish="stop")),
        sends(delta(refusal="I will not.")),
        sends(event("Well"), event(finish="content_filter"), DONE),
        says_whole({"message": {"content": None, "refusal": "I will not."}}),
    ],
)
def test_an_answer_that_is_withheld_is_a_refusal(answer):
    with ScriptedUpstream(answer) as upstream:
        error = failure_of(client_of(upstream))

    assert isinstance(error, UpstreamDeclined)
    assert "I will not." in error.cause or "content filter" in error.cause
    assert not error.retryable
    assert error.for_client().detail == "LLM refused to answer"


@pytest.mark.parametrize("reason", ["length", "max_tokens"])
@pytest.mark.parametrize("streams", [True, False])
def test_an_answer_that_was_cut_at_its_limit_says_so(reason, streams):
    cut = (
        sends(event("hi"), event(finish=reason), DONE)
        if streams
        else says_whole({"text": "hi", "finish_reason": reason})
    )
    with ScriptedUpstream(cut, says("hi")) as upstream:
        client = client_of(upstream)
        answers = [Answering(client.stream(ask())) for _ in range(2)]

        assert ["".join(answer) for answer in answers] == ["hi", "hi"]
        assert [answer.is_cut for answer in answers] == [True, False]
        assert client.usage.cut == 1


def test_an_answer_that_is_whole_does_not_wait_for_a_server_that_keeps_it_open():
    open_after_reason = stalls(event("hi"), event(finish="stop"))
    open_after_done = stalls(event("hi"), DONE)
    with ScriptedUpstream(open_after_reason, open_after_done) as upstream:
        client = client_of(upstream, Limits(idle_s=30, settle_s=0.1))
        started = time.monotonic()

        assert [text_of(client), text_of(client)] == ["hi", "hi"]
        assert time.monotonic() - started < 2
        assert all(asked.left.wait(1) for asked in upstream.asked)


# What is sent


def test_a_request_says_what_is_configured_and_what_is_asked():
    with ScriptedUpstream() as upstream:
        client = client_of(upstream, model_name="m", api_key=Secret(KEY), max_tokens=5)
        text_of(client)
        text_of(client, ask(SCHEMA, max_tokens=3, temperature=0.5))
        first, second = upstream.asked

    assert (first.method, first.path) == ("POST", "/v1/chat/completions")
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert first.headers["accept-encoding"] == "identity"
    assert first.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hello?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 1.2,
        "seed": 7,
        "max_tokens": 5,
    }
    assert second.body["max_tokens"] == 3
    assert second.body["temperature"] == 0.5
    assert second.body["response_format"]["json_schema"]["schema"] == SCHEMA


def test_the_environment_has_no_say_in_where_a_request_goes_and_with_what_key(
    monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with ScriptedUpstream() as upstream:
        text_of(client_of(upstream, api_key=Secret(KEY)))

        assert upstream.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_client_without_a_key_sends_none():
    with ScriptedUpstream() as upstream:
        text_of(client_of(upstream))

        assert "authorization" not in upstream.asked[0].headers


# What goes wrong


def failure_of(client: ChatClient, request: ChatRequest | None = None) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        text_of(client, request)
    return caught.value


@pytest.mark.parametrize(
    "status, retryable, shown",
    [
        (302, False, BackendFailed),
        (400, False, BackendFailed),
        (404, False, BackendFailed),
        (408, True, BackendFailed),
        (429, True, BackendUnavailable),
        (500, True, BackendFailed),
        (502, True, BackendFailed),
        (503, True, BackendUnavailable),
    ],
)
def test_a_status_that_is_not_200_is_a_refusal(status, retryable, shown):
    with ScriptedUpstream(refuses(status, "not now\n")) as upstream:
        error = failure_of(client_of(upstream))

    assert isinstance(error, UpstreamRefused)
    assert (error.status, error.retryable) == (status, retryable)
    assert error.cause.startswith(f"status {status}: ") and "not now" in error.cause
    assert type(error.for_client()) is shown
    assert "not now" not in error.for_client().detail


def test_a_redirect_is_not_followed():
    with ScriptedUpstream() as target:

        def away(exchange: Exchange) -> None:
            exchange.head(307, {"Location": f"{target.url}/elsewhere"}, framing="0")

        with ScriptedUpstream(away) as upstream:
            assert isinstance(failure_of(client_of(upstream)), UpstreamRefused)

    assert target.asked == []


@pytest.mark.parametrize(
    "fields, wished_s, told_s",
    [({"Retry-After": "2"}, 2, 2), ({"retry-after-ms": "1500"}, 1.5, 2), ({}, None, 5)],
)
def test_the_wish_to_be_left_alone_is_passed_on(fields, wished_s, told_s):
    def busy(exchange: Exchange) -> None:
        exchange.head(429, fields, framing="0")

    with ScriptedUpstream(busy) as upstream:
        error = failure_of(client_of(upstream))

    assert error.retry_after_s == wished_s
    assert error.for_client().headers == {"Retry-After": str(told_s)}


NOT_HTTP = b"220 mail.example ESMTP\r\n\r\n"

BROKEN: dict[str, tuple[Answer, str]] = {
    "a reset at once": (resets(), "reset"),
    "a reset inside": (resets(event("hi")), "reset"),
    "hanging up at once": (hangs_up(), "closed connection"),
    "hanging up inside, chunked": (hangs_up(event("hi")), "IncompleteRead"),
    "hanging up inside, by length": (
        hangs_up(event("hi"), framing="9999"),
        "IncompleteRead",
    ),
    "hanging up inside, unframed": (hangs_up(event("hi"), framing="close"), "cut off"),
    "an empty answer": (sends(), "an empty answer"),
    "an error event": (sends(event("hi"), data({"error": "lost"})), '"lost"'),
    "an error field": (sends(event("hi"), b'error: {"code":1}\n\n'), '{"code":1}'),
    "a whole answer that is cut": (
        sends(b'{"choices": [{"text": "hi'),
        'not JSON: {"choices"',
    ),
    "a whole answer with an error": (sends(b'{"error": "lost"}'), '"lost"'),
    "wrong JSON": (sends(event("hi"), b"data: {'a': 1}\n\n"), "not JSON: {'a': 1}"),
    "a web page": (sends(b"<html>Hi</html>"), "not an event stream: <html>Hi"),
    "no HTTP": (lambda exchange: exchange.raw(NOT_HTTP), "220 mail"),
    "a broken chunk": (
        lambda exchange: (exchange.head(), exchange.raw(b"zz\r\n"))[0],
        "IncompleteRead",
    ),
}


@pytest.mark.parametrize("answer, cause", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_that_breaks_is_an_error(answer, cause):
    with ScriptedUpstream(answer) as upstream:
        error = failure_of(client_of(upstream))

    assert isinstance(error, UpstreamBroken)
    assert cause in error.cause
    assert error.retryable
    assert (type(error.for_client()), error.for_client().detail) == (
        BackendFailed,
        "LLM failed",
    )


def drips_raw(before: bytes, part: bytes) -> Answer:
    def answer(exchange: Exchange) -> None:
        exchange.raw(before)
        for _ in range(500):
            exchange.raw(part)
            exchange.pause(0.02)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"

SLOW: dict[str, tuple[Answer, str, bool]] = {
    "silence": (stalls(headless=True), "not done within 0.6 s", False),
    "a head and silence": (stalls(), "not done within 0.6 s", False),
    "a piece and silence": (stalls(event("hi")), "silent for 0.3 s", True),
    "pieces without end": (drips(event("hi")), "not done within 0.6 s", False),
    "comments without end": (drips(b": hi\n\n"), "not done within 0.6 s", False),
    "a head that drips": (drips_raw(HEAD, b"x"), "not done within 0.6 s", False),
    "a chunk's size that drips": (
        drips_raw(HEAD + b"\r\n", b"0"),
        "not done within 0.6 s",
        False,
    ),
    "a refusal that drips": (
        drips_raw(b"HTTP/1.1 400 No\r\n\r\n", b"x"),
        "status 400",
        False,
    ),
}


@pytest.mark.alone
@pytest.mark.parametrize("answer, cause, retryable", SLOW.values(), ids=SLOW.keys())
def test_no_slowness_outlasts_the_limits_of_time(answer, cause, retryable):
    with ScriptedUpstream(answer) as upstream:
        client = client_of(upstream, timeout_seconds=0.6)
        started = time.monotonic()
        error = failure_of(client)

        assert time.monotonic() - started < 1.2
        assert upstream.asked[0].left.wait(1)

    assert cause in error.cause
    assert error.retryable is retryable
    if isinstance(error, UpstreamTimeout):
        told = error.for_client()
        assert (type(told), told.detail) == (BackendTimeout, "LLM timeout")


def test_a_line_of_a_hundred_megabytes_is_given_up_early():
    with ScriptedUpstream(long_line(100 << 20)) as upstream:
        error = failure_of(client_of(upstream))

        assert error.cause == "a line of more than 1048576 bytes"
        assert upstream.asked[0].left.wait(2)


def test_an_answer_without_end_is_given_up_at_its_cap():
    with ScriptedUpstream(drips(event("x" * 500), every_s=0)) as upstream:
        error = failure_of(client_of(upstream, Limits(caps=Caps(answer=50_000))))

    assert error.cause == "an answer of more than 50000 bytes"


def test_a_server_that_is_not_there_is_unreachable():
    with ScriptedUpstream() as upstream:
        url = upstream.url
    error = failure_of(client_of(url))

    assert isinstance(error, UpstreamUnreachable)
    assert "Connection refused" in error.cause
    assert type(error.for_client()) is BackendUnavailable


def test_the_key_is_nowhere_to_be_seen(caplog):
    caplog.set_level(0)
    echo = refuses(400, f"what is {KEY}?")
    wrong = refuses(401, f"wrong key {KEY[:8]}")
    inside = sends(data({"error": f"who is {KEY}"}))
    with ScriptedUpstream(echo, wrong, inside) as upstream:
        client = client_of(upstream, api_key=Secret(KEY))
        errors = [failure_of(client) for _ in range(3)]

    seen = [f"{error} {error!r} {error.for_client()!r}" for error in errors]
    assert KEY[:8] not in "".join([*seen, repr(client), caplog.text])


# Whose time it is


def test_the_time_that_the_reader_takes_is_not_the_models():
    with ScriptedUpstream(says(*"abcd", every_s=0.02)) as upstream:
        pieces = []
        for piece in client_of(upstream, timeout_seconds=0.5).stream(ask()):
            pieces.append(piece)
            gevent.sleep(0.2)

    assert "".join(pieces) == "abcd"


def test_a_timeout_of_the_callers_own_passes_through():
    with ScriptedUpstream(stalls(event("hi"))) as upstream:
        own = gevent.Timeout(0.1)
        with pytest.raises(gevent.Timeout) as caught, own:
            text_of(client_of(upstream))

        assert caught.value is own
        assert upstream.asked[0].left.wait(1)


# Cancelling


@pytest.mark.parametrize(
    "answer",
    [stalls(headless=True), stalls(), stalls(event("hi")), drips(event("hi"))],
    ids=["before the head", "before a piece", "after a piece", "between pieces"],
)
def test_a_killed_greenlet_closes_its_connection_at_once(answer):
    with ScriptedUpstream(answer) as upstream:
        greenlet = gevent.spawn(text_of, client_of(upstream))
        wait_until(lambda: bool(upstream.asked))
        gevent.sleep(0.05)
        killed_at = time.monotonic()
        greenlet.kill(block=False)

        assert upstream.asked[0].left.wait(1)
        assert (upstream.asked[0].left_at or 0) - killed_at < 0.2


def test_a_closed_iterator_closes_its_connection_at_once():
    with ScriptedUpstream(stalls(event("hi"))) as upstream:
        pieces = client_of(upstream).stream(ask())
        assert next(pieces) == "hi"
        pieces.close()

        assert upstream.asked[0].left.wait(0.5)


def test_nothing_is_sent_before_the_first_piece_is_wanted():
    with ScriptedUpstream() as upstream:
        client_of(upstream).stream(ask()).close()

        assert (upstream.asked, upstream.connections) == ([], 0)


def wait_until(holds: Callable[[], bool], seconds: float = 5) -> None:
    with gevent.Timeout(seconds):
        while not holds():
            gevent.sleep(0.005)


# Connections


@pytest.mark.parametrize("framing", ["chunked", "length"])
def test_a_connection_is_used_again_after_a_whole_answer(framing):
    with ScriptedUpstream(says("hi", framing=framing)) as upstream:
        client = client_of(upstream)
        for _ in range(3):
            text_of(client)

        assert upstream.connections == 1
        client.close()
        wait_until(lambda: upstream.open_connections == 0)


def test_a_connection_is_not_used_again_after_a_broken_answer():
    cut = sends(event("hi"), b"data: {\n\n", event("old"), DONE)
    with ScriptedUpstream(cut, says("new")) as upstream:
        client = client_of(upstream)
        failure_of(client)

        assert text_of(client) == "new"
        assert upstream.connections == 2


def test_as_many_connections_are_kept_as_requests_may_run():
    with ScriptedUpstream(says("a", "b", every_s=0.1)) as upstream:
        client = client_of(upstream, Limits(), max_concurrent_requests=3)
        started = time.monotonic()
        for _ in range(2):
            gevent.joinall([gevent.spawn(text_of, client) for _ in range(3)], 5)

        assert len(upstream.asked) == 6
        assert upstream.connections == 3
        assert time.monotonic() - started < 6 * 0.5


def test_a_kept_connection_that_the_server_closes_costs_no_failure():
    def says_and_closes(exchange: Exchange) -> None:
        says("hi")(exchange)
        exchange.asked.left.wait(0.02)
        exchange.drop()

    with ScriptedUpstream(says_and_closes) as upstream:
        client = client_of(upstream)

        assert [text_of(client) for _ in range(20)] == ["hi"] * 20


def test_a_server_that_hangs_up_at_once_is_asked_twice_and_no_more():
    with ScriptedUpstream(hangs_up()) as upstream:
        client = client_of(upstream)
        failure_of(client)

        assert len(upstream.asked) == 2
        assert client.usage.requests == 2


# What a backend refuses


def formats(upstream: ScriptedUpstream) -> list[bool]:
    return ["response_format" in asked.body for asked in upstream.asked]


@pytest.mark.parametrize("status", [400, 404, 415, 422, 501])
def test_a_shape_that_is_refused_is_left_out_and_stays_out(status):
    choosy = refuses_parameter("response_format", says("hi"), status)
    with ScriptedUpstream(choosy) as upstream:
        client = client_of(upstream)

        assert text_of(client, ask(SCHEMA)) == "hi"
        assert text_of(client, ask(SCHEMA)) == "hi"
        assert formats(upstream) == [True, False, False]


def test_one_shape_that_is_refused_leaves_the_others_constrained():
    def takes_integers(exchange: Exchange) -> None:
        wanted = exchange.asked.body.get("response_format")
        good = wanted is None or '"integer"' in str(wanted).replace("'", '"')
        (says("hi") if good else refuses(400))(exchange)

    with ScriptedUpstream(takes_integers) as upstream:
        client = client_of(upstream)
        for kind in ("integer", "one", "two", "three", "four", "one", "integer"):
            text_of(client, ask({"type": kind}))

        tries = [True, *[True, False] * 4, False, True]
        assert formats(upstream) == tries


def test_a_backend_that_refuses_every_shape_is_soon_asked_without():
    with ScriptedUpstream(refuses_parameter("response_format", says("hi"))) as upstream:
        client = client_of(upstream)
        for kind in ("string", "number", "boolean", "null", "array"):
            text_of(client, ask({"type": kind}))

        assert formats(upstream) == [True, False] * 3 + [False, False]


def test_a_refusal_that_is_not_about_the_shape_is_not_held_against_it():
    busy = refuses(404, "no such model")
    with ScriptedUpstream(busy, busy, says("hi")) as upstream:
        client = client_of(upstream)
        failure_of(client, ask(SCHEMA))
        text_of(client, ask(SCHEMA))

        assert formats(upstream) == [True, False, True]


@pytest.mark.parametrize("name", ["temperature", "seed", "stream_options"])
def test_a_parameter_that_a_refusal_names_is_left_out_and_stays_out(name):
    no = refuses(400, "unsupported value", param=name)
    with ScriptedUpstream(no, says("hi")) as upstream:
        client = client_of(upstream, provider=Provider.OPENAI, model_name="m")
        text_of(client, ask(SCHEMA))
        text_of(client)

        assert [name in asked.body for asked in upstream.asked] == [True, False, False]
        assert formats(upstream) == [True, True, False]


NO_LIMIT = "'max_tokens' is not supported with this model."
NO_OTHER = "Unknown field: max_completion_tokens. Did you mean max_tokens?"

REFUSED: dict[str, tuple[list[Answer], dict[str, Any], set[str]]] = {
    "a place": ([refuses_as_fastapi("body", "seed")], {}, {"seed"}),
    "a place inside": (
        [refuses_as_fastapi("body", "stream_options", "include_usage")],
        {},
        {"stream_options"},
    ),
    "two, one after the other": (
        [refuses(400, "no seed here"), refuses(400, "temperature must be 1")],
        {},
        {"seed", "temperature"},
    ),
    "a number that is too large": (
        [refuses(400, "max_tokens is too large: 2048. At most 1024.")],
        {},
        {"max_tokens"},
    ),
    "the other name of the limit": ([refuses(400, NO_LIMIT)], {}, {"max_tokens"}),
    "the other name, the other way": (
        [refuses(400, NO_OTHER)],
        {"provider": Provider.OPENAI, "model_name": "m"},
        {"max_completion_tokens"},
    ),
}


@pytest.mark.parametrize(
    "refusals, configured, missing", REFUSED.values(), ids=REFUSED.keys()
)
def test_what_a_backend_refuses_is_learned_once_and_said_once(
    refusals, configured, missing, caplog
):
    with ScriptedUpstream(*refusals, says("hi")) as upstream:
        client = client_of(upstream, **configured)
        assert [text_of(client) for _ in range(3)] == ["hi"] * 3

        assert len(upstream.asked) == len(refusals) + 3
        first, *_, last = [asked.body.keys() for asked in upstream.asked]
        assert first - last == missing
        assert len(caplog.messages) == len(missing)


@pytest.mark.parametrize(
    "refusal, before, after",
    [
        (NO_LIMIT, "max_tokens", "max_completion_tokens"),
        (NO_OTHER, "max_completion_tokens", "max_tokens"),
    ],
)
def test_the_limit_of_an_answer_keeps_its_size_under_its_other_name(
    refusal, before, after
):
    with ScriptedUpstream(refuses(400, refusal), says("hi")) as upstream:
        provider = Provider.LLAMACPP if before == "max_tokens" else Provider.OPENAI
        text_of(client_of(upstream, provider=provider, model_name="m", max_tokens=77))

        bodies = [asked.body for asked in upstream.asked]
        assert [(before in body, body.get(after)) for body in bodies] == [
            (True, None),
            (False, 77),
        ]


# Counting


def test_tokens_are_the_servers_count_or_else_the_pieces():
    cut = sends(event("a"), event(finish="length"), DONE)
    twelve = event(choices=[], usage={"completion_tokens": 12})
    counted = sends(event("a"), event("b"), event(finish="stop"), twelve, DONE)
    with ScriptedUpstream(cut, counted, stalls(event("a"))) as upstream:
        client = client_of(upstream)
        usage = client.usage
        text_of(client)
        assert (usage.requests, usage.tokens, usage.cut) == (1, 1, 1)
        text_of(client)
        assert (usage.requests, usage.tokens, usage.cut) == (2, 13, 1)
        pieces = client.stream(ask())
        next(pieces)
        assert (usage.requests, usage.tokens, usage.cut) == (3, 14, 1)
