"""What the client of a stream knows, by which its coming back can be judged.

It is told at any moment of an open stream, and once more when that has closed.
"""

from __future__ import annotations

from typing import NamedTuple


class Told(NamedTuple):
    """What a client has been told so far.

    An id is None where there was none. Times are in seconds, and infinite for none.
    """

    #: The id that it was told first.
    first_id: bytes | None
    #: The id that it was told last, of an event that was sent whole.
    last_id: bytes | None
    #: The id of an event that was begun and not sent whole.
    half_id: bytes | None
    #: The wait before a reconnect, in milliseconds; None if it was never told.
    retry_ms: int | None
    #: Time since the last byte.
    silence_s: float
    #: The longest silence that was ordered and is over.
    stall_s: float
    #: The longest silence that was promised.
    heartbeat_s: float
