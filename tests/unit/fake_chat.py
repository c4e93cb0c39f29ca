"""A language model that says what a script tells it to."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, TypeVar

import orjson

from app.backends.pool import Backends, build_backends
from app.cuts import Cut, Value
from app.llm.chat import ChatRequest, UpstreamError, Usage
from app.ports import Backend, Memory, Source
from app.schema.shapes import make_shape
from app.settings.model import BackendSettings, Provider, Settings
from app.words import Json, MockRequest, Mode

T = TypeVar("T")

#: What a model does with one question: say a text, its pieces, or fail; a
#: function makes that from the question.
Line = Any


#: The end of an answer that was cut at its limit of tokens.
CUT = object()


class FakeChat:
    """Each question gets the script's next line, and the last one for ever after.

    An error in the midst of a list of pieces comes after those before it, and
    ``CUT`` at the end of one says that the answer was cut at its limit.
    """

    def __init__(self, *script: Line) -> None:
        self.script = list(script)
        self.asked: list[ChatRequest] = []
        self.usage = Usage()
        self.open = 0
        self.finished = 0
        self.closed = False

    def stream(self, request: ChatRequest) -> Generator[str, None, bool]:
        self.asked.append(request)
        self.usage.requests += 1
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(line):
            line = line(request)
        self.open += 1
        try:
            for piece in _pieces(line):
                if isinstance(piece, BaseException):
                    raise piece
                if piece is CUT:
                    return True
                self.usage.tokens += 1
                yield piece
            self.finished += 1
            return False
        finally:
            self.open -= 1

    def close(self) -> None:
        self.closed = True


def _pieces(line: Line) -> Iterable[Any]:
    if isinstance(line, (str, BaseException)):
        return [line]
    return line if isinstance(line, (list, Iterator)) else [orjson.dumps(line).decode()]


class FakeTime:
    """A clock that only sleeping moves, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class FakeEmbedded:
    """Something that only computes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.opened: list[MockRequest] = []

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        self.opened.append(request)
        return FakeSource(self.name)


class FakeMemory:
    """A context that knows another text each time."""

    def __init__(self, *texts: str) -> None:
        self._texts = iter(texts)
        self.recorded: list[bytes] = []

    def view(self) -> FakeMemory:
        return self

    def text(self, budget: int) -> str:
        return next(self._texts)

    def agree(self, value: Json, identifies: Callable[[str, Json], bool]) -> bool:
        return False

    def record(self, value: bytes) -> None:
        self.recorded.append(value)


class FakeSource:
    blocking = False
    slow = False

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        return cut.of(FakeValue())


class FakeValue(Value):
    def whole(self) -> bytes:
        return b'{"from":"embedded"}'

    def pieces(self) -> Iterable[str]:
        return iter(['{"from":', '"embedded"}'])


def asked_for(shape: Json = None, **changes: Any) -> MockRequest:
    """A request; ``shape`` as a caller sends it."""
    values: dict[str, Any] = {
        "method": "GET",
        "path": "stocks/AAPL",
        "continuous": True,
        "interval_ms": 1000,
        "max_duration_s": 0,
        "mode": Mode.COMPLETE_OBJECTS,
        "shape": None if shape is None else make_shape(shape),
        "context": None,
        "backend": None,
        "error": None,
        "include_schema": False,
        "count": None,
        "seed": None,
        "locale": "en",
        "fields": {},
        "body": None,
    }
    return MockRequest(**{**values, **changes})


def model(name: str, **settings: Any) -> BackendSettings:
    """A configured language model."""
    return BackendSettings(name=name, provider=Provider.LLAMACPP, **settings)


def backends(
    chats: dict[str, FakeChat],
    *configured: BackendSettings,
    time: FakeTime | None = None,
    make_embedded: Callable[[str], Backend] = FakeEmbedded,
    **settings: Any,
) -> Backends:
    """The backends over ``chats``, by name; without settings of their own, equal."""
    time = time or FakeTime()
    entries = configured or tuple(model(name) for name in chats)
    return build_backends(
        Settings(llm_backends=entries, **settings),
        embedded=make_embedded,
        clock=time,
        rng=random.Random(1),
        sleep=time.sleep,
        make_chat=lambda entry, _: chats[entry.name],
    )


def unreachable(**details: Any) -> UpstreamError:
    """A failure that may pass."""
    return UpstreamError("10.0.0.7: refused", **details)
