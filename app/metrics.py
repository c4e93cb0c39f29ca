"""Metrics for Prometheus: what a worker counted, under the names of the product.

Nothing here is called by the loop of a stream. Once a second, and whenever
somebody asks, the plain numbers of ``app.streams.counts`` are brought up to date
in prometheus-client. With ``PROMETHEUS_MULTIPROC_DIR`` set, its files hold the
numbers of all workers, and whichever one is asked answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import gevent
import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.multiprocess import MultiProcessCollector

from .serving import counter_files
from .streams import counts as plain
from .streams.counts import GENERATION, LATENESS
from .streams.outcome import Outcome
from .streams.registry import Streams
from .words import Mode

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

#: How often what others show of this worker is brought up to date, in seconds.
_FLUSH_EVERY = 1.0

#: By whether a stream is continuous.
_KINDS = {True: "continuous", False: "regular"}


class Histogram(prometheus_client.Histogram):
    """A histogram that takes values which are counted already."""

    def add(self, counts: list[float], total: float) -> None:
        """Add ``counts`` values to the classes, and their sum."""
        for bucket, count in zip(self._buckets, counts):
            if count:
                bucket.inc(count)
        self._sum.inc(total)


class _Growth:
    """What numbers that only grow have grown by since they were last looked at."""

    def __init__(self) -> None:
        self._seen: dict[object, float] = {}

    def of(self, key: object, now: float) -> float:
        """Growth of the number ``key``, which is ``now``."""
        grown = now - self._seen.get(key, 0)
        self._seen[key] = now
        return grown


class Metrics:
    """The metrics of one worker. Made after the fork."""

    def __init__(self, streams: Streams) -> None:
        """Publish ``streams`` and their counts."""
        self._streams = streams
        self._growth = _Growth()
        self._flusher: gevent.Greenlet[..., None] | None = None
        self._registry = registry = CollectorRegistry()
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._open = Gauge(
            "llmock_open_streams",
            "Streams that are open now.",
            ["mode", "kind"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._redis_lost = Gauge(
            "llmock_redis_lost_workers",
            "Workers that cannot reach their Redis now.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._started = _counter(
            registry, "streams_started", "Streams that were opened.", "mode", "kind"
        )
        self._ended = _counter(
            registry, "streams_ended", "Streams that came to their end.", "reason"
        )
        self._events = _counter(registry, "events_sent", "Events that were sent.")
        self._bytes = _counter(
            registry, "bytes_sent", "Bytes of events and heartbeats that were sent."
        )
        self._errors = _counter(
            registry, "errors", "Values that could not be generated.", "kind"
        )
        self._refused = _counter(
            registry, "refused", "Requests that were refused.", "cause"
        )
        self._redis_losses = _counter(
            registry, "redis_losses", "Times that a worker lost its Redis."
        )
        self._lateness = Histogram(
            "llmock_batch_lateness_seconds",
            "How long after its time a batch started.",
            registry=registry,
            buckets=LATENESS,
        )
        self._generation = Histogram(
            "llmock_generation_seconds",
            "How long a backend took for a value; the embedded one is timed 1 in 16.",
            ["backend"],
            registry=registry,
            buckets=GENERATION,
        )
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Make every label's number exist, so that its first growth is seen."""
        for mode in Mode:
            for kind in _KINDS.values():
                self._open.labels(mode.value, kind).set(0)
                self._started.labels(mode.value, kind)
        for metric, names in (
            (self._ended, [outcome.value for outcome in Outcome]),
            (self._errors, plain.ERRORS),
            (self._refused, plain.REFUSALS),
        ):
            for name in names:
                metric.labels(name)

    def start(self) -> None:
        """Flush every second, in a greenlet of the process that serves."""
        self._flusher = gevent.spawn(self._flush_for_ever)

    def _flush_for_ever(self) -> None:
        while True:
            gevent.sleep(_FLUSH_EVERY)
            self.flush()

    def close(self) -> None:
        """Flush for the last time: the process ends."""
        if self._flusher is not None:
            self._flusher.kill()
        self.flush()

    def flush(self) -> None:
        """Bring the published numbers up to date."""
        counts = self._streams.counts
        self._flush_streams(counts)
        for cause, count in counts.refused.items():
            self._grow(self._refused.labels(cause), count)
        for kind, count in counts.errors.items():
            self._grow(self._errors.labels(kind), count)
        self._spread(self._lateness, counts.lateness)
        for backend, times in counts.generation.items():
            self._spread(self._generation.labels(backend), times)
        self._redis_lost.set(counts.redis_lost)
        self._grow(self._redis_losses, counts.redis_losses)

    def _flush_streams(self, counts: plain.Counts) -> None:
        events, size = counts.events, counts.bytes
        open_now = dict.fromkeys(((m, k) for m in Mode for k in _KINDS), 0)
        for stream in self._streams:
            events += stream.frames_sent
            size += stream.bytes_sent
            open_now[stream.request.mode, stream.request.continuous] += 1
        self._grow(self._events, events)
        self._grow(self._bytes, size)
        for (mode, continuous), count in open_now.items():
            self._open.labels(mode.value, _KINDS[continuous]).set(count)
        for (mode, continuous), count in counts.started.items():
            self._grow(self._started.labels(mode.value, _KINDS[continuous]), count)
        for outcome, count in counts.ended.items():
            self._grow(self._ended.labels(outcome.value), count)

    def _grow(self, metric: Counter, now: float) -> None:
        grown = self._growth.of(metric, now)
        if grown:
            metric.inc(grown)

    def _spread(self, metric: Histogram, values: plain.Histogram) -> None:
        of: Callable[[object, float], float] = self._growth.of
        grown = [of((metric, i), count) for i, count in enumerate(values.counts)]
        if any(grown):
            metric.add(grown, of((metric, "sum"), values.total))

    def text(self) -> bytes:
        """Everything in Prometheus's text format, this worker up to date.

        Other workers' numbers are at most a second old.
        """
        self.flush()
        if counter_files.VARIABLE not in os.environ:
            return prometheus_client.generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        with counter_files.reading():
            return prometheus_client.generate_latest(registry)


def _counter(registry: CollectorRegistry, name: str, doc: str, *labels: str) -> Counter:
    return Counter(f"llmock_{name}", doc, labels, registry=registry)
