"""The bytes of a message on each transport, made once for all who speak alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from websockets.frames import Frame, Opcode

from ..events.event import Event
from ..signalr.hub_messages import Message
from ..signalr.protocols import PROTOCOLS, HubProtocol, TransferFormat
from ..signalr.transports import FORMATS, Transport
from ..sse.frames import sse_framing

_EVENTS = sse_framing(None)


def text_frame(data: bytes) -> bytes:
    """A WebSocket's frame of text."""
    return Frame(Opcode.TEXT, data).serialize(mask=False)


def binary_frame(data: bytes) -> bytes:
    """A WebSocket's frame of bytes."""
    return Frame(Opcode.BINARY, data).serialize(mask=False)


def event_frame(data: bytes) -> bytes:
    """An event of Server-Sent Events; ``data`` is text in one line."""
    return _EVENTS.encode(Event(data), 0, None)


def body(data: bytes) -> bytes:
    """A part of the answer to a poll."""
    return data


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """A hub protocol, and the frames in which a transport carries it."""

    protocol: HubProtocol
    frame: Callable[[bytes], bytes]

    def bytes_of(self, message: Message) -> bytes:
        """The frame of one message."""
        return self.frame(self.protocol.encode(message))


_FRAMES: Mapping[tuple[Transport, TransferFormat], Callable[[bytes], bytes]] = {
    (Transport.WEBSOCKETS, TransferFormat.TEXT): text_frame,
    (Transport.WEBSOCKETS, TransferFormat.BINARY): binary_frame,
    (Transport.SERVER_SENT_EVENTS, TransferFormat.TEXT): event_frame,
    (Transport.LONG_POLLING, TransferFormat.TEXT): body,
    (Transport.LONG_POLLING, TransferFormat.BINARY): body,
}

#: The wires by transport and hub protocol.
WIRES: Mapping[tuple[Transport, str], Wire] = {
    (transport, protocol.name): Wire(protocol, _FRAMES[transport, protocol.format])
    for transport, formats in FORMATS.items()
    for protocol in PROTOCOLS.values()
    if protocol.format in formats
}


def frame_of_text(transport: Transport) -> Callable[[bytes], bytes]:
    """The frames of text, for what is said before a protocol is agreed on."""
    return _FRAMES[transport, TransferFormat.TEXT]


class Shared(dict[Wire, bytes]):
    """The frames of a message for many clients, made once for each wire."""

    __slots__ = ("_message",)

    def __init__(self, message: Message) -> None:
        """``message`` is encoded when the first client needs it."""
        super().__init__()
        self._message = message

    def __missing__(self, wire: Wire) -> bytes:
        """The message as a frame of ``wire``, from now on."""
        frame = self[wire] = wire.bytes_of(self._message)
        return frame
