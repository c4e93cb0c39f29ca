"""The client's connection: seeing that it has gone, bounding how long it stalls.

A response's iterable learns of a lost client only by a failed write, and the
first write after the client's FIN succeeds. So the socket is watched.

A client that vanished without a word is seen only by what it leaves
unacknowledged. No write shows it for hours, because heartbeats fit into the
socket's buffer, and left to itself the kernel tries for a quarter of an hour. So
it is told to give up a connection on which nothing moves for the write timeout,
which then looks like any other client that has gone.
"""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
import termios
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gevent
from gevent.hub import get_hub
from gevent.ssl import SSLSocket

#: Reading from event loops of libev's family.
_READ = 1

#: The kernel's own write timeout, in milliseconds; not every system has it.
_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
_TCP_FAMILIES = (socket.AF_INET, socket.AF_INET6)


#: Longest wait for what is on its way before a reset, in seconds.
_MAX_FLUSH_SECONDS = 1.0
_FLUSH_POLL_SECONDS = 0.002
#: Closing with these options resets the connection.
_LINGER_NOT = struct.pack("ii", 1, 0)


def refuse(sock: Any) -> Iterator[bytes]:
    """A body that resets the connection of ``sock`` before anything is sent.

    The server takes the ``BrokenPipeError`` that it raises for a client that has gone.
    """
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    yield from ()
    raise BrokenPipeError(errno.EPIPE, "a fault resets the connection")


class Tail(bytes):
    """The last bytes of a frame, in the form in which they go out."""


class Connection:
    """A client's socket: watched while a stream is open, and written to.

    ``send`` writes a part of the body, as one chunk where there are chunks; it raises
    ``TimeoutError`` where the client stalls, and ``OSError`` where it has gone. What
    changes the bytes of a stream takes its place. ``send_raw`` writes bytes that are
    in their final form, and raises the same.
    """

    __slots__ = (
        "_is_barred",
        "_on_bar",
        "_on_gone",
        "_raw",
        "_sock",
        "_timeout",
        "_user_timeout",
        "_waits",
        "_watcher",
        "send",
        "send_raw",
    )

    send: Callable[[bytes], None]
    send_raw: Callable[[bytes], None]

    def __init__(
        self,
        sock: Any,
        on_gone: Callable[[bool], None],
        *,
        write_timeout: float,
        chunked: bool = True,
    ) -> None:
        """Watch gevent's ``sock``; a write may stall for ``write_timeout`` seconds.

        ``on_gone`` is told of a client that has gone, and whether it stalled.
        ``chunked`` tells whether a body is sent in the chunks of HTTP/1.1.
        """
        self._sock = sock
        # None of these is a method, which would make a ring of references.
        self.send = partial(_send_chunk, sock) if chunked else sock.sendall
        self.send_raw = sock.sendall
        # gevent's recv would wait for the loop; the plain socket beneath it
        # answers at once, because gevent made it non-blocking.
        self._raw: socket.socket = sock._sock
        self._is_barred = False
        self._waits = False
        self._on_bar: Callable[[], None] | None = None
        self._on_gone = on_gone
        self._timeout = sock.gettimeout()
        sock.settimeout(write_timeout)
        self._user_timeout = give_up_after(sock, write_timeout)
        self._watcher: Any = get_hub().loop.io(sock.fileno(), _READ)
        self._watcher.start(self._readable)

    def finish(self) -> None:
        """End the connection as it is, without the last chunk."""
        self._raw.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Reset the connection, after the client has what was sent."""
        until = time.monotonic() + _MAX_FLUSH_SECONDS
        while self._unsent() and time.monotonic() < until:
            gevent.sleep(_FLUSH_POLL_SECONDS)
        self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._sock.close()

    def _unsent(self) -> int:
        """How many bytes the client's machine has not acknowledged."""
        answer = fcntl.ioctl(self._raw.fileno(), termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(answer, "little")

    def bypass(
        self, on_bar: Callable[[], None], *, may_wait: bool = False
    ) -> Callable[[bytes], int] | None:
        """What writes past the stream, until ``on_bar`` is called.

        What is written ``may_wait`` in the kernel until the client has acknowledged
        what came before; then much goes out at once.

        It takes as many bytes as the kernel does at once, and tells how many. It raises
        ``BlockingIOError`` where that is none, and ``OSError``. None where bytes do not
        go out as they are.
        """
        if self._is_barred or isinstance(self._sock, SSLSocket):
            return None
        self._on_bar = on_bar
        if may_wait and not self._waits:
            self._waits = True
            self._set_no_delay(False)
        return self._raw.send

    def _set_no_delay(self, is_set: bool) -> None:
        if self._raw.family in _TCP_FAMILIES:
            self._raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, is_set)

    def bar_bypass(self) -> None:
        """Let nobody else write from now on."""
        self._is_barred = True
        self.end_bypass()

    def end_bypass(self) -> None:
        """Tell whoever writes past the stream to stop. Harmless when called again."""
        on_bar, self._on_bar = self._on_bar, None
        if on_bar is not None:
            on_bar()

    def _readable(self) -> None:
        stalled = False
        try:
            more = self._raw.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError as error:
            stalled = error.errno == errno.ETIMEDOUT
            more = b""
        # Bytes are the client's next request, which waits until this stream is
        # over; the watcher would fire for them without end.
        self._watcher.stop()
        if not more:
            self._on_gone(stalled)

    def close(self) -> None:
        """Stop watching, so that the server can read the next request."""
        self.end_bypass()
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()
            watcher.close()
            if self._sock.fileno() >= 0:
                self._sock.settimeout(self._timeout)
                if self._waits:
                    self._set_no_delay(True)
                give_up_after(self._sock, self._user_timeout)


def give_up_after(sock: Any, seconds: float) -> float:
    """Set the kernel's write timeout, where there is one, and give the old one.

    Both are in seconds; 0 leaves it to the kernel.
    """
    if _USER_TIMEOUT is None or sock.family not in _TCP_FAMILIES:
        return 0.0
    before = sock.getsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT)
    sock.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(seconds * 1000))
    return float(before / 1000)


def _send_chunk(sock: Any, data: bytes) -> None:
    sock.sendall(b"%X\r\n%b\r\n" % (len(data), data))
