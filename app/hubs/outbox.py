"""What waits to be sent to one client: bounded, and never in anyone's way.

A transport has one of two outboxes. Into a *socket* a frame is written at once, by
whoever sends it; only what the kernel does not take waits, for a greenlet that writes
it within the time that a client may stall. A *mailbox* keeps frames until a request of
the client takes them.
"""

from __future__ import annotations

import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import gevent
from gevent.event import Event

#: Most frames that wait for one client.
MAX_WAITING = 1_000
#: Frames that wait when a stream to that client waits too.
_MANY = 16


class Outbox(Protocol):
    """The frames on their way to one client."""

    def push(self, frame: bytes) -> None:
        """Send ``frame`` after those before it. Never waits, never raises."""

    def wait_for_room(self) -> None:
        """Wait while many frames are on their way, or until it has ended."""

    def end(self) -> None:
        """Take no more frames, and end the transport after those that wait."""


class Nowhere:
    """The outbox of a client that has gone."""

    def push(self, frame: bytes) -> None:
        """Drop ``frame``."""

    def wait_for_room(self) -> None:
        """There is room."""

    def end(self) -> None:
        """It has ended."""


NOWHERE = Nowhere()


class SocketOutbox:
    """Writes frames to a socket, from whichever greenlet sends them."""

    __slots__ = (
        "_on_stalled",
        "_over",
        "_room",
        "_send",
        "_sock",
        "_timeout",
        "_waiting",
        "_writer",
    )

    def __init__(
        self, sock: Any, timeout: float, on_stalled: Callable[[], None]
    ) -> None:
        """Write to gevent's ``sock``; a client may stall for ``timeout`` seconds.

        ``on_stalled`` is told of one that stalls for longer, or for too many frames.
        """
        self._sock = sock
        # What is written to the plain socket goes around encryption.
        is_encrypted = isinstance(sock, ssl.SSLSocket)
        self._send = _send_nothing if is_encrypted else sock._sock.send
        self._timeout = timeout
        self._on_stalled = on_stalled
        self._over = False
        # Both are there only while the kernel does not take everything.
        self._waiting: deque[bytes] | None = None
        self._writer: gevent.Greenlet[..., None] | None = None
        self._room: Event | None = None

    def push(self, frame: bytes) -> None:
        """See ``Outbox.push``."""
        if self._waiting is None:
            try:
                sent = self._send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:  # whoever reads from this socket sees it too
                return
            if sent == len(frame):
                return
            frame = frame[sent:]
            self._waiting = deque()
            self._writer = gevent.spawn(self._write)
        if self._over:
            return
        self._waiting.append(frame)
        if len(self._waiting) > MAX_WAITING:
            self._give_up()

    def wait_for_room(self) -> None:
        """See ``Outbox.wait_for_room``."""
        while not self._over and len(self._waiting or ()) > _MANY:
            if self._room is None:
                self._room = Event()
            self._room.clear()
            self._room.wait()

    def flush(self, seconds: float) -> None:
        """Wait until nothing waits, or for so long."""
        if self._writer is not None:
            self._writer.join(seconds)

    def end(self) -> None:
        """Drop what waits, and take no more."""
        self._over = True
        if self._waiting is not None:
            self._waiting.clear()
        if self._writer is not None:
            self._writer.kill(block=False)
        self._tell_room()

    def _tell_room(self) -> None:
        if self._room is not None:
            self._room.set()

    def _write(self) -> None:
        waiting = self._waiting
        try:
            while waiting:
                with gevent.Timeout(self._timeout, TimeoutError()):
                    self._sock.sendall(waiting[0])
                if waiting:
                    waiting.popleft()
                if len(waiting) <= _MANY:
                    self._tell_room()
            self._waiting = None
        except TimeoutError:
            self._give_up()
        except OSError:
            self._over = True
        finally:
            self._writer = None

    def _give_up(self) -> None:
        """Cut off a client that does not read; its reader sees the end."""
        self._over = True
        self._on_stalled()
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


def _send_nothing(frame: bytes) -> int:
    """How many bytes were sent past the encryption: none."""
    return 0


class Mailbox:
    """Keeps frames until a request takes them."""

    __slots__ = ("_frames", "_news", "_on_stalled", "_room", "over")

    def __init__(self, on_stalled: Callable[[], None]) -> None:
        """``on_stalled`` is told when too many frames wait."""
        self._frames: deque[bytes] = deque()
        self._news = Event()
        self._room = Event()
        self._on_stalled = on_stalled
        self.over = False

    def __len__(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    def push(self, frame: bytes) -> None:
        """See ``Outbox.push``."""
        if self.over:
            return
        self._frames.append(frame)
        self._news.set()
        if len(self._frames) > MAX_WAITING:
            self._frames.clear()
            self.end()
            self._on_stalled()

    def wait_for_room(self) -> None:
        """See ``Outbox.wait_for_room``."""
        while not self.over and len(self._frames) > _MANY:
            self._room.clear()
            self._room.wait()

    def end(self) -> None:
        """See ``Outbox.end``."""
        self.over = True
        self.wake()
        self._room.set()

    def wake(self) -> None:
        """End the wait for news, although there is none."""
        self._news.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for news, at most so long."""
        if not (self._frames or self.over):
            self._news.clear()
            self._news.wait(seconds)

    def take(self, most: int = MAX_WAITING) -> bytes:
        """The first frames, joined; empty where none waits."""
        frames = self._frames
        taken = b"".join([frames.popleft() for _ in range(min(most, len(frames)))])
        if len(frames) <= _MANY:
            self._room.set()
        return taken
