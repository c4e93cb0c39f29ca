"""One hub connection, whatever its client sends, in whatever order and pieces."""

from __future__ import annotations

import gc
import json
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

import gevent
from hypothesis import given, settings
from hypothesis import strategies as st

from app.hubs.calls import MAX_WAITING_CALLS
from app.hubs.hub_connection import HubConnection
from app.hubs.methods import NOTHING, HubError, Method, StreamMethod, table
from app.signalr.transports import Transport
from app.streams.counts import Outcome
from tests.unit.fakes import FakeClock

HANDSHAKE = b'{"protocol":"json","version":1}\x1e'


class Sent:
    """An outbox that keeps what is pushed."""

    def __init__(self) -> None:
        self.data = b""
        self.ends = 0
        self.connection: HubConnection | None = None

    def push(self, frame: bytes) -> None:
        self.data += frame

    def wait_for_room(self) -> None:
        gevent.sleep(0)

    def end(self) -> None:
        self.ends += 1

    def messages(self) -> list[dict[str, Any]]:
        """What was sent after the answer to the handshake."""
        return [json.loads(each) for each in self.data.split(b"\x1e")[1:-1]]


class Numbers:
    """Some items, or items without end."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._is_cancelled = False

    def __iter__(self) -> Iterator[int]:
        while self._left and not self._is_cancelled:
            self._left -= 1
            yield self._left
            gevent.sleep(0)

    def cancel(self) -> None:
        self._is_cancelled = True


def fail(connection: HubConnection, arguments: Any) -> Any:
    raise HubError("No.")


METHODS = table(
    Method("Echo", lambda connection, arguments: [*arguments]),
    Method("Quiet", lambda connection, arguments: NOTHING),
    Method("Fail", fail),
    StreamMethod("Some", lambda connection, arguments: Numbers(3)),
    StreamMethod("Endless", lambda connection, arguments: Numbers(-1)),
)


class Ended:
    """How often a connection told that it is over."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def __call__(self, connection: HubConnection, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


def opened(ended: Ended) -> tuple[HubConnection, Sent]:
    connection = HubConnection(
        "id",
        Transport.LONG_POLLING,
        path="/hub",
        client="here",
        methods=METHODS,
        clock=FakeClock(),
        on_open=lambda connection: None,
        on_over=ended,
    )
    connection.outbox = sent = Sent()
    return connection, sent


NAMES = st.sampled_from(["Echo", "ECHO", "quiet", "Fail", "Some", "Endless", "Nope"])
IDS = st.sampled_from(["1", "2", "3", "4"])
CALLS = st.one_of(
    st.builds(
        lambda name, number: {"type": 1, "target": name, "invocationId": number},
        NAMES,
        st.none() | IDS,
    ),
    st.builds(
        lambda name, number: {"type": 4, "target": name, "invocationId": number},
        NAMES,
        IDS,
    ),
).map(lambda call: {**call, "arguments": [1]})
OTHERS = st.one_of(
    st.builds(lambda number: {"type": 5, "invocationId": number}, IDS),
    st.just({"type": 6}),
    st.just({"type": 9, "sequenceId": 1}),
    st.builds(lambda number: {"type": 2, "invocationId": number, "item": 1}, IDS),
    st.builds(lambda number: {"type": 3, "invocationId": number}, IDS),
)
MESSAGES = st.lists(CALLS | OTHERS, max_size=12)
CUTS = st.lists(st.integers(0, 3000), max_size=6)


def encoded(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\x1e"


def send(connection: HubConnection, data: bytes, cuts: list[int]) -> None:
    """In pieces, between some of which others run."""
    places = [0, *sorted(each % (len(data) + 1) for each in cuts), len(data)]
    for number, (a, b) in enumerate(zip(places, places[1:], strict=False)):
        connection.receive(data[a:b])
        if number % 2:
            gevent.sleep(0)


@settings(max_examples=60, deadline=None)
@given(messages=MESSAGES, cuts=CUTS)
def test_each_call_that_waits_for_an_answer_gets_one(
    messages: list[dict[str, Any]], cuts: list[int]
) -> None:
    ended = Ended()
    connection, sent = opened(ended)
    send(connection, HANDSHAKE + b"".join(map(encoded, messages)), cuts)
    cancels = [{"type": 5, "invocationId": each} for each in "1234"]
    connection.receive(b"".join(map(encoded, cancels)))  # of what never ends
    for _ in range(30):
        gevent.sleep(0)
    asked = Counter(
        each["invocationId"]
        for each in messages
        if each["type"] in (1, 4) and each["invocationId"] is not None
    )
    answers = sent.messages()
    completed = Counter(each["invocationId"] for each in answers if each["type"] == 3)
    assert completed == asked
    assert ended.outcomes == [] and not connection.is_over


@settings(max_examples=60, deadline=None)
@given(messages=MESSAGES, garbage=st.binary(min_size=1, max_size=30), cuts=CUTS)
def test_whatever_comes_it_ends_at_most_once_and_nothing_is_raised(
    messages: list[dict[str, Any]], garbage: bytes, cuts: list[int]
) -> None:
    ended = Ended()
    connection, sent = opened(ended)
    sound = HANDSHAKE + b"".join(map(encoded, messages))
    send(connection, sound + garbage + b"\x1e" + sound, cuts)
    connection.lose()
    connection.lose()
    for _ in range(30):
        gevent.sleep(0)
    assert len(ended.outcomes) == 1 and sent.ends == 1
    size = len(sent.data)
    connection.receive(sound)
    gevent.sleep(0)
    assert len(sent.data) == size


def test_what_has_ended_goes_without_a_garbage_collection() -> None:
    connection, sent = opened(Ended())
    sent.connection = connection  # as real ones do
    calls: list[dict[str, Any]] = [
        {"type": 1, "target": "Echo", "invocationId": "1", "arguments": [1]},
        {"type": 4, "target": "Endless", "invocationId": "2", "arguments": []},
    ]
    connection.receive(HANDSHAKE + b"".join(map(encoded, calls)))
    gevent.sleep(0)
    assert {message["type"] for message in sent.messages()} == {2, 3}
    kept = weakref.ref(sent)
    gc.disable()
    try:
        connection.lose()
        del connection, sent
        gevent.idle()
        assert kept() is None
    finally:
        gc.enable()


def test_calls_that_wait_are_bounded() -> None:
    connection, sent = opened(Ended())
    call = {"type": 1, "target": "Echo", "arguments": [], "invocationId": "1"}
    connection.receive(HANDSHAKE + encoded(call) * (MAX_WAITING_CALLS + 5))
    for _ in range(3):
        gevent.sleep(0)
    errors = [each for each in sent.messages() if "error" in each]
    assert len(errors) == 5
    assert len(sent.messages()) == MAX_WAITING_CALLS + 5
