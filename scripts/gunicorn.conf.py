"""How gunicorn serves the application; ``scripts/serve`` adds address and workers.

gunicorn reads this file in its master process when it starts, and again on
SIGHUP. The application itself is made in each worker, after the fork: no event
loop, socket or random state is shared between them.
"""

# Before every other import, or what is imported keeps the blocking originals.
from gevent import monkey

monkey.patch_all()

import errno  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402

from app.errors import SettingsError  # noqa: E402
from app.settings import Settings, load_settings  # noqa: E402

# Connections beside the streams: health checks, refusals, idle ones.
SPARE_CONNECTIONS = 1000
# What a worker takes at most to leave, on top of its grace period: its main loop
# and its last look at the connections last a second each, cutting them off two.
LEAVING_SECONDS = 6
# How soon a worker that was told to leave tells its streams. On Ctrl-C it is gone
# after 0.1 s.
POLL_SECONDS = 0.05
STANDARD_ERROR = 2


def configured() -> Settings:
    """The settings as they are written now; raises ``SettingsError``."""
    config = os.environ.get("LLMOCK_CONFIG")
    return load_settings(Path(config) if config else None, os.environ)


try:
    settings = configured()
except SettingsError as error:
    print(error, file=sys.stderr)
    raise SystemExit(2) from None


class Worker(GeventWorker):  # type: ignore[misc]
    """A worker whose clients may not stall, reading a response or sending a body.

    Between requests a connection has ``keepalive`` seconds, and as long for all
    headers of a request, however slowly they come.
    """

    def handle_request(
        self, listener_name: object, req: object, sock: Any, addr: object
    ) -> None:
        """Answer one request; a client that stalls is treated as one that left."""
        sock.settimeout(settings.write_timeout_seconds)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:
            # gunicorn would log a traceback, which it spares a broken pipe.
            raise BrokenPipeError(errno.EPIPE, "the client stalls") from None
        finally:
            sock.settimeout(None)


# One descriptor per stream, and another one towards its language model.
_, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
if hard_limit != resource.RLIM_INFINITY:
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))

wsgi_app = "wsgi:app"
proc_name = "llmock"
worker_class = Worker
# The application refuses streams above its own limit with a 503; here gunicorn
# would only stop to accept, health checks too.
worker_connections = settings.max_concurrent_streams + SPARE_CONNECTIONS
backlog = 4096
# Shapes come in the query string and in a header.
limit_request_line = 8190
limit_request_field_size = 32_768
# An idle connection holds up a worker that leaves, this long. A proxy in front must
# close its idle connections sooner.
keepalive = 5
# The master kills what is left after this time, so it must be longer than what
# the worker takes for itself (see post_worker_init).
graceful_timeout = int(settings.drain_seconds) + LEAVING_SECONDS
# The control socket is not used, and its thread does not go with forks.
control_socket_disable = True


def when_ready(server: Arbiter) -> None:
    """Decide what SIGHUP means: a terminal that was closed, or a new configuration."""
    had_terminal = os.isatty(STANDARD_ERROR)
    reload = server.handle_hup

    def handle_hup() -> None:
        if had_terminal and not os.isatty(STANDARD_ERROR):
            server.handle_term()
        try:
            configured()
        except SettingsError as error:
            server.log.error("%s; the old configuration stays in force", error)
        else:
            reload()

    server.handle_hup = handle_hup


def post_worker_init(worker: GeventWorker) -> None:
    """Say where the server is, and watch for the order to leave."""
    worker.cfg.set("graceful_timeout", worker.cfg.graceful_timeout - LEAVING_SECONDS)
    # A closed terminal signals the workers too; the master tells them what to do.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gevent.spawn(_drain_when_told, worker)
    if worker.age == 1:
        print(_welcome(*worker.sockets[0].getsockname()[:2]), flush=True)


def _drain_when_told(worker: GeventWorker) -> None:
    # gunicorn tells the application neither of SIGTERM nor of Ctrl-C.
    while worker.alive:
        gevent.sleep(POLL_SECONDS)
    # A connection whose response ends from now on is closed with it.
    worker.cfg.set("keepalive", 0)
    worker.wsgi.extensions["llmock"].drain()


def _welcome(host: str, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    feed = (
        f"{url}/api/mock/stream/stocks?continuous=true&interval=1000"
        '&sseMode=CompleteObjects&shape={"ticker":"AAPL","price":150.0}'
    )
    return (
        f"LLMock API serves on {url} (Ctrl-C stops it). A live feed to try:\n"
        f"\n  curl -gN '{feed}'\n"
    )
