"""Keeps the feeds of a worker in step with the log.

Theory of operation
===================

Two greenlets serve all feeds of a worker, however many there are.

One *claims*: every ``CLAIM_SECONDS``, or a little less often where there are thousands
of feeds, it tells the log in one call which feeds this worker has, and for which it has
subscribers, and hears for each whether it is to produce. A feed whose first subscriber
has come is claimed at once, without the others.
A worker that does not call for a while loses what it produces to one that does, and
the token of its producers with it: one that was frozen cannot append when it wakes.

The other *reads*: one call waits for the next events of all feeds, and each event is
passed on to the subscribers here, those of the producing worker included. So all
workers have the same events in the same order, and nobody has one that is not in the
log.

While the log cannot be reached subscribers stay, and are told once. A feed that the log
has lost begins anew there, in another epoch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import gevent
import gevent.event

from ...errors import Unavailable
from ...events.event import EndReason
from ...feed_log import FeedLog, Key, Part
from .replica import Replica

logger = logging.getLogger(__name__)

#: The time between two claims, in seconds.
CLAIM_SECONDS = 0.3
#: The longest time between two claims of many feeds; a claim holds three times as long.
MAX_CLAIM_SECONDS = 0.5
#: How long claims may fail before subscribers are told, in seconds.
PATIENCE_SECONDS = 1.5
#: The time between two tries to read, in seconds.
RETRY_SECONDS = 0.25
#: Feeds beyond which there is a pause after a read, and its length for each of them, in
#: seconds. Naming a feed to the log takes a fifth of that.
_MANY = 100
_PAUSE_PER_FEED = 2e-5


class Keeper:
    """The replicas of a worker."""

    def __init__(
        self, log: FeedLog, worker: str, monotonic: Callable[[], float]
    ) -> None:
        """``worker`` names it in the log; ``monotonic`` gives seconds."""
        self._log = log
        self._worker = worker
        self._monotonic = monotonic
        self._replicas: dict[str, Replica] = {}
        #: Feeds that are claimed before the next time.
        self._urgent: set[str] = set()
        self._has_urgent = gevent.event.Event()
        self._has_any = gevent.event.Event()
        self._answered_at = monotonic()
        self._greenlets: list[gevent.Greenlet[[], None]] = []

    def start(self) -> None:
        """Begin, in greenlets."""
        if not self._greenlets:
            self._greenlets = [
                gevent.spawn(self._claim_for_ever),
                gevent.spawn(self._read_for_ever),
            ]

    def close(self) -> None:
        """Let others produce what was produced here."""
        for greenlet in self._greenlets:
            greenlet.kill()
        replicas = [*self._replicas.values()]
        self._replicas.clear()
        for replica in replicas:
            replica.rest()
        if replicas:
            self._release([replica.key for replica in replicas])

    def _release(self, keys: list[Key]) -> None:
        try:
            self._log.release(self._worker, keys)
        except Unavailable:
            logger.debug("the log is away; others take the feeds over later")

    def get(self, name: str) -> Replica | None:
        """The replica of that name."""
        return self._replicas.get(name)

    def keep(self, replica: Replica) -> None:
        """Take on a replica."""
        self._replicas[replica.feed.name] = replica
        self._has_any.set()
        gevent.spawn(self._wake_reader)

    def forget(self, name: str) -> None:
        """Let go of a replica; another worker may produce it."""
        replica = self._replicas.pop(name, None)
        if replica is not None and replica.feed.production is not None:
            gevent.spawn(self._release, [replica.key])

    def claim_soon(self, name: str) -> None:
        """Claim a feed without waiting for the next time."""
        self._urgent.add(name)
        self._has_urgent.set()

    def _wake_reader(self) -> None:
        try:
            self._log.wake(self._worker)
        except Unavailable:
            logger.debug("the log is away; it is read later")

    # -- claiming -----------------------------------------------------------------

    def _claim_for_ever(self) -> None:
        due = self._monotonic()
        while True:
            self._has_urgent.clear()
            names, self._urgent = self._urgent, set()
            began = self._monotonic()
            is_due = began >= due
            try:
                self._claim([*self._replicas] if is_due else names)
            except Unavailable:
                if self._monotonic() - self._answered_at > PATIENCE_SECONDS:
                    for replica in [*self._replicas.values()]:
                        replica.say_away()
            except Exception:  # without this greenlet nothing would be produced
                logger.exception("the feeds cannot be claimed")
            if is_due:  # thousands take their time, and others wait meanwhile
                took = self._monotonic() - began
                due = began + max(CLAIM_SECONDS, min(2 * took, MAX_CLAIM_SECONDS))
            self._has_urgent.wait(max(due - self._monotonic(), 0.0))

    def _claim(self, names: Iterable[str]) -> None:
        known = (self.get(name) for name in names)
        replicas = {each.key: each for each in known if each is not None}
        if not replicas:
            self._answered_at = self._monotonic()
            return
        claims = {key: each.feed.is_needed for key, each in replicas.items()}
        held = self._log.hold(self._worker, claims)
        self._answered_at = self._monotonic()
        for key, its in held.items():
            replica = replicas[key]
            if replica.key != key or self.get(key.name) is not replica:
                continue  # it has changed meanwhile
            is_left = its.part is Part.FOLLOWING and replica.feed.is_spare
            if is_left or (its.part is Part.GONE and not replica.feed.is_needed):
                replica.feed.end(EndReason.COMPLETE)
            elif its.part is Part.GONE:
                self.renew(replica)
            else:
                replica.obey(its)

    def renew(self, replica: Replica) -> None:
        """Go on with the epoch that the log has now; it may be a new one.

        Raises ``Unavailable``.
        """
        feed, lost = replica.feed, replica.key
        opened = self._log.open(feed.name, replica.offer())
        if opened is None:
            logger.warning("there is no room for the feed %r any more", feed.name)
        elif replica.key == lost and opened.epoch != lost.epoch:
            logger.warning("the feed %r was lost and begins anew", feed.name)
            replica.restart(opened)
            self.claim_soon(feed.name)
            gevent.spawn(self._wake_reader)

    # -- reading ------------------------------------------------------------------

    def _read_for_ever(self) -> None:
        while True:
            after = {each.key: each.after for each in self._replicas.values()}
            if not after:
                self._has_any.clear()
                self._has_any.wait()
                continue
            try:
                found = self._log.read(self._worker, after)
            except Unavailable:
                gevent.sleep(RETRY_SECONDS)
                continue
            if len(after) > _MANY:
                gevent.sleep(len(after) * _PAUSE_PER_FEED)
            for key, logged in found.items():
                replica = self._replicas.get(key.name)
                if replica is not None and replica.key == key:
                    try:
                        replica.hear(logged)
                    except ValueError as error:
                        logger.warning("the feed %r has garbage: %r", key.name, error)
