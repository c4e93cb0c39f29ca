"""Sends the events of a feed to all subscribers that take them at once.

Theory of operation
===================

A switch to another greenlet, a step of a generator and the server's own write cost
more than a send. So whoever publishes events writes the ready bytes itself, with the
plain send that never waits. A subscriber that has every event so far takes a *seat*,
and gets what is made from then on without its greenlet. It loses the seat where its
socket is full, and goes on by itself, from the history; it leaves it for its own
sends, which are heartbeats and its end.

Events that are made soon after each other leave together, as a *burst*: one
encoding for all who get the same bytes, and one send for each seat.

Seats stand in *rows*. Nothing else runs while a row is served, so what it was sent is
counted once, for the row. The counts of a subscriber are brought up to date when it
leaves its seat, or when somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from ..sse.frames import Framing
from .history import Entry

#: Maximum of seats in a row; others get their turn after about as many sends.
MAX_SEATS = 1000
#: A burst goes out when its payloads are as long as this, in bytes.
MAX_BURST_BYTES = 1 << 16


class Wire(NamedTuple):
    """How events go out to subscribers that get the same bytes."""

    framing: Framing
    chunked: bool


@lru_cache(maxsize=64)
def wire_of(framing: Framing, chunked: bool) -> Wire:
    """The one wire for all who get the same bytes."""
    return Wire(framing, chunked)


class Passed(NamedTuple):
    """What went past a subscriber; ``size`` is in bytes, ``at`` in seconds."""

    events: int
    batches: int
    size: int
    at: float


class Line(Protocol):
    """A subscriber, as the fan-out sees it."""

    def passed(self, passed: Passed) -> None:
        """Count what went out while it had a seat."""

    def unseated(self, rest: Rest | None = None) -> None:
        """Go on without a seat, from the history, and with ``rest`` before that."""

    def lost(self) -> None:
        """Note that the client has gone."""


class Rest(NamedTuple):
    """What is left of an event whose first bytes went out.

    ``size`` is that of the frame whose last bytes are ``data``.
    """

    entry: Entry
    data: bytes
    size: int


class Burst:
    """Events that go out together, as one wire has them."""

    def __init__(self, entries: Sequence[Entry], frames: list[bytes], wire: Wire):
        """``frames`` are those of the entries."""
        chunks = frames
        if wire.chunked:
            # An empty chunk would end the body.
            chunks = [
                frame and b"%X\r\n%b\r\n" % (len(frame), frame) for frame in frames
            ]
        self._entries = entries
        self._frames = frames
        self._wire = wire
        self._chunks = chunks
        self.first = entries[0].number
        self.data = b"".join(chunks)

    def since(self, number: int) -> Burst | None:
        """The events from ``number`` on; None where that comes later."""
        left_out = number - self.first
        entries = self._entries[left_out:]
        return Burst(entries, self._frames[left_out:], self._wire) if entries else None

    def passed(self, at: float, events: int | None = None) -> Passed:
        """What the first ``events`` of it count for, or all of them."""
        entries, frames = self._entries[:events], self._frames[:events]
        batches = sum(entry.event.whole for entry in entries)
        return Passed(len(entries), batches, sum(map(len, frames)), at)

    def split(self, sent: int) -> tuple[int, Rest | None]:
        """How many events are in the first ``sent`` bytes, and the rest of the next."""
        for number, chunk in enumerate(self._chunks):
            if sent < len(chunk):
                if not sent:
                    return number, None
                size = len(self._frames[number])
                return number, Rest(self._entries[number], chunk[sent:], size)
            sent -= len(chunk)
        return len(self._chunks), None


class Seat:
    """A subscriber's place in a row, from the event ``since`` on.

    ``events`` and ``size`` are the row's when its subscriber was last told.
    """

    __slots__ = ("_batches", "events", "line", "row", "send", "since", "size")

    def __init__(
        self, line: Line, send: Callable[[bytes], int], since: int, row: Row
    ) -> None:
        """``send`` takes what the kernel does at once, or raises ``OSError``."""
        self.line = line
        self.send = send
        self.since = since
        self.row = row
        self.note()

    def note(self) -> None:
        """Count from here on."""
        row = self.row
        self.events, self._batches, self.size = row.events, row.batches, row.size

    def settle(self) -> None:
        """Tell the subscriber what it was sent."""
        row = self.row
        if row.events == self.events:
            return
        passed = Passed(
            row.events - self.events,
            row.batches - self._batches,
            row.size - self.size,
            row.sent_at,
        )
        self.note()
        self.line.passed(passed)


class Row:
    """Seats that are served without a pause, and what each of them was sent."""

    def __init__(self, wire: Wire) -> None:
        """Empty; all in it get the bytes of ``wire``."""
        self.wire = wire
        self.events = 0
        self.batches = 0
        self.size = 0
        self.sent_at = 0.0
        self._seats: dict[Seat, None] = {}
        # The seats that get the next burst, where they are known.
        self._served: list[Seat] = []
        self._sends: list[Callable[[bytes], int]] = []
        self._is_known = False

    def __len__(self) -> int:
        """How many seats there are."""
        return len(self._seats)

    def add(self, seat: Seat) -> None:
        """Serve ``seat`` from now on."""
        self._seats[seat] = None
        self._is_known = False

    def remove(self, seat: Seat) -> None:
        """Tell a subscriber what it was sent, and serve it no more."""
        if self._seats.pop(seat, seat) is None:
            self._is_known = False
            seat.settle()

    def owed(self) -> tuple[int, int]:
        """How many events and bytes its subscribers were sent and not told of."""
        seats = self._seats
        events = len(seats) * self.events - sum([seat.events for seat in seats])
        return events, len(seats) * self.size - sum([seat.size for seat in seats])

    def send(self, burst: Burst, at: float) -> int:
        """Send ``burst``; returns how many events went out, summed over the seats."""
        late = self._look(burst.first)
        data, size = burst.data, len(burst.data)
        trouble: list[tuple[int, int | OSError]] = []
        sent: int | OSError
        for place, send in enumerate(self._sends):
            try:
                sent = send(data)
            except BlockingIOError:
                trouble.append((place, 0))
            except OSError as error:
                trouble.append((place, error))
            else:
                if sent != size:
                    trouble.append((place, sent))
        troubled = [(self._served[place], sent) for place, sent in trouble]
        for seat, _ in troubled:
            self.remove(seat)
        passed = burst.passed(at)
        delivered = passed.events * (len(self._sends) - len(trouble))
        for seat in late:
            seat.settle()
        self.events += passed.events
        self.batches += passed.batches
        self.size += passed.size
        self.sent_at = at
        for seat in late:
            delivered += self._send_rest(seat, burst, at)
        for seat, sent in troubled:
            delivered += _give_up(seat, burst, at, sent)
        return delivered

    def _look(self, first: int) -> list[Seat]:
        """Find whom to send the events from ``first`` on; returns all others."""
        if self._is_known:
            return []
        late = [seat for seat in self._seats if seat.since > first]
        self._served = [seat for seat in self._seats if seat.since <= first]
        self._sends = [seat.send for seat in self._served]
        self._is_known = not late
        return late

    def _send_rest(self, seat: Seat, burst: Burst, at: float) -> int:
        """Send what is left to a subscriber that has read some of the burst."""
        seat.note()
        rest = burst.since(seat.since)
        if rest is None:
            return 0
        sent: int | OSError
        try:
            sent = seat.send(rest.data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            sent = error
        if sent != len(rest.data):
            self.remove(seat)
            return _give_up(seat, rest, at, sent)
        passed = rest.passed(at)
        seat.line.passed(passed)
        return passed.events


def _give_up(seat: Seat, burst: Burst, at: float, sent: int | OSError) -> int:
    """Let a subscriber without a seat have the rest by itself; returns what it has."""
    if isinstance(sent, OSError):
        seat.line.lost()
        return 0
    events, rest = burst.split(sent)
    seat.line.passed(burst.passed(at, events))
    seat.line.unseated(rest)
    return events


class FanOut:
    """The subscribers of one feed that have every event so far."""

    def __init__(
        self,
        encode: Callable[[Entry, Framing], bytes],
        turn: Callable[[], None],
        monotonic: Callable[[], float],
        max_seats: int = MAX_SEATS,
    ) -> None:
        """``encode`` makes the frame of an event, and ``turn`` lets others run.

        ``monotonic`` gives seconds. Others run after ``max_seats`` sends.
        """
        self._encode = encode
        self._turn = turn
        self._monotonic = monotonic
        self._max_seats = max_seats
        self._rows: list[Row] = []
        # Those to whom nobody else may write.
        self._waiting: dict[Line, None] = {}
        self._burst: list[Entry] = []
        self._burst_size = 0
        self._done = 0

    # -- subscribers --------------------------------------------------------------

    def seat(
        self, line: Line, wire: Wire, send: Callable[[bytes], int], since: int
    ) -> Seat:
        """Send to ``line`` from the event ``since`` on, which is the next one."""
        rows = (each for each in self._rows if each.wire == wire)
        row = next((each for each in rows if len(each) < self._max_seats), None)
        if row is None:
            row = Row(wire)
            self._rows.append(row)
        seat = Seat(line, send, since, row)
        row.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """Send no more to a subscriber. Harmless when called again."""
        row = seat.row
        row.remove(seat)
        if not row and row in self._rows:
            self._rows.remove(row)

    def owed(self) -> tuple[int, int]:
        """How many events and bytes went out that no subscriber was told of yet."""
        owed = [row.owed() for row in self._rows]
        return sum(events for events, _ in owed), sum(size for _, size in owed)

    def wait(self, line: Line) -> None:
        """Tell ``line``, by ``unseated``, that there are new events."""
        self._waiting[line] = None

    def forget(self, line: Line) -> None:
        """Tell ``line`` nothing more. Harmless when called again."""
        self._waiting.pop(line, None)

    # -- events -------------------------------------------------------------------

    def add(self, entry: Entry) -> int:
        """Let an event go out with those that follow soon.

        Returns how many events have gone out now, summed over the subscribers. Those
        that wait are told at once.
        """
        waiting, self._waiting = self._waiting, {}
        for line in waiting:
            line.unseated()
        self._burst.append(entry)
        self._burst_size += entry.size
        return self.flush() if self._burst_size >= MAX_BURST_BYTES else 0

    def flush(self) -> int:
        """Send what was added; returns the same as ``add``."""
        entries = self._burst
        if not entries:
            return 0
        self._burst, self._burst_size = [], 0
        delivered = 0
        self._done += 1
        bursts: dict[Wire, Burst] = {}
        for row in [*self._rows]:
            burst = bursts.get(row.wire)
            if burst is None:
                burst = bursts[row.wire] = self._encoded(entries, row.wire)
            delivered += row.send(burst, self._monotonic())
            self._done += len(row)
            self._share()
        self._rows = [row for row in self._rows if row]
        self._share()
        return delivered

    def _encoded(self, entries: Iterable[Entry], wire: Wire) -> Burst:
        known = [*entries]
        return Burst(known, [self._encode(each, wire.framing) for each in known], wire)

    def _share(self) -> None:
        """Let others run, where it is their turn."""
        if self._done >= self._max_seats:
            self._done = 0
            self._turn()
