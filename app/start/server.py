"""gunicorn, started with this project's configuration."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys

from gunicorn.app.wsgiapp import WSGIApplication

from ..errors import SettingsError

#: gunicorn's configuration, as its option ``--config`` takes it.
GUNICORN_CONFIG = f"python:{__package__}.gunicorn_conf"

#: How soon the end of this process is noticed by what watches its input, in seconds.
_LOOK_SECONDS = 1.0


class _Gunicorn(WSGIApplication):  # type: ignore[misc]
    """A gunicorn that imports nothing from the folder in which it is started."""

    def chdir(self) -> None:
        """Stay out of ``sys.path``, where a caller's modules would hide packages."""
        os.chdir(self.cfg.chdir)


def serve(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises ``SettingsError`` if it cannot listen."""
    _try_to_listen(host, port)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = {"config": GUNICORN_CONFIG, "bind": address, "workers": workers}
    sys.argv[1:] = [f"--{name}={value}" for name, value in options.items()]
    _Gunicorn("%(prog)s", prog="llmock-api").run()


def end_with_input() -> None:
    """Let this process end when its standard input does: when its parent is gone."""
    served = os.getpid()
    if os.fork() > 0:
        return
    # A process of its own: gunicorn has no thread to spare.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    standard_input = sys.stdin.fileno()
    while os.getppid() == served:
        readable, _, _ = select.select([standard_input], [], [], _LOOK_SECONDS)
        if readable and not os.read(standard_input, 4096):
            os.kill(served, signal.SIGTERM)
            break
    os._exit(0)


def _try_to_listen(host: str, port: int) -> None:
    """Find out what gunicorn would try five times, and say so each time."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"cannot listen on {host}, port {port}: {reason}") from None
