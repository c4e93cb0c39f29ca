"""The files in which the workers of a machine keep their counters for each other.

They are prometheus-client's, a few for each process. Without more ado those of
workers that are gone would stay for ever, so that each one replaced makes every
look at the metrics slower; so their counts are kept in one pair of files.

``VARIABLE`` has to be set before this module is imported: prometheus-client
decides then where its numbers are.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

#: The environment variable that names the directory.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

#: In place of the number of a process: no process has it.
_GONE = 0


def empty() -> None:
    """Make the directory what it is at the start of a server."""
    for left_over in _directory().glob("*.db"):
        left_over.unlink()


def forget(pid: int) -> None:
    """Keep the counts of a process that is gone, and nothing else of it."""
    directory = _directory()
    with _locked(fcntl.LOCK_EX):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
        for kind in ("counter", "histogram"):
            own = directory / f"{kind}_{pid}.db"
            if own.exists():
                _add(own, directory / f"{kind}_{_GONE}.db")
                own.unlink()


@contextmanager
def reading() -> Iterator[None]:
    """While nothing is moved from one file to another."""
    with _locked(fcntl.LOCK_SH):
        yield


def _directory() -> Path:
    return Path(os.environ[VARIABLE])


@contextmanager
def _locked(how: int) -> Iterator[None]:
    with open(_directory() / "lock", "ab") as lock:
        fcntl.flock(lock, how)
        yield


def _add(source: Path, target: Path) -> None:
    """Add every number of ``source`` to the one of the same name in ``target``."""
    numbers: Any = MmapedDict
    sums = numbers(str(target))
    for key, value, timestamp, _ in numbers.read_all_values_from_file(str(source)):
        before, _ = sums.read_value(key)
        sums.write_value(key, before + value, timestamp)
    sums.close()
