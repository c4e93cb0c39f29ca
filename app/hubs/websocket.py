"""WebSockets: frames of a client to messages, and the end of a connection.

``websockets`` reads the frames and answers pings. What it leaves to its caller is
here: joining fragments, checking text, and ending the connection. No compression is
agreed on, so a frame for many clients is made once and sent past the library.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from websockets.frames import CloseCode, Opcode
from websockets.protocol import SERVER, Protocol, State

from ..errors import BadRequest
from .outbox import SocketOutbox

#: Most bytes that are read at once.
_CHUNK = 16_384
#: Time for a client to answer the server's last frame, in seconds.
CLOSE_SECONDS = 1.0
#: What a key is joined with (RFC 6455, section 1.3).
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = "13"

# Every end of a connection is told elsewhere.
_SILENT = logging.getLogger(f"{__name__}.frames")
_SILENT.setLevel(logging.ERROR)

_new_decoder = codecs.getincrementaldecoder("utf-8")


def accepted(version: str, key: str) -> bytes:
    """The head of the response to a WebSocket's request of that version and key.

    Raises ``BadRequest`` where it is none that can be accepted.
    """
    if version != _VERSION:
        raise BadRequest(
            f"The WebSocket's version is {version!r}.",
            parameter="Sec-WebSocket-Version",
            value=version,
            allowed=_VERSION,
        )
    try:
        size = len(base64.b64decode(key, validate=True))
    except binascii.Error:
        size = 0
    if size != 16:
        raise BadRequest(
            "The WebSocket's key is not 16 bytes in base64.",
            parameter="Sec-WebSocket-Key",
            value=key,
            allowed="16 bytes in base64",
        )
    proof = base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % proof
    )


class WebSocket:
    """A client's WebSocket, after it was accepted; also the outbox of its frames."""

    __slots__ = ("_decoder", "_is_read", "_outbox", "_parts", "_protocol", "_sock")

    def __init__(self, sock: Any, outbox: SocketOutbox, max_bytes: int) -> None:
        """Read from gevent's ``sock``; a message has at most ``max_bytes``."""
        self._sock = sock
        self._outbox = outbox
        self._protocol = Protocol(
            SERVER, state=State.OPEN, max_size=max_bytes, logger=_SILENT
        )
        self._is_read = False
        # Of a message that comes in fragments.
        self._parts: list[bytes] = []
        self._decoder: codecs.IncrementalDecoder | None = None

    def run(self, receive: Callable[[Opcode, bytes], None]) -> None:
        """Hand on whole messages, until either side ends the connection."""
        protocol = self._protocol
        while True:
            try:
                data = self._sock.recv(_CHUNK)
            except OSError:
                data = b""
            if not data:
                protocol.receive_eof()
                break
            protocol.receive_data(data)
            del data  # or it would stay in memory while the client is silent
            for frame in protocol.events_received():
                message = self._joined(frame)
                if message is not None:
                    receive(*message)
            if self._answer():
                break
        self._is_read = True
        self._outbox.flush(CLOSE_SECONDS)
        self._outbox.end()

    def _answer(self) -> bool:
        """Send what the frames ask for; whether that was the last."""
        for data in self._protocol.data_to_send():
            if not data:
                return True
            self._outbox.push(data)
        return False

    def _joined(self, frame: Any) -> tuple[Opcode, bytes] | None:
        """The message that a frame completes. Ends the connection for bad text."""
        opcode, data = frame.opcode, bytes(frame.data)
        if opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return None
        if opcode is not Opcode.CONT:
            self._decoder = _new_decoder() if opcode is Opcode.TEXT else None
            self._parts = []
        if self._decoder is not None:
            try:
                self._decoder.decode(data, frame.fin)
            except UnicodeDecodeError:
                self._protocol.fail(CloseCode.INVALID_DATA)
                return None
        self._parts.append(data)
        if not frame.fin:
            return None
        kind = Opcode.BINARY if self._decoder is None else Opcode.TEXT
        message = b"".join(self._parts)
        self._parts, self._decoder = [], None
        return kind, message

    # -- Outbox -------------------------------------------------------------------

    def push(self, frame: bytes) -> None:
        """See ``Outbox.push``."""
        if self._protocol.state is State.OPEN:
            self._outbox.push(frame)

    def wait_for_room(self) -> None:
        """See ``Outbox.wait_for_room``."""
        self._outbox.wait_for_room()

    def end(self) -> None:
        """See ``Outbox.end``: the client has a moment to end it, too."""
        if self._is_read:
            return
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self._answer()
        gevent.spawn_later(CLOSE_SECONDS, self._cut)

    def _cut(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
