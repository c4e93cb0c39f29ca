"""Metrics for Prometheus: what the workers counted, under the product's names.

Nothing here is called by the loop of a stream. A worker's plain numbers become text
when somebody asks. Where it has a slot on the server's board, it shows its numbers to
the other workers every second, and whichever worker is asked answers for all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

import gevent
import prometheus_client
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from .feeds.open_feeds import Feeds
from .hubs.hub import Hub
from .serving.board import Numbers, Slot, Snapshot
from .signalr.transports import Transport
from .streams import counts as plain
from .streams.counts import FAN_OUT, GENERATION, LATENESS, Outcome
from .streams.registry import Streams
from .words import Mode

logger = logging.getLogger(__name__)

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

#: How often the other workers are shown this one's numbers, in seconds.
_SHOW_EVERY = 1.0

#: By whether a stream is continuous.
_KINDS = {True: "continuous", False: "regular"}


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name without prefix, its description and its labels.

    ``bounds`` are those of a histogram's classes. Its numbers are the classes' counts,
    one more than bounds, and the sum of the values.
    """

    name: str
    documentation: str
    labels: tuple[str, ...] = ()
    bounds: Sequence[float] = ()


_OPEN = Family("open_streams", "Streams that are open now.", ("mode", "kind"))
_REDIS_LOST = Family("redis_lost_workers", "Workers that cannot reach their Redis now.")
_HUB_OPEN = Family(
    "hub_connections", "Hub clients that are connected now.", ("transport",)
)
_HUB_ENDED = Family(
    "hub_connections_ended",
    "Connections of hub clients that came to their end.",
    ("transport", "reason"),
)
_FEEDS = Family("feeds", "Shared feeds that there are now.")
_FEED_SUBSCRIBERS = Family("feed_subscribers", "Subscribers of shared feeds now.")
_FEED_EVENTS = Family("feed_events", "Events of shared feeds, each made once.")
_FEED_DELIVERIES = Family(
    "feed_deliveries", "Events of shared feeds that were fanned out at once."
)
_FEED_SKIPPED = Family(
    "feed_skipped", "Events of shared feeds that slow subscribers did not get."
)
_FEED_TAKEOVERS = Family(
    "feed_takeovers",
    "Shared feeds that were taken over from a worker that had fallen silent.",
)
_FEED_LAG = Family(
    "feed_fan_out_seconds",
    "How long it took to send an event of a shared feed to all its subscribers.",
    bounds=FAN_OUT,
)
_STARTED = Family("streams_started", "Streams that were opened.", ("mode", "kind"))
_ENDED = Family("streams_ended", "Streams that came to their end.", ("reason",))
_EVENTS = Family("events_sent", "Events that were sent.")
_BYTES = Family("bytes_sent", "Bytes of events and heartbeats that were sent.")
_ERRORS = Family("errors", "Values that could not be generated.", ("kind",))
_REFUSED = Family("refused", "Requests that were refused.", ("cause",))
_REDIS_LOSSES = Family("redis_losses", "Times that a worker lost its Redis.")
_JOURNAL_DROPPED = Family(
    "journal_dropped", "Records of the journal that could not be written."
)
_LATENESS = Family(
    "batch_lateness_seconds",
    "How long after its time a batch started.",
    bounds=LATENESS,
)
_GENERATION = Family(
    "generation_seconds",
    "How long a backend took for a value; the embedded one is timed 1 in 16.",
    ("backend",),
    bounds=GENERATION,
)

_GAUGES = (_OPEN, _REDIS_LOST, _HUB_OPEN, _FEEDS, _FEED_SUBSCRIBERS)
_COUNTERS = (
    _STARTED,
    _ENDED,
    _EVENTS,
    _BYTES,
    _ERRORS,
    _REFUSED,
    _HUB_ENDED,
    _REDIS_LOSSES,
    _JOURNAL_DROPPED,
    _FEED_EVENTS,
    _FEED_DELIVERIES,
    _FEED_SKIPPED,
    _FEED_TAKEOVERS,
    _FEED_LAG,
    _LATENESS,
    _GENERATION,
)


class Metrics:
    """The metrics of one worker, and of all that share its board."""

    def __init__(self, streams: Streams, hub: Hub, feeds: Feeds) -> None:
        """Publish the counts of ``streams``, ``hub`` and ``feeds``."""
        self._streams = streams
        self._hub = hub
        self._feeds = feeds
        self._slot: Slot | None = None
        self._showing: gevent.Greenlet[..., None] | None = None

    def start(self, slot: Slot | None) -> None:
        """Show this worker's numbers in ``slot`` every second, in a greenlet."""
        self._slot = slot
        if slot is not None:
            self._showing = gevent.spawn(self._show_for_ever, slot)

    def _show_for_ever(self, slot: Slot) -> None:
        while True:
            self._show(slot)
            gevent.sleep(_SHOW_EVERY)

    def _show(self, slot: Slot) -> None:
        try:
            slot.show(snapshot(self._streams, self._hub, self._feeds))
        except ValueError as error:
            logger.warning("the other workers do not see this one's metrics: %s", error)

    def close(self) -> None:
        """Show the last numbers: the process ends."""
        if self._showing is not None:
            self._showing.kill()
        if self._slot is not None:
            self._show(self._slot)

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format, this worker's up to date.

        Other workers' numbers are at most a second old.
        """
        if self._slot is None:
            return rendered(snapshot(self._streams, self._hub, self._feeds))
        self._show(self._slot)
        return rendered(self._slot.total())


def snapshot(streams: Streams, hub: Hub, feeds: Feeds) -> Snapshot:
    """Return the current numbers of one worker, zeros of known labels included."""
    counts = streams.counts
    events, size = counts.events, counts.bytes
    open_now = dict.fromkeys(((mode, kind) for mode in Mode for kind in _KINDS), 0)
    for stream in streams:
        its_events, its_size = stream.counted
        events += its_events
        size += its_size
        open_now[stream.request.mode, stream.request.continuous] += 1
    for feed in feeds:  # to settle with every subscriber would take long
        owed_events, owed_size = feed.fan_out.owed()
        events += owed_events
        size += owed_size
    gauges: Numbers = {
        _key(_REDIS_LOST): [counts.redis_lost],
        _key(_FEEDS): [counts.feeds],
        _key(_FEED_SUBSCRIBERS): [counts.feed_subscribers],
    }
    counters: Numbers = {
        _key(_EVENTS): [events],
        _key(_BYTES): [size],
        _key(_REDIS_LOSSES): [counts.redis_losses],
        _key(_JOURNAL_DROPPED): [counts.journal_dropped],
        _key(_FEED_EVENTS): [counts.feed_events],
        _key(_FEED_DELIVERIES): [counts.feed_deliveries],
        _key(_FEED_SKIPPED): [counts.feed_skipped],
        _key(_FEED_TAKEOVERS): [counts.feed_takeovers],
        _key(_FEED_LAG): [*counts.feed_lag.counts, counts.feed_lag.total],
        _key(_LATENESS): [*counts.lateness.counts, counts.lateness.total],
    }
    for (mode, continuous), count in open_now.items():
        labels = mode.value, _KINDS[continuous]
        gauges[_key(_OPEN, *labels)] = [count]
        counters[_key(_STARTED, *labels)] = [counts.started[mode, continuous]]
    for outcome in Outcome:
        counters[_key(_ENDED, outcome.value)] = [counts.ended[outcome]]
    for kind in plain.ERRORS:
        counters[_key(_ERRORS, kind)] = [counts.errors[kind]]
    for cause in plain.REFUSALS:
        counters[_key(_REFUSED, cause)] = [counts.refused[cause]]
    for backend, times in counts.generation.items():
        if any(times.counts):
            counters[_key(_GENERATION, backend)] = [*times.counts, times.total]
    connected = Counter(connection.transport for connection in hub)
    for transport in Transport:
        gauges[_key(_HUB_OPEN, transport.value)] = [connected[transport]]
        for outcome in Outcome:
            key = _key(_HUB_ENDED, transport.value, outcome.value)
            counters[key] = [hub.ended[transport, outcome]]
    return Snapshot(gauges, counters)


def _key(family: Family, *labels: str) -> str:
    return "\t".join((family.name, *labels))


def rendered(numbers: Snapshot) -> bytes:
    """Return ``numbers`` in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Numbers(numbers))
    return prometheus_client.generate_latest(registry)


class _Numbers(Collector):
    """A snapshot in the form that prometheus-client collects."""

    def __init__(self, numbers: Snapshot) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """Yield every family with its samples."""
        for family in _GAUGES:
            gauge = GaugeMetricFamily(*_described(family), labels=family.labels)
            for labels, (value,) in _of(family, self._numbers.gauges):
                gauge.add_metric(labels, value)
            yield gauge
        for family in _COUNTERS:
            make = _histogram if family.bounds else _counter
            yield make(family, _of(family, self._numbers.counters))


#: Label values, and the numbers that they have.
_Samples = Iterable[tuple[Sequence[str], list[float]]]


def _of(family: Family, numbers: Numbers) -> _Samples:
    for key, values in numbers.items():
        name, *labels = key.split("\t")
        if name == family.name:
            yield labels, values


def _described(family: Family) -> tuple[str, str]:
    return f"llmock_{family.name}", family.documentation


def _counter(family: Family, samples: _Samples) -> Metric:
    counter = CounterMetricFamily(*_described(family), labels=family.labels)
    for labels, (value,) in samples:
        counter.add_metric(labels, value)
    return counter


def _histogram(family: Family, samples: _Samples) -> Metric:
    histogram = HistogramMetricFamily(*_described(family), labels=family.labels)
    bounds = [_bound_text(bound) for bound in (*family.bounds, inf)]
    for labels, (*counts, total) in samples:
        histogram.add_metric(labels, [*zip(bounds, accumulate(counts))], total)
    return histogram


def _bound_text(bound: float) -> str:
    text: str = floatToGoString(bound)  # type: ignore[no-untyped-call]
    return text
