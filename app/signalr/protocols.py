"""The hub protocols by name, and the reader of one client's messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

import orjson

from . import json_protocol, messagepack
from .framing import SEPARATOR, Input
from .hub_messages import Handshake, Message, ProtocolError

#: Versions of the hub protocol that a client may ask for: a client in Python names
#: 0, and 2 has what only stateful reconnection needs.
VERSIONS = frozenset({0, 1, 2})


class TransferFormat(Enum):
    """What a transport can carry."""

    TEXT = "Text"
    BINARY = "Binary"


class HubProtocol(NamedTuple):
    """An encoding of messages; ``take`` finds the next one in the input.

    ``decode`` gives None for a kind of message that is to be ignored.
    """

    name: str
    format: TransferFormat
    take: Callable[[Input], bytes | None]
    decode: Callable[[bytes], Message | None]
    encode: Callable[[Message], bytes]


JSON = HubProtocol(
    "json",
    TransferFormat.TEXT,
    Input.record,
    json_protocol.decode,
    json_protocol.encode,
)
MESSAGEPACK = HubProtocol(
    "messagepack",
    TransferFormat.BINARY,
    Input.prefixed,
    messagepack.decode,
    messagepack.encode,
)
PROTOCOLS: Mapping[str, HubProtocol] = {each.name: each for each in (JSON, MESSAGEPACK)}

#: The answer to a handshake that is accepted.
ACCEPTED = b"{}" + SEPARATOR


def refused(error: ProtocolError) -> bytes:
    """The answer to a handshake that is not accepted."""
    return orjson.dumps({"error": str(error)}) + SEPARATOR


class Reader:
    """Makes messages of one client's bytes, the handshake first.

    ``protocol`` is None until the handshake has come.
    """

    __slots__ = ("_formats", "_input", "protocol")

    def __init__(self, formats: Collection[TransferFormat], max_bytes: int) -> None:
        """``formats`` are the transport's; a message has at most ``max_bytes``."""
        self._formats = formats
        self._input = Input(max_bytes)
        self.protocol: HubProtocol | None = None

    def feed(self, data: bytes) -> Iterator[Handshake | Message]:
        """The messages that ``data`` completes. Raises ``ProtocolError``."""
        self._input.add(data)
        if self.protocol is None:
            record = self._input.record()
            if record is None:
                return
            handshake = read_handshake(record)
            self.protocol = self._agreed(handshake)
            yield handshake
        _, _, take, decode, _ = self.protocol
        while (taken := take(self._input)) is not None:
            message = decode(taken)
            if message is not None:
                yield message

    def _agreed(self, handshake: Handshake) -> HubProtocol:
        protocol = PROTOCOLS.get(handshake.protocol)
        if protocol is None:
            names = ", ".join(PROTOCOLS)
            raise ProtocolError(
                f"The protocol '{handshake.protocol}' is not supported; accepted: "
                f"{names}."
            )
        if protocol.format not in self._formats:
            raise ProtocolError(
                f"The protocol '{protocol.name}' is not text, and this transport "
                "carries nothing else."
            )
        if handshake.version not in VERSIONS:
            raise ProtocolError(
                f"Version {handshake.version} of the protocol '{protocol.name}' is "
                "not supported; accepted: 1."
            )
        return protocol


def read_handshake(record: bytes) -> Handshake:
    """The client's first message. Raises ``ProtocolError``."""
    try:
        members = orjson.loads(record)
    except orjson.JSONDecodeError as error:
        raise ProtocolError(f"The handshake is not JSON: {error}.") from None
    protocol = members.get("protocol") if isinstance(members, dict) else None
    if not isinstance(protocol, str) or type(members.get("version")) is not int:
        raise ProtocolError('The handshake is such as {"protocol":"json","version":1}.')
    return Handshake(protocol, members["version"])
