"""The composition root: the only place that chooses implementations."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .backends.pool import Backends, build_backends
from .cluster.colleagues import Colleagues
from .cluster.directory import Directory
from .cluster.feed_directory import FeedDirectory
from .cluster.helm import Helm
from .cluster.hub_clients import HubClients
from .cluster.own import OwnStreams
from .cluster.own_clocks import OwnClocks
from .cluster.own_helm import OwnHelm
from .cluster.shared import SharedStreams
from .cluster.shared_clocks import SharedClocks
from .cluster.shared_helm import SharedHelm
from .cluster.virtual_time import Clocks
from .contexts.remembering import RememberingBackend
from .contexts.sessions import Contexts
from .contexts.stores import make_stores
from .embedded.backend import EmbeddedBackend
from .embedded.turns import Turns
from .feed_log import FeedLog
from .feeds.open_feeds import Feeds
from .feeds.predefined import predefined_feeds
from .hubs.groups import Groups
from .hubs.hub import Hub
from .hubs.mock_hub import build_hub
from .hubs.pushes.hub_contexts import HubContexts
from .hubs.pushes.shared_feeds import HubFeeds
from .journal.journal import Journal
from .journal.store import JournalStore, MemoryJournalStore
from .metrics import Metrics
from .ports import Clock
from .request.parsers import Limits
from .router.book import RouteBook
from .router.building import build_book, build_descriptions, limits_of
from .router.descriptions import Descriptions
from .router.recordings import LocalRecordingStore, RecordingStore
from .router.store import DeclarationStore, LocalDeclarationStore
from .schema.budget import Budget
from .settings import Settings
from .shapes.backend import ShapingBackend
from .streams.clock import SystemClock
from .streams.counts import Counts
from .streams.opening import Opener
from .streams.registry import Streams
from .streams.resuming.parked import ParkedStreams
from .streams.sleeper import AlarmClocks, Sleeper
from .streams.virtual.clock_book import ClockBook, MemoryClockBook, VirtualClocks

if TYPE_CHECKING:
    from .redis.link import RedisLink
    from .serving.board import Slot


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the web layer needs."""

    settings: Settings
    clock: Clock
    rng: random.Random
    limits: Limits
    streams: Streams
    feeds: Feeds
    backends: Backends
    contexts: Contexts
    metrics: Metrics
    directory: Directory
    feed_directory: FeedDirectory
    recordings: RecordingStore
    helm: Helm
    clocks: Clocks
    routes: RouteBook
    descriptions: Descriptions
    journal: Journal
    hub: Hub
    hub_clients: HubClients
    hub_contexts: HubContexts
    shared_secret: Callable[[], bytes | None]

    def start(
        self,
        slot: Slot | None = None,
        handover: Path | None = None,
        secret: bytes | None = None,
    ) -> None:
        """Begin the work in the background, in the process that serves.

        ``slot`` is where other workers see this one's counts, and ``handover`` the
        file in which the worker before this one left its routes. ``secret`` is known to
        the workers of this server alone.
        """
        self.directory.start()
        self.metrics.start(slot)
        self.recordings.open(handover)
        self.routes.start(handover)
        self.descriptions.start(handover)
        self.journal.start()
        self.hub_contexts.start(handover)
        self.hub.start(self.shared_secret() or secret)
        self.feeds.start()

    def end_open_streams(self) -> None:
        """End the continuous streams that are open, and take new ones."""
        self.streams.end_continuous()
        self.hub.drain()

    def drain(self) -> None:
        """Refuse new streams and end the continuous ones: the process is ending."""
        self.streams.drain()
        self.hub.drain()

    def cut_short(self) -> None:
        """End every stream: the grace period of the regular ones is over."""
        self.streams.cut_short()

    def close(self) -> None:
        """End the work in the background, after the last stream has closed."""
        self.hub.close()
        self.hub_contexts.close()
        self.feeds.close()
        self.contexts.flush()
        self.journal.close()
        self.descriptions.close()
        self.routes.close()
        self.directory.close()
        self.metrics.close()
        self.backends.close()


def build(
    settings: Settings,
    *,
    backends: Backends | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
    make_sleeper: Callable[[], Sleeper] | None = None,
    feed_log: FeedLog | None = None,
) -> Services:
    """Build the services of one process; tests pass replacements.

    Raises ``SettingsError`` for a backend or a store that cannot be used.
    """
    clock = clock or SystemClock()
    rng = rng or random.Random()
    budgets = partial(
        Budget, most_size=settings.max_event_bytes, turn=Turns(clock.monotonic)
    )
    backends = backends or build_backends(
        settings,
        embedded=partial(EmbeddedBackend, new_budget=budgets),
        clock=clock.monotonic,
        rng=rng,
    )
    link = _link(settings, clock)
    contexts, shapes = make_stores(settings, clock, link)
    counts = Counts()
    virtual = VirtualClocks(_clock_book(link), clock.monotonic)
    opener = Opener(
        settings=settings,
        backend=RememberingBackend(ShapingBackend(backends, shapes), contexts=contexts),
        clock=clock,
        rng=rng,
        make_sleeper=make_sleeper or AlarmClocks().sleeper,
        counts=counts,
        clocks=virtual,
    )
    streams = Streams(
        opener,
        max_streams=settings.max_concurrent_streams,
        max_streams_per_client=settings.max_streams_per_client,
        counts=counts,
        parked=ParkedStreams(
            seconds=settings.resume_seconds,
            most=settings.max_parked_streams,
            monotonic=clock.monotonic,
        ),
        now_ms=clock.now_ms,
    )
    limits = limits_of(settings, backends.names, budgets)
    feeds = Feeds(
        predefined_feeds(settings, limits),
        settings=settings,
        streams=streams,
        opener=opener,
        clock=clock,
        rng=rng,
        log=feed_log or _feed_log(settings, link),
    )
    hub_contexts = HubContexts(
        streams,
        settings,
        limits,
        clock,
        _declaration_store("hub-contexts", clock, link),
        backends.draft,
        None if link is None else feeds,
    )
    recordings = _recording_store(clock, link)
    routes = build_book(
        settings,
        limits,
        _declaration_store("routes", clock, link),
        recordings,
        clock,
        virtual.forget,
    )
    hub_feeds = HubFeeds(feeds, routes, streams, clock)
    hub = build_hub(streams, hub_contexts, feeds, hub_feeds, settings, limits, clock)
    directory, helm, clocks, hub_clients, feed_directory = _cluster(
        streams, feeds, hub, hub_contexts.groups, virtual, clock, link
    )
    return Services(
        settings=settings,
        clock=clock,
        rng=rng,
        limits=limits,
        streams=streams,
        feeds=feeds,
        backends=backends,
        contexts=contexts,
        metrics=Metrics(streams, hub, feeds),
        directory=directory,
        feed_directory=feed_directory,
        helm=helm,
        clocks=clocks,
        recordings=recordings,
        routes=routes,
        descriptions=build_descriptions(
            settings,
            limits,
            _declaration_store("specs", clock, link),
            routes,
            recordings,
            clock,
            rng,
        ),
        journal=Journal(
            _journal_store(settings.journal_size, link),
            size=settings.journal_size,
            on_drop=counts.drop_record,
            has_secret_id=settings.addresses.is_hub,
        ),
        hub=hub,
        hub_clients=hub_clients,
        hub_contexts=hub_contexts,
        shared_secret=_shared_secret(settings, link),
    )


def _journal_store(size: int, link: RedisLink | None) -> JournalStore:
    if link is None:
        return MemoryJournalStore(size)
    from .redis.journal import RedisJournalStore

    return RedisJournalStore(link, size)


def _feed_log(settings: Settings, link: RedisLink | None) -> FeedLog | None:
    if link is None:
        return None
    from .redis.feed_streams import RedisFeedLog

    return RedisFeedLog(
        link,
        max_feeds=settings.max_feeds,
        linger_s=settings.feed_linger_seconds,
        keep_s=settings.feed_history_seconds,
    )


def _recording_store(clock: Clock, link: RedisLink | None) -> RecordingStore:
    if link is None:
        return LocalRecordingStore(clock.now_ms)
    from .redis.recordings import RedisRecordingStore

    return RedisRecordingStore(link)


def _shared_secret(
    settings: Settings, link: RedisLink | None
) -> Callable[[], bytes | None]:
    """A function that gives what all servers of a deployment know, if they share it."""
    given = settings.hub_secret
    if given is not None:
        return lambda: given.reveal().encode()
    if link is None:
        return lambda: None
    from .redis.link import shared_secret

    return partial(shared_secret, link)


def _declaration_store(
    kind: str, clock: Clock, link: RedisLink | None
) -> DeclarationStore:
    if link is None:
        return LocalDeclarationStore(clock.now_ms)
    from .redis.declarations import RedisDeclarationStore

    return RedisDeclarationStore(link, kind)


def _link(settings: Settings, clock: Clock) -> RedisLink | None:
    if settings.redis is None:
        return None
    # Redis's package takes 8 MB, which a server without Redis does not need.
    from .redis.link import RedisLink

    return RedisLink(settings.redis, clock)


def _cluster(
    streams: Streams,
    feeds: Feeds,
    hub: Hub,
    groups: Groups,
    virtual: VirtualClocks,
    clock: Clock,
    link: RedisLink | None,
) -> tuple[Directory, Helm, Clocks, HubClients, FeedDirectory]:
    """What finds and steers what all workers have."""
    own, own_clocks = OwnStreams(streams, hub), OwnClocks(streams, virtual)
    if link is None:
        worker = secrets.token_hex(8)
        return (
            own,
            OwnHelm(streams, feeds, clock, worker, own_clocks, hub),
            own_clocks,
            HubClients(hub, groups, None, clock),
            FeedDirectory(feeds, None),
        )
    from .redis.exchange import RedisExchange

    colleagues = Colleagues(RedisExchange(link), clock=clock, counts=streams.counts)
    clocks = SharedClocks(own_clocks, colleagues, clock)
    own_helm = OwnHelm(streams, feeds, clock, colleagues.worker, clocks, hub)
    return (
        SharedStreams(own, colleagues),
        SharedHelm(own_helm, colleagues, clock),
        clocks,
        HubClients(hub, groups, colleagues, clock),
        FeedDirectory(feeds, colleagues),
    )


def _clock_book(link: RedisLink | None) -> ClockBook:
    if link is None:
        return MemoryClockBook()
    from .redis.clock_times import RedisClockBook

    return RedisClockBook(link)
