"""Stand-ins for the ports: a clock that tests move, and sources that obey."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import gevent
import orjson

from app.bootstrap import Services, build
from app.cuts import Cut, Value
from app.errors import BackendError
from app.ports import Memory, Source
from app.settings import Settings
from app.words import MockRequest, Mode

T = TypeVar("T")

#: 2025-01-06T12:34:56.789Z
EPOCH_MS = 1_736_166_896_789


class FakeClock:
    """Time that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0

    def monotonic(self) -> float:
        return self.time

    def now_ms(self) -> int:
        return EPOCH_MS + round((self.time - 1000.0) * 1000)


class FakeSleeper:
    """Sleeping moves the clock, after everyone else had a turn."""

    def __init__(self, clock: FakeClock, on_sleep: Callable[[], None] | None = None):
        self.clock = clock
        self.on_sleep = on_sleep
        self.woken = False

    def sleep(self, until: float) -> float:
        if self.on_sleep is not None:
            self.on_sleep()
        gevent.sleep(0)
        if not self.woken and until != float("inf"):
            self.clock.time = max(self.clock.time, until)
        self.woken = False
        return self.clock.time

    def wake(self) -> None:
        self.woken = True


class FakeSource:
    """Answers from a function of the batch number; blocking as it is told."""

    backend = "fake"

    def __init__(
        self,
        make: Callable[[int], object],
        *,
        blocking: bool = False,
        pieces: Callable[[int], Iterable[str]] | None = None,
    ) -> None:
        self.make_json = make
        self.blocking = self.slow = blocking
        self.pieces = pieces
        self.asked: list[int] = []

    def make_value(self, number: int) -> bytes:
        self.asked.append(number)
        made = self.make_json(number)
        if isinstance(made, BackendError):
            raise made
        return orjson.dumps(made)

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        return cut.of(FakeValue(self, number))


class FakeValue(Value):
    def __init__(self, source: FakeSource, number: int) -> None:
        self.source = source
        self.number = number

    def whole(self) -> bytes:
        return self.source.make_value(self.number)

    def pieces(self) -> Iterator[str]:
        text = self.whole().decode()
        if self.source.pieces is not None:
            yield from self.source.pieces(self.number)
        else:
            yield from (text[i : i + 4] for i in range(0, len(text), 4))


class FakeBackends:
    """Backends that open whatever source they were given."""

    name = "fake"
    names = ("fake",)

    def __init__(self, source: Source) -> None:
        self.source = source

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        return self.source

    def draft(self, request: MockRequest) -> None:
        """No language model."""

    def status(self) -> list[object]:
        return []

    def close(self) -> None:
        """Nothing is open."""


def fake_services(
    source: Source,
    *,
    settings: Settings | None = None,
    clock: FakeClock | None = None,
    on_sleep: Callable[[], None] | None = None,
) -> Services:
    """The services over a fake source and a clock that stands still."""
    clock = clock or FakeClock()
    return build(
        settings or Settings(),
        backends=FakeBackends(source),  # type: ignore[arg-type]
        clock=clock,
        rng=random.Random(1),
        make_sleeper=lambda: FakeSleeper(clock, on_sleep),
    )


def mock_request(**changes: object) -> MockRequest:
    """A continuous request for complete objects, with ``changes``."""
    values: dict[str, object] = {
        "method": "GET",
        "path": "stocks",
        "continuous": True,
        "interval_ms": 1000,
        "max_duration_s": 0,
        "mode": Mode.COMPLETE_OBJECTS,
        "shape": None,
        "context": None,
        "backend": None,
        "error": None,
        "include_schema": False,
        "count": None,
        "seed": None,
        "locale": "en",
        "fields": {},
        "body": None,
        **changes,
    }
    return MockRequest(**values)  # type: ignore[arg-type]
