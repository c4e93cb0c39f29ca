"""Where one message ends and the next begins, in input that comes in any pieces."""

from __future__ import annotations

from .hub_messages import ProtocolError

#: What ends a record of text (ASCII's record separator).
SEPARATOR = b"\x1e"

#: Most bytes of a length; a longer one would not fit into 31 bits.
_MAX_LENGTH_BYTES = 5


class Input:
    """The bytes of one client that no message was made of yet."""

    __slots__ = ("_bytes", "_max_bytes", "_searched")

    def __init__(self, max_bytes: int) -> None:
        """A message may have ``max_bytes``, without what frames it."""
        self._bytes = bytearray()
        self._max_bytes = max_bytes
        # How much of the bytes is known to have no separator.
        self._searched = 0

    def add(self, data: bytes) -> None:
        """Take what came next."""
        self._bytes += data

    def record(self) -> bytes | None:
        """The next record of text, or None while it is not complete.

        Raises ``ProtocolError`` where it is too long.
        """
        end = self._bytes.find(SEPARATOR, self._searched)
        self._check(len(self._bytes) if end < 0 else end)
        if end < 0:
            self._searched = len(self._bytes)
            return None
        return self._take(0, end, end + 1)

    def prefixed(self) -> bytes | None:
        """The next message that its length precedes, or None while it is not complete.

        Raises ``ProtocolError`` where it is too long, or its length is.
        """
        length = 0
        for at, byte in enumerate(self._bytes[:_MAX_LENGTH_BYTES]):
            length |= (byte & 0x7F) << 7 * at
            if byte < 0x80:
                break
        else:
            if len(self._bytes) >= _MAX_LENGTH_BYTES:
                raise ProtocolError("The length of a message has more than 5 bytes.")
            return None
        self._check(length)
        begin = at + 1
        if len(self._bytes) < begin + length:
            return None
        return self._take(begin, begin + length, begin + length)

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise ProtocolError(f"A message has at most {self._max_bytes} bytes.")

    def _take(self, begin: int, end: int, after: int) -> bytes:
        taken = bytes(self._bytes[begin:end])
        del self._bytes[:after]
        self._searched = 0
        return taken


def prefix(message: bytes) -> bytes:
    """``message`` after its length: 7 bits a byte, the lowest first."""
    head, left = bytearray(), len(message)
    while left > 0x7F:
        head.append(left & 0x7F | 0x80)
        left >>= 7
    head.append(left)
    return bytes(head) + message
