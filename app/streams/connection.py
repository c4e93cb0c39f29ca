"""The client's connection: seeing that it has gone, bounding how long it stalls.

A response's iterable learns of a lost client only by a failed write, and the
first write after the client's FIN succeeds. So the socket is watched.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from gevent.hub import get_hub

#: Reading from event loops of libev's family.
_READ = 1


class Connection:
    """A client's socket, watched while a stream is open."""

    __slots__ = ("_on_gone", "_raw", "_timeout", "_sock", "_watcher")

    def __init__(
        self, sock: Any, on_gone: Callable[[], None], *, write_timeout: float
    ) -> None:
        """Watch gevent's ``sock``; a write may stall for ``write_timeout`` seconds."""
        self._sock = sock
        # gevent's recv would wait for the loop; the plain socket beneath it
        # answers at once, because gevent made it non-blocking.
        self._raw: socket.socket = sock._sock
        self._on_gone = on_gone
        self._timeout = sock.gettimeout()
        sock.settimeout(write_timeout)
        self._watcher: Any = get_hub().loop.io(sock.fileno(), _READ)
        self._watcher.start(self._readable)

    def _readable(self) -> None:
        try:
            more = self._raw.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        # Bytes are the client's next request, which waits until this stream is
        # over; the watcher would fire for them without end.
        self._watcher.stop()
        if not more:
            self._on_gone()

    def close(self) -> None:
        """Stop watching, so that the server can read the next request."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()
            watcher.close()
            if self._sock.fileno() >= 0:
                self._sock.settimeout(self._timeout)
