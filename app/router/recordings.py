"""Where recordings are kept that were uploaded: the port, and one of a process."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
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
#: So much of a file is written between two turns, in bytes.
_WRITE_BYTES = 1 << 20
#: A pause in which the loop looks at its sockets, in seconds.
_TURN_S = 0.0001


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a recording without reading it."""

    name: str
    header: Header
    events: int
    bytes: int


def about_recording(name: str, recording: Recording, size: int) -> About:
    """What is known of a recording of ``size`` bytes."""
    events = sum(entry.data is not None for entry in recording.entries)
    return About(name, recording.header, events, size)


def let_others_run() -> None:
    """Give other greenlets their turn."""
    gevent.sleep(_TURN_S)


def read_in_turns(content: bytes) -> Recording:
    """The recording that ``content`` holds; others run meanwhile.

    Raises ``BadRecording``.
    """
    return read_recording(content, let_others_run)


class RecordingStore(Protocol):
    """Recordings by name, the same for all who share them.

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

    def __init__(self) -> None:
        """Begin with none, in memory."""
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
        partial = self._written(content)
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
        if self._directory is not None:
            (self._directory / f"{name}{_SUFFIX}").unlink(missing_ok=True)
        return self._kept.pop(name, None) is not None

    def _written(self, content: bytes) -> Path | None:
        """A file with ``content`` that is no recording yet, if there are any files.

        Raises ``Unavailable`` where it cannot be written.
        """
        if self._directory is None:
            return None
        partial = self._directory / f"{secrets.token_hex(8)}.partial"
        try:
            with partial.open("wb") as file:
                for start in range(0, len(content), _WRITE_BYTES):
                    file.write(content[start : start + _WRITE_BYTES])
                    let_others_run()
        except OSError as error:
            partial.unlink(missing_ok=True)
            logger.warning("a recording cannot be written: %s", error)
            raise Unavailable("The recording cannot be kept.", retry_after=1) from error
        return partial

    def _look(self) -> None:
        """Bring what is known in line with the directory, if there is one."""
        if self._directory is None:
            return
        files = {
            path.name.removesuffix(_SUFFIX): path
            for path in self._directory.glob(f"*{_SUFFIX}")
        }
        for name in self._kept.keys() - files:
            del self._kept[name]
        for name in files.keys() - self._kept:
            with suppress(FileNotFoundError):  # deleted meanwhile
                content = files[name].read_bytes()
                recording = read_in_turns(content)
                about = about_recording(name, recording, len(content))
                self._kept[name] = about, recording
