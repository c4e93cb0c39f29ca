"""The local part of feeds against a model of its own: no event is lost unsaid.

A feed publishes, and subscribers come, go, come back, take bytes at once or in parts,
and lag, in any order. What each one received is then read like a client would.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.events.event import Event, Wait
from app.feeds.event_ids import EventId, written_id
from app.feeds.fan_out import FanOut
from app.feeds.history import Bounds, Budget, Entry, History
from app.feeds.reading import ANY, Gap, Reader
from app.feeds.subscription import FeedFrames, Subscription
from app.sse.frames import SSE, no_ids

EPOCH = "0a0b0c0d"
_BLOCK = re.compile(
    rb'(?:id: ticker-0a0b0c0d-(\d+)\n)?(?:retry: \d+\n)?data: (\{"[a-z]+".*\}|\d+)\n\n'
)


class Feed:
    """The parts of a feed without its producer and greenlets."""

    def __init__(self, bounds: Bounds, limit: int, closes: bool) -> None:
        self.budget = Budget(limit)
        self.history = History(bounds, self.budget)
        self.limits = SimpleNamespace(queue=bounds.waiting, closes=closes)
        self.clients: list[Client] = []
        self.fan_out = FanOut(self.encode, self._turn, lambda: 0.0, max_seats=2)
        self.backend = ""
        self.request = SimpleNamespace(interval_ms=1000)
        #: Which events are the first of a batch.
        self.begins: list[bool] = []

    def _turn(self) -> None:
        """Others run between two sends of one event."""
        for client in self.clients:
            client.run(3)

    def skip(self, count: int) -> None:
        """Nobody counts here."""

    def event_id(self, number: int) -> bytes:
        return written_id("ticker", EventId(EPOCH, number))

    def fields_of(self, entry: Entry) -> Any:
        raise AssertionError("the first event is INFO")

    def encode(self, entry: Entry, framing: Any) -> bytes:
        return SSE.encode(entry.event, 1, self.event_id(entry.number))

    def join(self, line: Any) -> None:
        """It waits when it has run."""

    def leave(self, line: Any) -> None:
        """Nobody counts here."""


class Client:
    """A subscriber whose socket takes as much as the test says."""

    def __init__(self, feed: Feed, resumed: int | None, is_live: bool) -> None:
        self.feed = feed
        self.received = b""
        self.room = 10**9
        self.is_awake = True
        self.is_over = False
        self.resumed = resumed
        self.is_live = is_live
        as_feed: Any = feed
        self.subscription = Subscription(as_feed, SSE, chunked=False)
        self.frames = FeedFrames(SSE, no_ids, subscription=self.subscription)
        self.delivery = SimpleNamespace(
            events=1, bytes=0, batches=0, outcome=None, passed=self._passed
        )
        self.received += self.frames.frame(Event(b'{"type":"info"}'))

    def join(self) -> None:
        connection = SimpleNamespace(
            send=self._send,
            send_raw=self._send,
            bypass=lambda on_bar, may_wait: self._send_at_once,
        )
        self.connection = connection
        stream: Any = SimpleNamespace(
            delivery=self.delivery,
            connection=connection,
            request=SimpleNamespace(max_events=None),
        )
        self.subscription.join(self._wake)
        self.subscription.attach(stream)
        self.steps = self.subscription.steps()

    def _passed(self, events: int, batches: int, size: int, at: float) -> None:
        """The delivery counts what went past it."""
        self.delivery.events += events
        self.delivery.batches += batches
        self.delivery.bytes += size

    def _wake(self) -> None:
        self.is_awake = True

    def _send(self, data: bytes) -> None:
        self.received += data

    def _send_at_once(self, data: bytes) -> int:
        taken = data[: self.room]
        self.room -= len(taken)
        if not taken:
            raise BlockingIOError
        self.received += taken
        return len(taken)

    def run(self, most: int) -> None:
        """Let the greenlet take at most so many steps, if it is awake."""
        for _ in range(most):
            if self.is_over or not self.is_awake:
                return
            first, subscription = self.feed.history.first, self.subscription
            may_skip = subscription.behind != ANY and not subscription.is_seeking
            step = next(self.steps, None)
            if step is None:
                self.is_over = True
            elif isinstance(step, Wait):
                assert step.ready is not None
                self.is_awake = step.ready()
            else:
                assert isinstance(step, Event)
                if may_skip:
                    self._check_skip(step, first)
                self.connection.send(self.frames.frame(step))

    def _check_skip(self, step: Event, first: int) -> None:
        """Whole batches are left out, but for what was no longer there."""
        gap = re.search(rb'"missed":(\d+).*-(\d+)"', step.data or b"")
        if gap is not None:
            since = int(gap[2]) - int(gap[1])
            assert self.feed.begins[since] or since < first


class Feeds(RuleBasedStateMachine):
    @initialize(
        kept=st.integers(0, 30),
        waiting=st.integers(1, 8),
        limit=st.sampled_from([700, 4000, 10**9]),
        closes=st.booleans(),
        is_hasty=st.booleans(),
    )
    def begin(
        self, kept: int, waiting: int, limit: int, closes: bool, is_hasty: bool
    ) -> None:
        self.feed = Feed(Bounds(kept, 100.0, waiting), limit, closes)
        self.begins = self.feed.begins
        self.is_hasty = is_hasty
        self.clients = self.feed.clients
        self.now = 0.0

    @rule(sizes=st.lists(st.integers(0, 3), min_size=1, max_size=6))
    def publish(self, sizes: list[int]) -> None:
        """Events, each with so many more in its batch to come; they go out at once."""
        for left in sizes:
            number = len(self.begins)
            self.begins.append(number == self.feed.history.batch_at)
            event = Event(b"%d" % number, whole=left == 0)
            entry = self.feed.history.append(event, self.now)
            self.feed.fan_out.add(entry)
            if self.is_hasty:
                self.feed.fan_out.flush()
        self.feed.fan_out.flush()

    @rule(seconds=st.sampled_from([1.0, 60.0, 101.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(replay=st.integers(0, 15))
    def join(self, replay: int) -> None:
        client = Client(self.feed, None, is_live=not replay)
        self._begin(client, None, replay)

    @rule(data=st.data())
    def resume(self, data: Any) -> None:
        if self.begins:
            last = data.draw(st.integers(0, len(self.begins) - 1))
            client = Client(self.feed, last, is_live=False)
            self._begin(client, EventId(EPOCH, last), 0)

    def _begin(self, client: Client, last: EventId | None, replay: int) -> None:
        client.subscription.begin(
            self.feed.history, last, epoch=EPOCH, replay=replay, now=self.now
        )
        client.join()
        self.clients.append(client)

    @rule(data=st.data(), room=st.sampled_from([0, 1, 30, 75, 10**9]))
    def block(self, data: Any, room: int) -> None:
        """A socket takes so many bytes and no more."""
        if self.clients:
            self._one(data).room = room

    @rule(data=st.data(), most=st.integers(1, 20))
    def run(self, data: Any, most: int) -> None:
        if self.clients:
            self._one(data).run(most)

    def _one(self, data: Any) -> Client:
        return self.clients[data.draw(st.integers(0, len(self.clients) - 1))]

    @rule(data=st.data())
    def leave(self, data: Any) -> None:
        if self.clients:
            client = self._one(data)
            self.clients.remove(client)
            client.subscription.cancel()
            self._check(client, is_whole=False)

    @rule()
    def look_at_the_counts(self) -> None:
        """What is owed to the subscribers' counts is what they get when told."""
        clients = self.feed.clients
        before = [(c.delivery.events, c.delivery.bytes) for c in clients]
        owed = self.feed.fan_out.owed()
        for client in clients:
            client.subscription.settle()
        after = [(c.delivery.events, c.delivery.bytes) for c in clients]
        assert self.feed.fan_out.owed() == (0, 0)
        for which in (0, 1):
            grown = sum(a[which] - b[which] for a, b in zip(after, before))
            assert owed[which] == grown

    @invariant()
    def memory_is_bounded(self) -> None:
        if hasattr(self, "feed"):
            history = self.feed.history
            kept, _, waiting = history._bounds
            assert history.next - history.first <= max(kept, waiting)
            assert self.feed.budget.used == history.size <= self.feed.budget._limit

    def teardown(self) -> None:
        if hasattr(self, "clients"):
            for client in self.clients:
                client.room = 10**9
                client.run(1000)
                self._check(client, is_whole=True)

    def _check(self, client: Client, *, is_whole: bool) -> None:
        """What came is in order, and whatever is missing was told, with its number."""
        blocks, at = [], 0
        while (block := _BLOCK.match(client.received, at)) is not None:
            blocks.append(block)
            at = block.end()
        assert not is_whole or at == len(client.received), client.received[at:]
        assert b"\n\n" not in client.received[at:], client.received[at:]
        expected = None if client.resumed is None else client.resumed + 1
        is_gap = False
        for number, data in (block.groups() for block in blocks[1:]):
            if number is None:
                missed, oldest = re.findall(rb'"missed":(\d+).*-(\d+)"', data)[0]
                if expected is not None:
                    assert int(oldest) == expected + int(missed)
                expected, is_gap = int(oldest), True
                continue
            assert number == data
            got = int(number)
            if expected is None:
                assert self.begins[got] or not client.is_live
            else:
                assert got == expected
                assert not is_gap or self.begins[got]
            expected, is_gap = got + 1, False
        history = self.feed.history
        client.subscription.settle()
        if is_whole and not client.is_over and not client.subscription.is_seeking:
            assert client.subscription.cursor == history.next
            assert expected in (None, history.next)


TestFeeds = Feeds.TestCase
TestFeeds.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.generate],  # shrinking one takes minutes
)


def test_who_lags_gets_the_rest_of_its_batch_and_then_the_one_in_progress() -> None:
    history = History(Bounds(50, 100.0, 2), Budget(10**9))
    for number in range(7):  # two batches of three events, and a third in progress
        history.append(Event(b"%d" % number, whole=number in (2, 5)), 0.0)
    reader = Reader(1)
    reader.behind = 2
    found = [reader.take(history) for _ in range(5)]
    assert found == [history[1], history[2], Gap(3, 6), history[6], None]
