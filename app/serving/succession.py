"""Whether another worker takes over from a leaving one, or the server ends."""

from __future__ import annotations

import mmap
import secrets
import struct

_ENDS = struct.Struct("=B")
_NEWEST = struct.Struct("=Q")
#: Where the newest age stands, in bytes from the beginning.
_NEWEST_AT = 8
#: Where the secret stands, and its length, in bytes.
_SECRET_AT, _SECRET_BYTES = 16, 32


class Succession:
    """Shared memory of a master and its workers, made before the first fork."""

    def __init__(self) -> None:
        """Begin with a server that goes on and whose workers accept nothing yet."""
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        end = _SECRET_AT + _SECRET_BYTES
        self._memory[_SECRET_AT:end] = secrets.token_bytes(_SECRET_BYTES)

    @property
    def secret(self) -> bytes:
        """What all workers of the server know, and nobody else."""
        return self._memory[_SECRET_AT : _SECRET_AT + _SECRET_BYTES]

    @property
    def ends(self) -> bool:
        """Whether the whole server ends, so that no worker takes over."""
        (ends,) = _ENDS.unpack_from(self._memory)
        return bool(ends)

    def end(self) -> None:
        """Record that the whole server ends."""
        _ENDS.pack_into(self._memory, 0, 1)

    @property
    def newest(self) -> int:
        """The age of the newest worker that accepts connections; 0 is none."""
        (age,) = _NEWEST.unpack_from(self._memory, _NEWEST_AT)
        return int(age)

    def accepts(self, age: int) -> None:
        """Record that the worker of that age accepts connections."""
        _NEWEST.pack_into(self._memory, _NEWEST_AT, max(age, self.newest))
