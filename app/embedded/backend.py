"""The backend that needs no model: it computes its values."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Iterator

from ..events.pieces import word_pieces
from ..generation.compile.pins import relevant
from ..generation.plan import Plan, Simulation, Subject, compile_plan
from ..ports import Elements, Memory, Source
from ..schema.jsontext import dumps
from ..words import MockRequest
from .agreement import AgreeingSource

#: Plans that are kept for the next stream of the same subject.
_PLANS = 512
#: Schemas with a longer text are compiled for every stream.
_MAX_KEY_LENGTH = 20_000


class EmbeddedSource:
    """One stream's values. It never waits."""

    blocking = False
    slow = False

    __slots__ = ("_name", "_simulation")

    def __init__(self, name: str, simulation: Simulation) -> None:
        """Values of ``simulation``, for the backend of this name."""
        self._name = name
        self._simulation = simulation

    @property
    def backend(self) -> str:
        """The backend's name."""
        return self._name

    def value(self, number: int, now_ms: int) -> bytes:
        """The next value, whole."""
        return self._simulation.value(now_ms)

    def elements(self, number: int, now_ms: int) -> Elements:
        """The next value, cut at its array."""
        return self._simulation.elements(now_ms)

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """The next value's text in word pieces."""
        return word_pieces(self._simulation.text(now_ms))


class EmbeddedBackend:
    """Values from compiled plans, which streams of the same subject share."""

    def __init__(self, name: str = "embedded") -> None:
        """No plan yet."""
        self.name = name
        self._entropy = random.Random()
        self._plans: OrderedDict[str, Plan] = OrderedDict()

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request, in agreement with its context.

        Raises ``BadRequest`` where no value of a bounded size fits the shape.
        """
        subject = self._subject(request)
        simulation = self._plan(subject).start(request.seed, self._entropy.random)
        source = EmbeddedSource(self.name, simulation)
        if memory is None:
            return source
        return AgreeingSource(source, memory, subject.schema)

    def _subject(self, request: MockRequest) -> Subject:
        schema = request.shape.schema if request.shape is not None else None
        return Subject(
            path=request.path,
            schema=schema,
            count=request.count,
            locale=request.locale,
            fields=relevant(request.path, schema, request.fields),
        )

    def _plan(self, subject: Subject) -> Plan:
        key = dumps(
            [
                subject.path,
                subject.schema,
                subject.count,
                subject.locale,
                dict(subject.fields),
            ]
        )
        plan = self._plans.pop(key, None)
        if plan is None:
            plan = compile_plan(subject)
        if len(key) <= _MAX_KEY_LENGTH:
            self._plans[key] = plan
            if len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        return plan
