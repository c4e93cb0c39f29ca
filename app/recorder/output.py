"""Where a recording is written: a file that begins with the first right answer."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO


class CannotWrite(Exception):
    """The recording cannot be written; the text says where, and why."""


class Output:
    """A file, or standard output, that nothing touches before the first ``write``."""

    def __init__(self, path: str | None, *, replace: bool) -> None:
        """Write to ``path``, None for standard output.

        ``replace`` permits a file that is there already. Raises ``CannotWrite`` for
        such a file without it.
        """
        self._path = path
        self._replace = replace
        self._opened = ExitStack()
        self._file: BinaryIO | None = None
        # Devices and pipes hold nothing that could be lost.
        if path is not None and not replace and Path(path).is_file():
            raise _exists(path)

    def __enter__(self) -> Output:
        """Touch nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._opened.close()

    def write(self, line: bytes) -> None:
        """Write a line so that a file which ends early is usable.

        Raises ``CannotWrite``.
        """
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(line)
            self._file.flush()
        except FileExistsError:
            raise _exists(str(self._path)) from None
        except OSError as error:
            where = self._path or "standard output"
            raise CannotWrite(f"{where}: {error.strerror}") from None

    def _open(self) -> BinaryIO:
        if self._path is None:
            return sys.stdout.buffer
        path = Path(self._path)
        is_special = path.exists() and not path.is_file()
        is_free = self._replace or is_special
        file = path.open("wb") if is_free else path.open("xb")
        return self._opened.enter_context(file)


def _exists(path: str) -> CannotWrite:
    return CannotWrite(f"{path}: is there already; --force replaces it")
