"""Hooks of gunicorn's master, beside its starting of workers.

The master holds the memory that its workers share, and decides what signals mean. On
SIGHUP it loads the code and the configuration anew; if either cannot be used, the
server goes on as before.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
import sys
from typing import Any

from gunicorn.arbiter import Arbiter

from ..errors import SettingsError
from .board import Board
from .configuration import CONFIGURATION, refuse
from .seats import Seats
from .succession import Succession
from .welcome import welcome
from .worker import Worker

#: The exit status of a server that is refused before anything is started.
_REFUSED = 2
_STANDARD_ERROR = 2
#: Slots for workers beside twice the configured number, which a reload needs.
_SPARE_SLOTS = 8
#: Descriptors of a worker beside those of its streams.
_SPARE_FILES = 100

_PACKAGE = __name__.partition(".")[0]


def raise_file_limit(streams: int) -> str | None:
    """Raise this process's limit of open files as far as it may.

    Returns a warning if that is too few for ``streams`` streams.
    """
    # One descriptor per stream, and another one towards its language model.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return None
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most >= streams + _SPARE_FILES:
        return None
    return (
        f"the limit of open files (ulimit -n) is {most}, too low for "
        f"MockLlmApi.MaxConcurrentStreams: {streams} streams"
    )


def nworkers_changed(server: Arbiter, new_value: int, old_value: int | None) -> None:
    """Refuse a server that cannot serve the settings."""
    try:
        CONFIGURATION.check(new_value, server.worker_class)
    except SettingsError as error:
        if old_value is None:
            refuse(error, _REFUSED)
        server.log.warning("%s", error)


def on_starting(server: Arbiter) -> None:
    """Make the memory that the workers share."""
    for line in CONFIGURATION.warnings():
        server.log.warning("%s", line)
    server.succession = Succession()
    try:
        server.seats = Seats(server.cfg.uid, server.cfg.gid)
    except OSError as error:
        server.seats = None
        server.log.warning(
            "no directory for shared files (%s); routes made at run time end with"
            " their worker",
            error,
        )
    try:
        server.board = Board(2 * server.num_workers + _SPARE_SLOTS)
    except OSError as error:
        server.board = None
        server.log.warning(
            "no memory for shared counts (%s); each worker's metrics are its own", error
        )
    warning = raise_file_limit(CONFIGURATION.settings.max_concurrent_streams)
    if warning:
        server.log.warning("%s", warning)


def when_ready(server: Arbiter) -> None:
    """Decide what signals mean to the master."""
    had_terminal = os.isatty(_STANDARD_ERROR)
    reload, end = server.handle_hup, server.handle_term

    def handle_term() -> None:
        server.succession.end()
        end()

    def handle_hup() -> None:
        # A terminal that was closed, or a new configuration or version.
        if had_terminal and not os.isatty(_STANDARD_ERROR):
            handle_term()
        try:
            load_again(server.num_workers)
        except Exception as error:
            server.log.error("%s; the old configuration stays in force", error)
        else:
            reload()

    server.handle_term = handle_term
    # gunicorn would cut everybody off; it still does so when asked twice.
    server.handle_int = handle_term
    server.handle_hup = handle_hup


def load_again(workers: int) -> None:
    """Load the current code and configuration, for the next workers.

    If they cannot be used, keeps the old ones and raises what is wrong.
    """
    old = {
        name: sys.modules.pop(name)
        for name in [*sys.modules]
        if name.partition(".")[0] == _PACKAGE
    }
    try:
        new = importlib.import_module(__name__)
        new.CONFIGURATION.check(workers, new.Worker)
    except BaseException:
        for name in [*sys.modules]:
            if name.partition(".")[0] == _PACKAGE:
                del sys.modules[name]
        sys.modules.update(old)
        raise


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Give the worker its part of what outlives it."""
    worker.succession = server.succession
    worker.slot = worker.seat = worker.handover = None
    if server.seats is not None:
        worker.seat = server.seats.take(server.num_workers)
        worker.handover = server.seats.file(worker.seat)
    if server.board is not None:
        worker.slot = server.board.take()
        if worker.slot is None:
            server.log.warning("no slot for a worker's counts; its metrics miss others")


def post_worker_init(worker: Worker) -> None:
    """Print the server's address; leave the terminal's signals to the master."""
    # What was loaded stays, so the garbage collector need not look at it again. Nor
    # should it look at every open stream: with 8 000 of them that took 0.3 s. Cycles
    # that requests leave behind are young, and small collections find them.
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000, 10, 1_000)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if worker.age == 1:
        address: Any = worker.sockets[0].getsockname()
        if isinstance(address, tuple):  # and no unix socket
            base = CONFIGURATION.settings.base_path
            routes = worker.wsgi.extensions["llmock"].routes.routes()
            print(welcome(_url(*address[:2]), base, routes), flush=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Keep the counters of a worker that is gone, whatever ended it."""
    if worker.seat is not None:
        server.seats.leave(worker.seat)
    if worker.slot is not None:
        server.board.retire(worker.slot)


def on_exit(server: Arbiter) -> None:
    """Remove what workers left to each other."""
    if server.seats is not None:
        server.seats.remove()


def _url(host: str, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
