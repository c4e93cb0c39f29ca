"""What /metrics says, as Prometheus's own parser reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import gevent
import hypothesis
import prometheus_client
import pytest
from gevent.event import Event
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from app import create_app, errors
from app.bootstrap import Services
from app.errors import (
    ApiError,
    BackendError,
    BackendFailed,
    BackendTimeout,
    BackendUnavailable,
)
from app.events.event import EndReason
from app.settings import Settings
from app.streams import counts
from app.streams.counts import Outcome
from app.streams.stream import Stream
from app.words import Mode, SimulatedError
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

Labels = Mapping[str, str]


def read(services: Services) -> Callable[..., float]:
    """A function that tells a sample's value by its name and labels."""
    text = services.metrics.text().decode()
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

    def value(name: str, **labels: str) -> float:
        return samples[f"llmock_{name}", tuple(sorted(labels.items()))]

    return value


def numbered(number: int) -> object:
    return {"n": number}


def run(
    make: Callable[[int], object] = numbered,
    *,
    blocking: bool = False,
    settings: Settings | None = None,
    **changes: object,
) -> tuple[Services, Stream, FakeClock]:
    clock = FakeClock()
    services = fake_services(
        FakeSource(make, blocking=blocking), settings=settings, clock=clock
    )
    stream = services.streams.open(
        mock_request(**changes), path="/", client="x", sock=None
    )
    return services, stream, clock


def failing(number: int) -> object:
    return BackendFailed("no")


def broken(number: int) -> object:
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("continuous", "kind"), [(True, "continuous"), (False, "regular")]
)
def test_open_and_started_streams_are_counted_by_mode_and_kind(
    mode: Mode, continuous: bool, kind: str
) -> None:
    services, stream, _ = run(mode=mode, continuous=continuous)
    value = read(services)
    assert value("open_streams", mode=mode.value, kind=kind) == 1
    assert value("streams_started_total", mode=mode.value, kind=kind) == 1
    stream.close()
    value = read(services)
    everywhere = [
        value("open_streams", mode=each.value, kind=kind)
        for each in Mode
        for kind in ("continuous", "regular")
    ]
    assert everywhere == [0] * 6
    assert value("streams_started_total", mode=mode.value, kind=kind) == 1


def read_to_end(stream: Stream) -> None:
    for _ in stream.frames():
        pass


def fail_to_end(stream: Stream) -> None:
    with pytest.raises(BackendError):
        read_to_end(stream)


def stop_with(reason: EndReason) -> Callable[[Stream], None]:
    def end(stream: Stream) -> None:
        frames = stream.frames()
        next(frames)
        stream.stop(reason)
        assert len(list(frames)) == 1

    return end


def leave(stream: Stream) -> None:
    frames = stream.frames()
    next(frames)
    stream.lose(stalled=False)
    assert list(frames) == []


class Broken:
    """A connection on which nothing can be written."""

    def __init__(self, error: OSError) -> None:
        self.error = error

    def send(self, data: bytes) -> None:
        raise self.error

    def close(self) -> None:
        """Nothing is watched."""


def fail_to_write(error: OSError) -> Callable[[Stream], None]:
    def end(stream: Stream) -> None:
        stream.attach(Broken(error))  # type: ignore[arg-type]
        with pytest.raises(type(error)):
            list(stream.frames())

    return end


@pytest.mark.parametrize(
    ("outcome", "end", "make", "changes"),
    [
        (Outcome.MAX_DURATION, read_to_end, numbered, {"max_duration_s": 3}),
        (Outcome.STOPPED, stop_with(EndReason.STOPPED), numbered, {}),
        (Outcome.SHUTDOWN, stop_with(EndReason.SHUTDOWN), numbered, {}),
        (Outcome.ERRORS, read_to_end, failing, {}),
        (Outcome.CLIENT_GONE, leave, numbered, {}),
        (Outcome.CLIENT_GONE, fail_to_write(BrokenPipeError()), numbered, {}),
        (Outcome.CLIENT_GONE, Stream.close, numbered, {}),
        (Outcome.STALLED, fail_to_write(TimeoutError()), numbered, {}),
        (Outcome.COMPLETE, read_to_end, numbered, {"continuous": False}),
        (Outcome.COMPLETE, read_to_end, numbered, {"error": SimulatedError(503, "x")}),
        (Outcome.FAILED, fail_to_end, failing, {"continuous": False}),
        (Outcome.FAILED, read_to_end, broken, {}),
    ],
)
def test_every_end_is_counted_once_by_its_reason(
    outcome: Outcome,
    end: Callable[[Stream], None],
    make: Callable[[int], object],
    changes: dict[str, object],
) -> None:
    services, stream, _ = run(make, **changes)
    end(stream)
    stream.close()
    value = read(services)
    ended = {each: value("streams_ended_total", reason=each.value) for each in Outcome}
    assert {each for each, count in ended.items() if count} == {outcome}
    assert ended[outcome] == 1


def test_events_and_bytes_are_those_that_were_sent() -> None:
    services, stream, _ = run(max_duration_s=5)
    sent = []
    for frame in stream.frames():
        # A frame counts once the server asks for the next one: it is written then.
        value = read(services)
        assert value("events_sent_total") == len(sent)
        assert value("bytes_sent_total") == sum(map(len, sent))
        sent.append(frame)
    assert len(services.streams) == 0
    value = read(services)
    assert value("events_sent_total") == len(sent) == 7
    assert value("bytes_sent_total") == sum(map(len, sent))


def test_heartbeats_are_bytes_but_no_events() -> None:
    settings = Settings(heartbeat_seconds=10)
    services, stream, _ = run(interval_ms=25_000, max_duration_s=24, settings=settings)
    sent = list(stream.frames())
    value = read(services)
    assert len(sent) == 5 and value("events_sent_total") == 3
    assert value("bytes_sent_total") == sum(map(len, sent))


def test_heartbeats_between_tokens_are_no_events_either() -> None:
    settings = Settings(heartbeat_seconds=10)
    never = Event()
    services, stream, _ = run(
        lambda _: never.wait(),
        blocking=True,
        mode=Mode.LLM_TOKENS,
        max_duration_s=25,
        settings=settings,
    )
    assert len(list(stream.frames())) == 4
    assert read(services)("events_sent_total") == 2


def test_lateness_is_how_long_after_its_time_a_batch_started() -> None:
    services, stream, clock = run(interval_ms=1000)
    frames = stream.frames()
    next(frames)
    for wait in (1.0, 1.0, 1.02, 3.98):  # the first batch starts the schedule
        next(frames)
        clock.time += wait
    next(frames)
    value = read(services)
    name = "batch_lateness_seconds"
    assert value(f"{name}_count") == 4
    assert value(f"{name}_sum") == pytest.approx(0.02 + 3.0)
    buckets = {le: value(f"{name}_bucket", le=le) for le in ("0.01", "0.025", "2.5")}
    assert buckets == {"0.01": 2, "0.025": 3, "2.5": 3}
    assert value(f"{name}_bucket", le="10.0") == 4


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("continuous", [True, False])
@pytest.mark.parametrize("mode", list(Mode))
def test_the_time_of_a_generation_is_its_backends(
    mode: Mode, continuous: bool, blocking: bool
) -> None:
    clock: FakeClock

    def think(number: int) -> object:
        clock.time += 0.2
        return numbered(number)

    services, stream, clock = run(
        think, blocking=blocking, mode=mode, continuous=continuous
    )
    frames = stream.frames()
    for _ in range(1 + continuous):
        next(frames)
    gevent.sleep(0)
    value = read(services)
    tokens_are_made_later = mode is Mode.LLM_TOKENS and not blocking
    assert value("generation_seconds_count", backend="fake") >= 1
    if not tokens_are_made_later:
        took = value("generation_seconds_sum", backend="fake")
        assert took == pytest.approx(
            0.2 * value("generation_seconds_count", backend="fake")
        )


def test_a_generation_that_is_called_off_has_no_time() -> None:
    never = Event()
    services, stream, _ = run(lambda _: never.wait(), blocking=True, max_duration_s=2)
    read_to_end(stream)
    with pytest.raises(KeyError):
        read(services)("generation_seconds_count", backend="fake")


class FailedInItsOwnWay(BackendFailed):
    """What a backend of ours raises."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (BackendTimeout("LLM timeout"), "timeout"),
        (BackendFailed("no"), "failed"),
        (BackendUnavailable("no", retry_after=1), "unavailable"),
        (FailedInItsOwnWay("no"), "failed"),
    ],
)
@pytest.mark.parametrize("blocking", [True, False])
def test_errors_are_counted_by_kind_wherever_they_come(
    error: BackendError, kind: str, blocking: bool
) -> None:
    settings = Settings(continuous_streaming_max_consecutive_errors=3)
    services, stream, _ = run(lambda _: error, blocking=blocking, settings=settings)
    read_to_end(stream)
    assert read(services)("errors_total", kind=kind) == 3
    client = create_app(services=services).test_client()
    client.get("/api/mock/stream/x")
    client.get("/api/mock/x")
    assert read(services)("errors_total", kind=kind) == 5


def test_a_fault_of_ours_is_an_internal_error() -> None:
    services, stream, _ = run(broken)
    read_to_end(stream)
    create_app(services=services).test_client().get("/api/mock/x")
    assert read(services)("errors_total", kind="internal") == 2


@pytest.mark.parametrize(
    ("method", "path", "cause"),
    [
        ("GET", "/api/mock/stream/x?interval=0", "bad_request"),
        ("POST", "/api/mock/stream/x", "too_large"),
        ("GET", "/api/mock/stream/x?shape=[1,2,3,4,5,6,7,8,9,10,11]", "too_large"),
        ("GET", "/nowhere", "not_found"),
        ("GET", "/api/manage/streams/0123", "not_found"),
        ("POST", "/healthz", "method_not_allowed"),
        ("GET", "/api/mock/stream/x", "too_many_streams"),
    ],
)
def test_refusals_are_counted_by_cause(method: str, path: str, cause: str) -> None:
    services, _, _ = run(
        settings=Settings(max_concurrent_streams=1, max_body_bytes=9, max_shape_bytes=9)
    )
    client = create_app(services=services).test_client()
    client.open(path, method=method, data=b"x" * 10 if method == "POST" else None)
    value = read(services)
    refused = {each: value("refused_total", cause=each) for each in counts.REFUSALS}
    assert {each: count for each, count in refused.items() if count} == {cause: 1}


def test_a_server_that_drains_refuses_as_such() -> None:
    services, _, _ = run()
    services.drain()
    create_app(services=services).test_client().get("/api/mock/stream/x")
    assert read(services)("refused_total", cause="shutting_down") == 1


def classes_below(root: type[ApiError]) -> Iterator[type[ApiError]]:
    for each in root.__subclasses__():
        yield each
        yield from classes_below(each)


@pytest.mark.parametrize(
    "kind", sorted(classes_below(ApiError), key=lambda c: c.__name__)
)
def test_every_error_of_the_tree_has_a_word_of_its_own(kind: type[ApiError]) -> None:
    if kind.__module__ != errors.__name__ or kind is BackendError:
        return
    counted = counts.Counts()
    error = kind.__new__(kind)
    if isinstance(error, BackendError):
        counted.failed(error)
        assert set(counted.errors) < set(counts.ERRORS)
    else:
        counted.refuse(error)
        assert set(counted.refused) < set(counts.REFUSALS) - {counts.OTHER}


@hypothesis.settings(deadline=None)  # each example builds a service
@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.0005, 0.001, 0.0011, 0.3, 10.0, 11.0, 1e9]))
    )
)
def test_values_counted_ahead_are_those_that_prometheus_counts_itself(
    flushes: list[list[float]],
) -> None:
    name = "llmock_batch_lateness_seconds"
    registry = prometheus_client.CollectorRegistry()
    theirs = prometheus_client.Histogram(
        name,
        "How long after its time a batch started.",
        registry=registry,
        buckets=counts.LATENESS,
    )
    services, _, _ = run()
    for values in flushes:
        for value in values:
            services.streams.counts.lateness.add(value)
            theirs.observe(value)
        services.metrics.text()
    texts = [services.metrics.text(), prometheus_client.generate_latest(registry)]
    lines = [
        [
            line
            for line in text.decode().splitlines()
            if name in line and "_sum" not in line and "_created" not in line
        ]
        for text in texts
    ]
    assert lines[0] == lines[1]
    assert read(services)("batch_lateness_seconds_sum") == pytest.approx(
        registry.get_sample_value(f"{name}_sum")
    )


def test_what_did_not_change_is_not_counted_again() -> None:
    services, stream, _ = run(max_duration_s=3)
    read_to_end(stream)
    first = services.metrics.text()
    assert services.metrics.text() == first


def test_a_worker_that_lost_its_redis_says_so() -> None:
    services, _, _ = run()
    counted = services.streams.counts
    counted.redis_lost, counted.redis_losses = True, 2
    value = read(services)
    assert (value("redis_lost_workers"), value("redis_losses_total")) == (1, 2)
    counted.redis_lost = False
    assert read(services)("redis_lost_workers") == 0


def test_the_page_is_prometheus_text() -> None:
    services, _, _ = run()
    response = create_app(services=services).test_client().get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    assert list(text_string_to_metric_families(response.data.decode()))
