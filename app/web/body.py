"""The body of a streamed response."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Body:
    """Frames, and what has to be done when the server is through with them.

    With ``direct_passthrough`` the server iterates over the frames themselves, and
    Flask costs an event nothing. It does not see the end either: what is given to
    ``Response.call_on_close`` would never run. The server calls ``close`` in any case.
    """

    __slots__ = ("_frames", "close")

    def __init__(self, frames: Iterator[bytes], close: Callable[[], None]) -> None:
        """``close`` must be harmless when called again."""
        self._frames = frames
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        """The frames."""
        return self._frames
