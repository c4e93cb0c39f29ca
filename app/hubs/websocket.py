"""WebSockets: frames of a client to messages, and the end of a connection.

``websockets`` reads the frames and answers pings. What it leaves to its caller is
here: joining fragments, checking text, and ending the connection. No compression is
agreed on, so a frame for many clients is made once and sent past the library.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import errno
import hashlib
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from gevent.hub import get_hub
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import SERVER, Protocol, State

from ..errors import BadRequest
from ..streams.connection import give_up_after
from .hub_connection import HubConnection
from .outbox import SocketOutbox

#: Most bytes that are read at once.
_CHUNK = 16_384
#: Reading from event loops of libev's family.
_READ = 1
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


class _Frames(Protocol):
    """The frames of a client, which may close amid the fragments of a message."""

    def recv_frame(self, frame: Frame) -> None:
        """Process a frame of the client."""
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)


def _drop(frame: bytes) -> None:
    """Send ``frame`` nowhere."""


class WebSocket:
    """A client's WebSocket after it was accepted; also the outbox of its frames.

    It is read when the loop sees that there is something, in a greenlet that ends
    with that: a client that is silent has no stack.
    """

    __slots__ = (
        "_connection",
        "_decoder",
        "_is_ending",
        "_on_end",
        "_outbox",
        "_parts",
        "_protocol",
        "_sock",
        "_timeout",
        "_watcher",
        "push",
    )

    def __init__(
        self, connection: HubConnection, *, max_bytes: int, write_timeout: float
    ) -> None:
        """Receive for ``connection``; a message has at most ``max_bytes``.

        The client may stall for ``write_timeout`` seconds.
        """
        self._connection = connection
        self._timeout = write_timeout
        self._protocol = _Frames(
            SERVER, state=State.OPEN, max_size=max_bytes, logger=_SILENT
        )
        # They are there once the connection has begun, until it ends.
        self._sock: Any = None
        self._outbox: SocketOutbox | None = None
        self._watcher: Any = None
        self._on_end: Callable[[], None] | None = None
        self._is_ending = False
        #: See ``Outbox.push``. What comes before the beginning, or after the last
        #: frame, is sent nowhere.
        self.push: Callable[[bytes], None] = _drop
        # Of a message that comes in fragments.
        self._parts: list[bytes] = []
        self._decoder: codecs.IncrementalDecoder | None = None

    # -- what comes in ------------------------------------------------------------

    def begin(self, sock: Any, on_end: Callable[[], None]) -> None:
        """Speak over gevent's ``sock``; ``on_end`` is called when it may be closed."""
        self._sock = sock
        self._on_end = on_end
        self._outbox = SocketOutbox(sock, self._timeout, self._connection.stall)
        self.push = self._outbox.push
        give_up_after(sock, self._timeout)
        if isinstance(sock, ssl.SSLSocket):
            gevent.spawn(self._read_for_ever)
        else:
            self._watcher = get_hub().loop.io(sock.fileno(), _READ)
            self._watcher.start(gevent.spawn, self._read)
        if self._connection.is_over:
            self.end()

    def _read_for_ever(self) -> None:
        """Read what comes encrypted, of which the loop does not know."""
        while self._on_end is not None:
            self._take(self._sock.recv)

    def _read(self) -> None:
        """Read what has come, unless an earlier greenlet has."""
        if self._on_end is not None:
            self._take(self._sock._sock.recv)

    def _take(self, receive: Callable[[int], bytes]) -> None:
        try:
            data = receive(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                self._connection.stall()
            data = b""
        if not data:
            self._protocol.receive_eof()
            self._finish()
        elif self._handle(data):
            self._finish()

    def _handle(self, data: bytes) -> bool:
        """Hand on the messages in ``data``; whether the connection ends with it.

        The client's pings are answered first; what closes the connection is sent
        after the answers to its messages.
        """
        self._protocol.receive_data(data)
        if self._protocol.state is State.OPEN:
            self._answer()
        try:
            for frame in self._protocol.events_received():
                assert isinstance(frame, Frame)  # the others are of the handshake
                message = self._joined(frame)
                if message is not None:
                    self._connection.receive(message)
        except UnicodeDecodeError:
            self._protocol.fail(CloseCode.INVALID_DATA)
        return self._answer()

    def _answer(self) -> bool:
        """Send what the frames ask for; whether that was the last."""
        if self._protocol.state is not State.OPEN:
            self.push = _drop
        for data in self._protocol.data_to_send():
            if not data:
                return True
            if self._outbox is not None:
                self._outbox.push(data)
        return False

    def _joined(self, frame: Frame) -> bytes | None:
        """The message that a frame completes. Raises ``UnicodeDecodeError``."""
        opcode, data = frame.opcode, bytes(frame.data)
        if opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return None
        if opcode is not Opcode.CONT:
            self._decoder = _new_decoder() if opcode is Opcode.TEXT else None
            self._parts = []
        if self._decoder is not None:
            self._decoder.decode(data, frame.fin)
        self._parts.append(data)
        if not frame.fin:
            return None
        message = b"".join(self._parts)
        self._parts, self._decoder = [], None
        return message

    # -- Outbox -------------------------------------------------------------------

    def wait_for_room(self) -> None:
        """See ``Outbox.wait_for_room``."""
        if self._outbox is not None:
            self._outbox.wait_for_room()

    def end(self) -> None:
        """See ``Outbox.end``: the client has a moment to end it, too."""
        if self._on_end is None or self._is_ending:
            return
        self._is_ending = True
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self._answer()
        gevent.spawn_later(CLOSE_SECONDS, self._cut)

    def _cut(self) -> None:
        if self._on_end is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def _finish(self) -> None:
        """Read no more, and let go of the connection after what waits was sent."""
        on_end, self._on_end = self._on_end, None
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
        self._connection.lose()
        assert self._outbox is not None and on_end is not None
        self._outbox.flush(CLOSE_SECONDS)
        self._outbox.end()
        # The parser, and the traceback of what ended it, know the protocol: cycles.
        self._protocol.parser.close()
        self._protocol.parser_exc = None
        on_end()
