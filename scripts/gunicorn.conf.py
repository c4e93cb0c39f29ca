"""How gunicorn serves the application; ``scripts/serve`` adds address and workers.

gunicorn reads this file in its master process when it starts, and again on
SIGHUP. The application itself is made in each worker, after the fork: no event
loop, socket or random state is shared between them.
"""

# Before every other import, or what is imported keeps the blocking originals.
from gevent import monkey

monkey.patch_all()

import contextlib  # noqa: E402
import errno  # noqa: E402
import gc  # noqa: E402
import mmap  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import shutil  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402
from gevent.server import StreamServer  # noqa: E402
from gunicorn import sock as listening  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402

from app import logs  # noqa: E402
from app.errors import SettingsError  # noqa: E402
from app.serving.connections import Apart, prompt  # noqa: E402
from app.settings import Settings, load_settings  # noqa: E402

# Connections beside the streams: health checks, refusals, idle ones.
SPARE_CONNECTIONS = 1000
# How soon a worker notices that it was told to leave.
POLL_SECONDS = 0.05
# What a worker takes at most to leave, on top of its grace period: the last events
# of responses that took too long, and cutting off those whose clients do not read.
LAST_EVENTS_SECONDS = 1
LEAVING_SECONDS = 5
STANDARD_ERROR = 2
# Names the directory where workers keep their counters for each other.
METRICS = "PROMETHEUS_MULTIPROC_DIR"


def configured() -> Settings:
    """The settings as they are written now; raises ``SettingsError``."""
    config = os.environ.get("LLMOCK_CONFIG")
    return load_settings(Path(config) if config else None, os.environ)


def check_workers(workers: int, settings: Settings) -> None:
    """Raise ``SettingsError`` for workers that know nothing of each other."""
    if workers > 1 and settings.redis is None and not settings.per_worker_state:
        raise SettingsError(
            f"{workers} workers need a Redis (MockLlmApi.Redis), or else "
            "MockLlmApi.PerWorkerState: true, with which a request finds, stops and "
            "remembers only what happens to be at the worker that answers it"
        )


def refuse(error: SettingsError) -> NoReturn:
    """End before anything is started, with one line that says why."""
    print(error, file=sys.stderr)
    raise SystemExit(2) from None


try:
    settings = configured()
except SettingsError as error:
    refuse(error)

logs.configure(settings)
# The handlers of our loggers serve gunicorn's too; its own would write twice.
errorlog = None
loglevel = settings.log_level.value


class Worker(GeventWorker):  # type: ignore[misc]
    """A worker that leaves without leaving anybody alone, and whom nobody stalls.

    It takes as long for a stalled client, reading a response or sending a body,
    as the write timeout says. Between requests a connection has ``keepalive``
    seconds, and as long for all headers of a request, however slowly they come.
    """

    #: Whether the whole server ends; else another worker takes over. See pre_fork.
    server_ends: mmap.mmap
    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As gunicorn makes it, in its master."""
        super().__init__(*args, **kwargs)
        # Connections that wait for another request after they were served one.
        self._idle: set[Any] = set()

    def run(self) -> None:
        """Serve until told to leave, then for as long as there is time and need."""
        services = self.wsgi.extensions["llmock"]
        self.wsgi = Apart(self.wsgi)
        servers = [self._listen(sock) for sock in self.sockets]
        try:
            while self.alive:
                self._wait()
            # A connection whose response ends from now on is closed with it.
            self.cfg.set("keepalive", 0)
            for sock in list(self._idle):
                with contextlib.suppress(OSError):  # it is gone already
                    # The plain socket: gevent's own would raise at the reader.
                    sock._sock.shutdown(socket.SHUT_RD)
            if not self.server_ends[0]:
                # Who comes now waits for the worker that takes over; who has come
                # already is not sent away.
                for server in servers:
                    server.stop_accepting()
                self._wait()
            services.drain()
            self._wait_for_clients(servers, settings.drain_seconds)
            services.cut_short()
            self._wait_for_clients(servers, LAST_EVENTS_SECONDS)
            for server in servers:
                server.stop(timeout=0)
        finally:
            services.close()

    def _listen(self, sock: Any) -> StreamServer:
        sock.setblocking(1)
        tls = (
            {"ssl_context": listening.ssl_context(self.cfg)} if self.cfg.is_ssl else {}
        )
        pool = Pool(self.worker_connections)
        server = StreamServer(sock, partial(self.handle, sock), spawn=pool, **tls)
        if self.cfg.workers > 1:
            server.max_accept = 1
        server.start()
        return server

    def _wait(self) -> None:
        self.notify()
        gevent.sleep(POLL_SECONDS)

    def _wait_for_clients(self, servers: list[StreamServer], seconds: float) -> None:
        until = time.monotonic() + seconds
        while any(server.pool for server in servers) and time.monotonic() < until:
            self._wait()

    def handle(self, listener: object, client: Any, addr: object) -> None:
        """Serve a connection, request after request."""
        client = prompt(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self._idle.discard(client)

    def handle_request(
        self, listener_name: object, req: object, sock: Any, addr: object
    ) -> None:
        """Answer one request; a client that stalls is treated as one that left."""
        self._idle.discard(sock)
        sock.settimeout(settings.write_timeout_seconds)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:
            # gunicorn would log a traceback, which it spares a broken pipe.
            raise BrokenPipeError(errno.EPIPE, "the client stalls") from None
        finally:
            sock.settimeout(None)
        self._idle.add(sock)


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
# The master kills what is left after this time.
graceful_timeout = int(settings.drain_seconds) + LAST_EVENTS_SECONDS + LEAVING_SECONDS
# The control socket is not used, and its thread does not go with forks.
control_socket_disable = True


def nworkers_changed(server: Arbiter, new_value: int, old_value: int | None) -> None:
    """Refuse several workers that know nothing of each other."""
    try:
        check_workers(new_value, settings)
    except SettingsError as error:
        if old_value is None:
            refuse(error)
        server.log.warning("%s", error)


def on_starting(server: Arbiter) -> None:
    """Make room for what the workers count: an empty directory."""
    server.own_directory = None
    if METRICS not in os.environ:
        server.own_directory = tempfile.mkdtemp(prefix="llmock-metrics-")
        os.environ[METRICS] = server.own_directory
    from app.serving import counter_files

    counter_files.empty()


def when_ready(server: Arbiter) -> None:
    """Decide what signals mean to the master."""
    had_terminal = os.isatty(STANDARD_ERROR)
    reload, end = server.handle_hup, server.handle_term
    server.ends = mmap.mmap(-1, 1)

    def handle_term() -> None:
        server.ends[0] = 1
        end()

    def handle_hup() -> None:
        # A terminal that was closed, or a new configuration.
        if had_terminal and not os.isatty(STANDARD_ERROR):
            handle_term()
        try:
            check_workers(server.num_workers, configured())
        except SettingsError as error:
            server.log.error("%s; the old configuration stays in force", error)
        else:
            reload()

    server.handle_term = handle_term
    # gunicorn would cut everybody off; it still does so when asked twice.
    server.handle_int = handle_term
    server.handle_hup = handle_hup


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Let the worker know, when it leaves, whether everybody does."""
    worker.server_ends = server.ends


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let the worker load the application as it is now, after a reload too."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
        del sys.modules[name]


def post_worker_init(worker: Worker) -> None:
    """Say where the server is; leave to the master what a terminal signals."""
    # What was loaded stays: the garbage collector need not look at it again. Nor at
    # every open stream while others come: 8 000 of them held all up for 0.3 s. What
    # requests leave behind in circles is young, and the small collections find it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000, 10, 1_000)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if worker.age == 1:
        address = worker.sockets[0].getsockname()
        if isinstance(address, tuple):  # and no unix socket
            print(_welcome(*address[:2]), flush=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Keep what a worker counted that is gone, however it went."""
    from app.serving import counter_files

    counter_files.forget(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave nothing behind."""
    if server.own_directory is not None:
        shutil.rmtree(server.own_directory, ignore_errors=True)


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
