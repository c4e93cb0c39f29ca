"""What makes a connection cheap: a socket that sends small frames at once, and an
application that gives back its stack before its response is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gevent.socket
from gevent import getcurrent
from gevent.hub import get_hub
from greenlet import greenlet

#: Greenlets that are kept for the next requests.
_MAX_IDLE = 16

#: A WSGI application.
Application = Callable[[Any, Any], Iterable[bytes]]


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


class Apart:
    """A WSGI application that runs on other stacks than its connections.

    Python keeps what a greenlet's stack has grown to. A request goes through many
    calls before its response begins, and every stream would hold their memory, a
    page or two, for as long as it is open. So requests are handled in greenlets
    that take one after the other. Where a request waits, its connection does too.
    """

    def __init__(self, application: Application) -> None:
        """Run ``application``."""
        self._application = application
        self._idle: list[greenlet] = []

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """What the application answers, or raises."""
        runner = self._idle.pop() if self._idle else greenlet(self._run)
        runner.parent = getcurrent()
        task = [start_response, environ]
        try:
            runner.switch(task)
        except BaseException:
            # Raised by the application, which has ended the runner, or thrown at
            # the connection, and then the application has to end as well.
            if not runner.dead:
                runner.throw()
            raise
        runner.parent = get_hub()
        if len(self._idle) < _MAX_IDLE:
            self._idle.append(runner)
        answer: Iterable[bytes] = task.pop()
        return answer

    def _run(self, task: list[Any]) -> None:
        """Answer each task in its own list, so that nothing of it stays here."""
        while True:
            task.append(self._application(task.pop(), task.pop()))
            connection: Any = getcurrent().parent
            task = connection.switch()
