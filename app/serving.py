"""A socket that sends small frames at once, for the server's connections."""

from __future__ import annotations

from typing import Any

import gevent.socket


class PromptSocket(gevent.socket.socket):
    """A connection whose writes go straight to the kernel while it takes them.

    gevent's own ``sendall`` asks the kernel for the size of its buffer each
    time, which costs about as much as making an event. What the kernel does
    not take at once is left to it.
    """

    _sock: Any

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of ``data``; raises ``TimeoutError`` after the socket's timeout."""
        try:
            sent = self._sock.send(data, flags)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            super().sendall(memoryview(data)[sent:], flags)


def prompt(client: Any) -> Any:
    """``client`` as a prompt socket, where it is a plain one of gevent's."""
    if type(client) is not gevent.socket.socket:
        return client
    family, kind, protocol = client.family, client.type, client.proto
    return PromptSocket(family, kind, protocol, client.detach())
