"""Seats of workers: each has a file that the next worker in it finds.

A worker leaves its seat when it is replaced or killed. What it kept in the seat's file
is then the next one's, whose start overlaps with its end on a reload.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path


class Seats:
    """The seats of one server, as its master gives them out."""

    def __init__(self, user: int, group: int) -> None:
        """Make a directory that the workers' user owns. Raises ``OSError``."""
        self._directory = Path(tempfile.mkdtemp(prefix="llmock-"))
        os.chown(self._directory, user, group)
        self._holders: Counter[int] = Counter()

    def take(self, count: int) -> int:
        """Take the seat with the fewest holders, of ``count`` seats."""
        seat = min(range(max(1, count)), key=self._holders.__getitem__)
        self._holders[seat] += 1
        return seat

    def leave(self, seat: int) -> None:
        """Record that a worker is gone."""
        self._holders[seat] -= 1

    def file(self, seat: int) -> Path:
        """The file of a seat, which its first holder makes."""
        return self._directory / f"seat-{seat}"

    def remove(self) -> None:
        """Remove all files: the server has ended."""
        remove_seats(self.file(0))


def remove_seats(file: Path) -> None:
    """Remove the file of a seat, and those of all others."""
    shutil.rmtree(file.parent, ignore_errors=True)
