"""Where recordings are kept that were uploaded: the port, and one of a process."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gevent

from ..errors import Unavailable
from ..recordings.recording import Header, Recording, read_recording

logger = logging.getLogger(__name__)

#: What the file of a recording is called behind its name.
_SUFFIX = ".jsonl"
_NS_A_MS = 1_000_000
#: So much of a file is written between two turns, in bytes.
_WRITE_BYTES = 1 << 20
#: A pause in which the loop looks at its sockets, in seconds.
_TURN_S = 0.0001


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a recording without reading it.

    ``expires_ms`` is in milliseconds since 1970, None for never.
    """

    name: str
    header: Header
    events: int
    bytes: int
    expires_ms: int | None


def about_recording(
    name: str, recording: Recording, size: int, expires_ms: int | None = None
) -> About:
    """What is known of a recording of ``size`` bytes."""
    events = sum(entry.data is not None for entry in recording.entries)
    return About(name, recording.header, events, size, expires_ms)


def let_others_run() -> None:
    """Give other greenlets their turn."""
    gevent.sleep(_TURN_S)


def read_in_turns(content: bytes) -> Recording:
    """The recording that ``content`` holds; others run meanwhile.

    Raises ``BadRecording``.
    """
    return read_recording(content, let_others_run)


class RecordingStore(Protocol):
    """Recordings by name, the same for all who share them, until they expire.

    Every method raises ``Unavailable`` where the place that keeps them cannot be
    reached.
    """

    def open(self, handover: Path | None) -> None:
        """Begin. Beside ``handover`` the worker before this one left its recordings."""

    def list(self) -> Sequence[About]:
        """All recordings, by name."""

    def get(self, name: str) -> Recording | None:
        """One recording, None where there is none of that name."""

    def add(self, about: About, recording: Recording, content: bytes, most: int) -> str:
        """Keep a recording, unless its name is taken or there are ``most`` already.

        Gives what is in the way: ``"taken"`` or ``"full"``; empty where it is kept.
        """

    def delete(self, name: str) -> bool:
        """Forget a recording; whether there was one of that name."""


class LocalRecordingStore:
    """Recordings of this process, and of the one that it takes over from."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Begin with none, in memory; ``now_ms`` is the time since 1970."""
        self._now_ms = now_ms
        self._kept: dict[str, tuple[About, Recording]] = {}
        self._directory: Path | None = None

    def open(self, handover: Path | None) -> None:
        """See ``RecordingStore.open``."""
        if handover is not None:
            self._directory = handover.with_suffix(".recordings")
            self._directory.mkdir(exist_ok=True)

    def list(self) -> Sequence[About]:
        """See ``RecordingStore.list``."""
        self._look()
        return [self._kept[name][0] for name in sorted(self._kept)]

    def get(self, name: str) -> Recording | None:
        """See ``RecordingStore.get``."""
        self._look()
        found = self._kept.get(name)
        return None if found is None else found[1]

    def add(self, about: About, recording: Recording, content: bytes, most: int) -> str:
        """See ``RecordingStore.add``."""
        partial = self._written(content, about.expires_ms)
        self._look()
        found = "taken" if about.name in self._kept else ""
        if not found and len(self._kept) >= most:
            found = "full"
        if not found:
            self._kept[about.name] = about, recording
        if partial is not None and not found:
            partial.rename(partial.with_name(f"{about.name}{_SUFFIX}"))
        elif partial is not None:
            partial.unlink()
        return found

    def delete(self, name: str) -> bool:
        """See ``RecordingStore.delete``."""
        self._look()
        return self._forget(name)

    def _forget(self, name: str) -> bool:
        if self._directory is not None:
            (self._directory / f"{name}{_SUFFIX}").unlink(missing_ok=True)
        return self._kept.pop(name, None) is not None

    def _written(self, content: bytes, expires_ms: int | None) -> Path | None:
        """A file with ``content`` that is no recording yet, if there are any files.

        Its time is when the recording expires, and 0 for never. Raises ``Unavailable``
        where it cannot be written.
        """
        if self._directory is None:
            return None
        partial = self._directory / f"{secrets.token_hex(8)}.partial"
        try:
            with partial.open("wb") as file:
                for start in range(0, len(content), _WRITE_BYTES):
                    file.write(content[start : start + _WRITE_BYTES])
                    let_others_run()
            os.utime(partial, ns=(0, (expires_ms or 0) * _NS_A_MS))
        except OSError as error:
            partial.unlink(missing_ok=True)
            logger.warning("a recording cannot be written: %s", error)
            raise Unavailable("The recording cannot be kept.", retry_after=1) from error
        return partial

    def _look(self) -> None:
        """Bring what is known in line with the directory, and drop what has expired."""
        if self._directory is not None:
            self._follow(self._directory)
        now = self._now_ms()
        for name, (about, _) in [*self._kept.items()]:
            if about.expires_ms is not None and about.expires_ms <= now:
                self._forget(name)

    def _follow(self, directory: Path) -> None:
        files = {
            path.name.removesuffix(_SUFFIX): path
            for path in directory.glob(f"*{_SUFFIX}")
        }
        for name in self._kept.keys() - files:
            del self._kept[name]
        for name in files.keys() - self._kept:
            with suppress(FileNotFoundError):  # deleted meanwhile
                content = files[name].read_bytes()
                expires_ms = files[name].stat().st_mtime_ns // _NS_A_MS or None
                recording = read_in_turns(content)
                about = about_recording(name, recording, len(content), expires_ms)
                self._kept[name] = about, recording
