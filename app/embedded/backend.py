"""The backend that needs no model: it computes its values."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TypeVar

from ..cuts import Cut, Elements, Value
from ..errors import ValueTooLarge
from ..generation.compile.pins import relevant
from ..generation.plan import Plan, Simulation, Subject, compile_plan
from ..generation.saving import load, save
from ..ports import Memory, Source
from ..schema.budget import Budget
from ..schema.jsontext import dumps
from ..schema.refusal import TooLarge
from ..words import MockRequest
from .agreement import AgreeingSource

T = TypeVar("T")

#: Plans that are kept for the next stream of the same subject.
_PLANS = 512
#: Schemas with a longer text are compiled for every stream.
_MAX_KEY_LENGTH = 20_000


class EmbeddedSource(Value):
    """One stream's values, and the next one itself. It never waits."""

    blocking = False
    slow = False

    __slots__ = ("_name", "_now_ms", "_simulation")

    def __init__(self, name: str, simulation: Simulation) -> None:
        """Values of ``simulation``, for the backend of this name."""
        self._name = name
        self._simulation = simulation
        self._now_ms = 0

    @property
    def backend(self) -> str:
        """The backend's name."""
        return self._name

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of the next value."""
        self._now_ms = now_ms
        return cut.of(self)

    def whole(self) -> bytes:
        """The next value, whole."""
        try:
            return self._simulation.value(self._now_ms)
        except TooLarge as error:
            raise _failure(error) from None

    def elements(self) -> Elements:
        """The next value, cut at its array; elements are written one by one."""
        try:
            return self._simulation.elements(self._now_ms)
        except TooLarge as error:
            raise _failure(error) from None

    def saved(self) -> bytes:
        """See ``Savable.saved``."""
        return save(self._simulation)

    def load(self, saved: bytes) -> None:
        """See ``Savable.load``."""
        load(self._simulation, saved)


def _failure(error: TooLarge) -> ValueTooLarge:
    return ValueTooLarge(f"No value could be generated: {error.reason}.")


class EmbeddedBackend:
    """Values from compiled plans, which streams of the same subject share."""

    def __init__(
        self, name: str = "embedded", new_budget: Callable[[], Budget] = Budget
    ) -> None:
        """``new_budget`` gives what one plan, or the values of one stream, may cost."""
        self.name = name
        self._new_budget = new_budget
        self._entropy = random.Random()
        self._plans: OrderedDict[str, Plan] = OrderedDict()

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request, in agreement with its context.

        Raises ``Impossible`` where no value of a bounded size fits the shape, and
        ``TooLarge`` where values would exceed a limit.
        """
        subject = self._subject(request)
        plan = self._plan(subject)
        simulation = plan.start(request.seed, self._entropy.random, self._new_budget())
        source = EmbeddedSource(self.name, simulation)
        if memory is None:
            return source
        return AgreeingSource(source, memory, subject.schema)

    def _subject(self, request: MockRequest) -> Subject:
        shape = request.shape
        schema = shape.schema if shape is not None else None
        keeps = shape is not None and shape.is_example and not request.vary_all
        return Subject(
            path=request.path,
            schema=schema,
            count=request.count,
            locale=request.locale,
            fields=relevant(request.path, schema, request.fields),
            example=shape.given if shape is not None and keeps else None,
            keeps=keeps,
        )

    def _plan(self, subject: Subject) -> Plan:
        key = dumps(
            [
                subject.path,
                subject.schema,
                subject.count,
                subject.locale,
                dict(subject.fields),
                subject.keeps,
            ]
        )
        plan = self._plans.pop(key, None)
        if plan is None:
            plan = compile_plan(subject, self._new_budget())
        if len(key) <= _MAX_KEY_LENGTH:
            self._plans[key] = plan
            if len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        return plan
