"""The hub protocol: by tables, in any pieces, and against what is no message."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgpack
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signalr.hub_messages import (
    CancelInvocation,
    Close,
    Completion,
    Handshake,
    Invocation,
    Message,
    Ping,
    ProtocolError,
    StreamInvocation,
    StreamItem,
    Written,
)
from app.signalr.protocols import JSON, MESSAGEPACK, HubProtocol, Reader, TransferFormat
from app.signalr.transports import document, negotiated, refusal

PROTOCOLS = [JSON, MESSAGEPACK]
MAX_BYTES = 1000

HANDSHAKES = {
    JSON: b'{"protocol":"json","version":1}\x1e',
    MESSAGEPACK: b'{"protocol":"messagepack","version":1}\x1e',
}

#: A message, its JSON, and its MessagePack without the length.
TABLE: list[tuple[Message, bytes, list[object]]] = [
    (
        Invocation("Send", (1, "a")),
        b'{"type":1,"target":"Send","arguments":[1,"a"]}',
        [1, {}, None, "Send", [1, "a"], []],
    ),
    (
        Invocation("Send", (), "7", ("1",)),
        b'{"type":1,"invocationId":"7","target":"Send",'
        b'"arguments":[],"streamIds":["1"]}',
        [1, {}, "7", "Send", [], ["1"]],
    ),
    (
        StreamInvocation("Count", (10,), "8"),
        b'{"type":4,"invocationId":"8","target":"Count","arguments":[10]}',
        [4, {}, "8", "Count", [10], []],
    ),
    (
        StreamItem("8", {"n": 1}),
        b'{"type":2,"invocationId":"8","item":{"n":1}}',
        [2, {}, "8", {"n": 1}],
    ),
    (Completion("8"), b'{"type":3,"invocationId":"8"}', [3, {}, "8", 2]),
    (
        Completion("8", result=None, has_result=True),
        b'{"type":3,"invocationId":"8","result":null}',
        [3, {}, "8", 3, None],
    ),
    (
        Completion("8", error="No."),
        b'{"type":3,"invocationId":"8","error":"No."}',
        [3, {}, "8", 1, "No."],
    ),
    (CancelInvocation("8"), b'{"type":5,"invocationId":"8"}', [5, {}, "8"]),
    (Ping(), b'{"type":6}', [6]),
    (Close(), b'{"type":7}', [7, None, False]),
    (
        Close("Late.", allow_reconnect=True),
        b'{"type":7,"error":"Late.","allowReconnect":true}',
        [7, "Late.", True],
    ),
]


def prefixed(message: bytes) -> bytes:
    assert len(message) < 128
    return bytes([len(message)]) + message


def read(protocol: HubProtocol, parts: Iterable[bytes]) -> list[Message | Handshake]:
    """The messages after the handshake; the last is an error, where there is one."""
    reader = Reader(TransferFormat, MAX_BYTES)
    found: list[Message | Handshake] = [*reader.feed(HANDSHAKES[protocol])][1:]
    for part in parts:
        found += reader.feed(part)
    return found


@pytest.mark.parametrize(("message", "text", "items"), TABLE)
def test_a_message_is_written_as_the_protocol_says(
    message: Message, text: bytes, items: list[object]
) -> None:
    assert JSON.encode(message) == text + b"\x1e"
    assert MESSAGEPACK.encode(message) == prefixed(msgpack.packb(items))


@pytest.mark.parametrize(("message", "text", "items"), TABLE)
def test_a_message_is_read_as_it_is_written(
    message: Message, text: bytes, items: list[object]
) -> None:
    assert read(JSON, [text + b"\x1e"]) == [message]
    assert read(MESSAGEPACK, [prefixed(msgpack.packb(items))]) == [message]


def test_a_ping_is_three_bytes_of_messagepack() -> None:
    assert MESSAGEPACK.encode(Ping()) == bytes([0x02, 0x91, 0x06])


def test_a_value_that_is_written_already_goes_into_both_encodings() -> None:
    item = StreamItem("1", {"data": Written(b'{"p":1.50}')})
    assert b'"item":{"data":{"p":1.50}}' in JSON.encode(item)
    packed = MESSAGEPACK.encode(item)
    assert msgpack.unpackb(packed[1:]) == [2, {}, "1", {"data": {"p": 1.5}}]


@pytest.mark.parametrize(
    "more",
    [
        b'{"type":1,"invocationId":null,"target":"A","arguments":[]}',
        b'{"type":1,"invocationId":"","target":"A","arguments":[],"streamIds":null}',
        b'{"type":1,"headers":{"a":"b"},"target":"A","arguments":[],"new":1}',
    ],
)
def test_what_a_client_may_add_or_leave_out_changes_nothing(more: bytes) -> None:
    assert read(JSON, [more + b"\x1e"]) == [Invocation("A")]


def test_messagepack_without_its_last_item_is_read() -> None:
    items = msgpack.packb([4, {}, "8", "Count", [10]])
    assert read(MESSAGEPACK, [prefixed(items)]) == [
        StreamInvocation("Count", (10,), "8")
    ]


@pytest.mark.parametrize(
    ("protocol", "sent"),
    [(JSON, b'{"type":99}\x1e'), (MESSAGEPACK, prefixed(msgpack.packb([99, 1])))],
)
def test_a_kind_of_message_that_is_not_known_is_left_out(
    protocol: HubProtocol, sent: bytes
) -> None:
    assert read(protocol, [sent + protocol.encode(Ping())]) == [Ping()]


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"type":"1"}',
        b'{"type":true}',
        b'{"type":1,"arguments":[]}',
        b'{"type":1,"target":"A"}',
        b'{"type":1,"target":"A","arguments":{}}',
        b'{"type":1,"target":"A","arguments":[],"invocationId":7}',
        b'{"type":1,"target":"A","arguments":[],"streamIds":[1]}',
        b'{"type":2}',
        b'{"type":3,"invocationId":"1","error":"a","result":1}',
        b'{"type":4,"target":"A","arguments":[]}',
        b'{"type":5,"invocationId":""}',
    ],
)
def test_json_that_is_no_message_is_refused(record: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(JSON, [record + b"\x1e"])


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        b"\x91",
        *map(
            msgpack.packb,
            [
                [],
                {},
                ["1"],
                [True],
                [1, {}, None, "A"],
                [1, {}, None, "A", {}],
                [1, {}, 7, "A", []],
                [1, {}, None, "", []],
                [1, {}, None, "A", [], [1]],
                [3, {}, "1", 3],
                [3, {}, "1", 4, 1],
                [4, {}, None, "A", []],
                [5, {}],
                [7],
            ],
        ),
        msgpack.packb([1, {}, None, "A", [msgpack.ExtType(9, b"x")]]),
    ],
)
def test_messagepack_that_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(MESSAGEPACK, [prefixed(message)])


@pytest.mark.parametrize(
    ("protocol", "sent"),
    [
        (JSON, b" " * (MAX_BYTES + 1)),
        (JSON, b" " * (MAX_BYTES + 1) + b"\x1e"),
        (MESSAGEPACK, b"\xe9\x07"),  # announces one byte more than permitted
        (MESSAGEPACK, b"\xff\xff\xff\xff\xff\x01"),
    ],
)
def test_what_is_too_long_is_refused_before_it_is_kept(
    protocol: HubProtocol, sent: bytes
) -> None:
    with pytest.raises(ProtocolError):
        read(protocol, [sent])


def test_a_message_as_long_as_permitted_is_read() -> None:
    empty = JSON.encode(StreamItem("1", ""))
    item = StreamItem("1", "x" * (MAX_BYTES + 1 - len(empty)))
    assert read(JSON, [JSON.encode(item)]) == [item]


# -- the handshake -------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_handshake_of_any_client_is_accepted(version: int) -> None:
    reader = Reader(TransferFormat, MAX_BYTES)
    record = b'{"protocol":"json","version":%d}\x1e' % version
    assert [*reader.feed(record)] == [Handshake("json", version)]
    assert reader.protocol is JSON


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"{}", "such as"),
        (b"[]", "such as"),
        (b"{", "not JSON"),
        (b'{"protocol":"json","version":"1"}', "such as"),
        (b'{"protocol":"xml","version":1}', "'xml' is not supported; accepted: json"),
        (b'{"protocol":"json","version":9}', "Version 9"),
        (b'{"protocol":"messagepack","version":1}', "not text"),
    ],
)
def test_a_handshake_that_is_refused_is_told_why(record: bytes, why: str) -> None:
    reader = Reader([TransferFormat.TEXT], MAX_BYTES)
    with pytest.raises(ProtocolError, match=why):
        list(reader.feed(record + b"\x1e"))


def test_messages_may_come_with_the_handshake() -> None:
    for protocol in PROTOCOLS:
        reader = Reader(TransferFormat, MAX_BYTES)
        sent = HANDSHAKES[protocol] + protocol.encode(Ping()) * 2
        assert [*reader.feed(sent)][1:] == [Ping(), Ping()]


# -- the document --------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "version"),
    [(None, 0), ("", 0), ("0", 0), ("1", 1), ("7", 1), ("-1", None), ("x", None)],
)
def test_the_version_is_the_newest_that_both_know(
    asked: str | None, version: int | None
) -> None:
    assert negotiated(asked) == version


def test_the_oldest_document_has_one_name_for_the_connection() -> None:
    old = orjson.loads(document(0, "public", "secret"))
    assert (old["connectionId"], "connectionToken" in old) == ("secret", False)
    new = orjson.loads(document(1, "public", "secret"))
    assert (new["connectionId"], new["connectionToken"]) == ("public", "secret")


def test_the_document_names_the_transports_in_their_order() -> None:
    found = orjson.loads(document(1, "a", "b"))["availableTransports"]
    assert found == [
        {"transport": "WebSockets", "transferFormats": ["Text", "Binary"]},
        {"transport": "ServerSentEvents", "transferFormats": ["Text"]},
        {"transport": "LongPolling", "transferFormats": ["Text", "Binary"]},
    ]
    assert "error" in orjson.loads(refusal("x"))


# -- with Hypothesis -----------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
ARGUMENTS = st.lists(VALUES, max_size=3).map(tuple)
IDS = st.lists(NAMES, max_size=2).map(tuple)
MESSAGES = st.one_of(
    st.builds(Invocation, NAMES, ARGUMENTS, st.none() | NAMES, IDS),
    st.builds(StreamInvocation, NAMES, ARGUMENTS, NAMES, IDS),
    st.builds(StreamItem, NAMES, VALUES),
    st.builds(Completion, NAMES),
    st.builds(Completion, NAMES, error=NAMES),
    st.builds(Completion, NAMES, result=VALUES, has_result=st.just(True)),
    st.builds(CancelInvocation, NAMES),
    st.just(Ping()),
    st.builds(Close, st.none() | NAMES, st.booleans()),
)


def split(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """``data`` in pieces, some of which may be empty."""
    places = [0, *sorted(each % (len(data) + 1) for each in cuts), len(data)]
    return [data[a:b] for a, b in zip(places, places[1:], strict=False)]


CUTS = st.lists(st.integers(0, 10_000), max_size=8)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(messages=st.lists(MESSAGES, max_size=5), cuts=CUTS)
def test_messages_survive_any_order_and_any_pieces(
    protocol: HubProtocol, messages: list[Message], cuts: list[int]
) -> None:
    sent = b"".join(map(protocol.encode, messages))
    reader = Reader(TransferFormat, 100_000)
    pieces = split(HANDSHAKES[protocol] + sent, cuts)
    found = [message for piece in pieces for message in reader.feed(piece)]
    assert found[1:] == messages


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(messages=st.lists(MESSAGES, min_size=1, max_size=3))
def test_another_reader_understands_what_is_written(
    protocol: HubProtocol, messages: list[Message]
) -> None:
    for message in messages:
        sent = protocol.encode(message)
        if protocol is JSON:
            assert json.loads(sent.removesuffix(b"\x1e"))["type"] in range(1, 8)
        else:
            length, at = 0, 0
            while True:
                length |= (sent[at] & 0x7F) << 7 * at
                at += 1
                if sent[at - 1] < 0x80:
                    break
            assert len(sent) == at + length
            assert msgpack.unpackb(sent[at:])[0] in range(1, 8)


def outcome(protocol: HubProtocol, pieces: Iterable[bytes]) -> tuple[list[object], str]:
    """The messages of ``pieces``, and the error that ended them."""
    found: list[object] = []
    reader = Reader(TransferFormat, MAX_BYTES)
    try:
        for piece in (HANDSHAKES[protocol], *pieces):
            for message in reader.feed(piece):
                found.append(message)
    except ProtocolError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(
    parts=st.lists(
        st.binary(max_size=40)
        | MESSAGES.map(JSON.encode)
        | MESSAGES.map(MESSAGEPACK.encode)
        | VALUES.map(lambda value: prefixed(orjson.dumps(value)[:100]))
        | VALUES.map(lambda value: orjson.dumps(value) + b"\x1e"),
        max_size=5,
    ),
    cuts=CUTS,
)
def test_any_bytes_end_the_same_however_they_are_cut(
    protocol: HubProtocol, parts: list[bytes], cuts: list[int]
) -> None:
    sent = b"".join(parts)
    whole = outcome(protocol, [sent])
    assert outcome(protocol, split(sent, cuts)) == whole
    assert outcome(protocol, [sent[at : at + 1] for at in range(len(sent))]) == whole


@given(sent=st.binary(max_size=60), cuts=CUTS)
def test_any_bytes_in_place_of_a_handshake_are_refused_or_wait(
    sent: bytes, cuts: list[int]
) -> None:
    reader = Reader([TransferFormat.TEXT], 40)
    try:
        found = [each for piece in split(sent, cuts) for each in reader.feed(piece)]
    except ProtocolError:
        return
    assert not found and b"\x1e" not in sent
