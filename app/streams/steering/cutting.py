"""Cutting a connection: at once, or in the middle of what is written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...request.verbs import Cut, How

if TYPE_CHECKING:
    from ..connection import Connection
    from ..delivery import Delivery


class CutOff(Exception):
    """The stream is to end here, without END; ``how`` says what its client sees."""

    def __init__(self, how: How) -> None:
        """Cut it off."""
        super().__init__(how)
        self.how = how


def needs_connection(verb: Cut) -> bool:
    """Whether ``verb`` takes a connection that the stream itself writes to."""
    return verb.how is not How.CLEAN or is_inside(verb)


def is_inside(verb: Cut) -> bool:
    """Whether ``verb`` cuts what is written, and not between two events."""
    return verb.mid_frame or bool(verb.after.bytes)


class Shears:
    """Takes the place of a connection's ``send``, and cuts what goes through."""

    def __init__(self, delivery: Delivery, verb: Cut, first: int) -> None:
        """``first`` is the number of the event that may be cut in the middle."""
        self._delivery = delivery
        self._how = verb.how
        self._left = verb.after.bytes
        self._first = first

    def attach(self, connection: Connection) -> None:
        """Write to ``connection`` from now on, in place of its own ``send``."""
        self._send = connection.send
        connection.send = self

    def __call__(self, data: bytes) -> None:
        """Send ``data``, or its first part. Raises ``CutOff`` after that."""
        left = self._left
        if left is None:
            left = self._half(data)
        elif len(data) < left:
            self._left = left - len(data)
            left = None
        if left is None:
            self._send(data)
            return
        self._send(data[:left])
        self._delivery.bytes += left
        raise CutOff(self._how)

    def _half(self, data: bytes) -> int | None:
        """Half of ``data``, if it is the event to cut."""
        delivery = self._delivery
        if delivery.events < self._first or data == delivery.keep_alive:
            return None
        return max(len(data) // 2, 1)
