"""Writes the bytes of a stream with faults: in pieces, slowly, or not to their end."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NoReturn

from ...events.event import FOREVER
from ...request.verbs import How
from ...sse.variants import pieces
from ..connection import Connection
from ..pause import Pause
from ..steering.cutting import CutOff

#: Pieces of a slow response in a second.
_PIECES_A_SECOND = 10
#: Pieces that are written before other streams get their turn.
_PIECES_A_TURN = 16

_BAD_CHUNK = b"zz\r\nnot a chunk\r\n"


class FaultyWriter:
    """What writes to the connection of a stream with faults.

    ``bytes`` counts those of the body that were written.
    """

    __slots__ = ("_pause", "_send", "_send_raw", "bytes")

    def __init__(self, pause: Pause) -> None:
        """Wait as ``pause`` does, whose end also ends every wait."""
        self._pause = pause
        self._send: Callable[[bytes], None] | None = None
        self._send_raw: Callable[[bytes], None] | None = None
        self.bytes = 0

    def connect(self, connection: Connection, send: Callable[[bytes], None]) -> None:
        """Write to ``connection``, which is given ``send`` for its own."""
        self._send, connection.send = connection.send, send
        self._send_raw = connection.send_raw

    def write(self, data: bytes, splits: Collection[str], speed: int | None) -> None:
        """Send ``data``, split as the faults ``splits`` say.

        ``speed`` is in bytes per second, None for all at once. Leaves off where the
        client has gone.
        """
        pause = self._pause
        assert self._send is not None  # or the server would write
        for count, piece in enumerate(_split(data, splits, speed), 1):
            self._send(piece)
            self.bytes += len(piece)
            if speed is not None:
                self.rest(len(piece) / speed)
            elif count % _PIECES_A_TURN == 0:
                pause.until(pause.look())
            if pause.has_lost:
                return

    def finish(self, data: bytes) -> None:
        """Send the last bytes of a frame that others have begun."""
        assert self._send_raw is not None  # or nobody else had written
        self._send_raw(data)

    def rest(self, seconds: float) -> None:
        """Send nothing for that long, not even a heartbeat, or until the end.

        Whoever steers the stream waits meanwhile.
        """
        pause = self._pause
        pause.last_sent = FOREVER
        until = pause.look() + seconds
        was_halted = False
        while not pause.over and pause.now < until:
            was_halted = was_halted or pause.halted
            pause.halted = False
            pause.until(until)
        pause.halted = pause.halted or was_halted or pause.over

    def cut(self, how: str) -> NoReturn:
        """End the response. Raises ``CutOff``."""
        raise CutOff(How(how))

    def corrupt(self) -> NoReturn:
        """Send a chunk whose size is no number, and end. Raises ``CutOff``."""
        if self._send_raw is not None:
            self._send_raw(_BAD_CHUNK)
        raise CutOff(How.FIN)


def _split(data: bytes, splits: Collection[str], speed: int | None) -> list[bytes]:
    if "byte-by-byte" in splits:
        return [data[at : at + 1] for at in range(len(data))]
    parts = pieces(data, splits)
    if speed is None:
        return parts
    size = max(speed // _PIECES_A_SECOND, 1)
    return [part[at : at + size] for part in parts for at in range(0, len(part), size)]
