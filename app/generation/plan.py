"""A stream's values: compiled once, then written event by event.

::

    Subject --compile_plan--> Plan --start--> Simulation --value--> bytes

A plan never changes and is shared by every stream of the same subject. What a
stream remembers is in its simulation, which holds a few lists of numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from ..cuts import Elements, cut_at_array
from ..resources.archetype import archetype
from ..schema.document import Document, Schema
from ..schema.jsontext import dumps, loads
from ..schema.refusal import Impossible, Refusal, TooLarge
from ..schema.shapes import example_schema
from ..words import Json
from .compile.build import Built, Scope
from .compile.compiler import SOME_TIME, Compiler, checked
from .compile.pins import Pins
from .fields.places import Place
from .fields.survey import survey
from .values.census import census
from .values.clocks import within
from .values.state import CHANGE, MOVE, RENEW, Layout, State

#: Tries for an event that is not the one before it.
_TRIES = 26


@dataclass(frozen=True)
class Subject:
    """What a plan is compiled from.

    ``path`` is what follows the route. ``schema`` is the shape's JSON Schema, or
    None where the path decides. ``count`` is the number of elements asked for,
    ``locale`` one of ``census.LOCALES``. ``fields`` are values that equal-named
    members take where they fit.
    """

    path: str
    schema: Schema | None = None
    count: int | None = None
    locale: str = "en"
    fields: Mapping[str, Json] = field(default_factory=dict)


class Plan:
    """How the values of one subject are written. It never changes."""

    __slots__ = (
        "_array_name",
        "_constant",
        "_layout",
        "_renews",
        "_subject",
        "_write",
    )

    def __init__(
        self, subject: Subject, built: Built, layout: Layout, renews: bool
    ) -> None:
        """Take what was compiled from ``subject``.

        With ``renews`` each value is about something new.
        """
        self._renews = renews
        self._subject = subject
        self._write = built.write
        self._layout = layout
        self._array_name = built.array_name
        self._constant = False
        self._constant = not _varies(self)

    def start(
        self, seed: int | None = None, entropy: Callable[[], float] = random.random
    ) -> Simulation:
        """One stream's values.

        With ``seed`` they are the same each time, for the same subject; else
        they come from ``entropy``, numbers in [0, 1), which streams may share.
        """
        if seed is None:
            return Simulation(self, entropy)
        subject = self._subject
        parts = (subject.schema, subject.count, subject.locale, dict(subject.fields))
        text = f"{seed}/{subject.path}/{dumps(parts)}"
        return Simulation(self, random.Random(text).random)


class Simulation(State):
    """The values of one stream, one after the other."""

    __slots__ = ("_latest", "_plan", "_turn")

    def __init__(self, plan: Plan, source: Callable[[], float]) -> None:
        """Begin; ``source`` gives numbers in [0, 1)."""
        super().__init__(source)
        self._plan = plan
        self._turn = 0
        self._latest: int | None = None

    def value(self, now_ms: int) -> bytes:
        """The next value as compact JSON in UTF-8."""
        return self._next(now_ms).encode()

    def elements(self, now_ms: int) -> Elements:
        """The next value, cut at its array."""
        text = self._next(now_ms)
        if self.items is None:
            return cut_at_array(text)
        items = [item.encode() for item in self.items]
        return Elements(self._plan._array_name, items)

    def _next(self, now_ms: int) -> str:
        plan = self._plan
        self.now_ms = within(now_ms)
        self.items = None
        if self._latest is None:
            self.cell = plan._layout.cell(self, 0)
        elif plan._renews:
            self._turn += 1
            self.cell = plan._layout.cell(self, self._turn)
        text = plan._write(self, self.cell)
        mark = hash(text)
        if mark == self._latest and not plan._constant:
            text = self._other(mark)
            mark = hash(text)
        self._latest = mark
        return text

    def _other(self, mark: int) -> str:
        """A value unlike the one before it (its hash is ``mark``), if one is found."""
        for self.restless in (MOVE, CHANGE, CHANGE, *range(RENEW, _TRIES)):
            self.items = None
            if self.restless >= RENEW:
                self._turn += 1
                self.cell = self._plan._layout.cell(self, self._turn)
            text = self._plan._write(self, self.cell)
            if hash(text) != mark:
                break
        self.restless = 0
        return text


def compile_plan(subject: Subject) -> Plan:
    """The plan of a subject.

    Raises ``Impossible`` where no value of a bounded size fits its schema, and
    ``TooLarge`` where values would exceed a limit.
    """
    try:
        return _compile(subject, subject.schema)
    except TooLarge as error:
        if subject.count is not None:
            error.parameter, error.value = "count", subject.count
        raise
    except Impossible:
        plan = _second_try(subject)
        if plan is None:
            raise
        return plan


def _compile(subject: Subject, schema: Schema | None) -> Plan:
    about = archetype(subject.path)
    has_shape = schema is not None
    document = Document(schema if has_shape else example_schema(about.example))
    pins = Pins(about, subject.fields, has_shape, document.check)
    compiler = Compiler(
        Scope(document, census(subject.locale), survey(document.root)),
        subject.count,
        lambda name: archetype(name).fresh if name else about.fresh,
        pins.text,
    )
    layout = Layout()
    renews = about.fresh and about.id is None
    place = Place(
        owner=about.noun,
        subject=about.noun,
        is_cut=True,
        fresh=renews and not _is_array(document.root),
        is_entity=about.id is not None,
    )
    try:
        built = compiler.part(document.root, place, layout)
    except Refusal as error:
        error.locate(document.pointer, document.root)
        raise
    plan = Plan(subject, built, layout, place.fresh)
    if _fits(plan, document):
        return plan
    outer = Layout()
    built = checked(built, layout, document.accepts, outer)
    return Plan(subject, built, outer, place.fresh)


def _is_array(schema: Schema) -> bool:
    """Whether a schema is that of arrays, whose elements may be new in each event."""
    return isinstance(schema, dict) and schema.get("type") == "array"


def _fits(plan: Plan, document: Document) -> bool:
    """Whether the first values of a plan are what the schema asks for."""
    trial = plan.start(0)
    return all(
        document.accepts(loads(trial.value(SOME_TIME + ms).decode()))
        for ms in (0, 2_345, 98_765)
    )


def _varies(plan: Plan) -> bool:
    trial = plan.start(0)
    return trial.value(SOME_TIME) != trial.value(SOME_TIME)


def _second_try(subject: Subject) -> Plan | None:
    """With the schema in the canonical form that jsonschema-rs gives it."""
    if not isinstance(subject.schema, dict):
        return None
    try:
        simple: Any = jsonschema_rs.canonicalize(subject.schema, offline=True)
        return _compile(subject, simple.to_json_schema())
    except (Impossible, TooLarge, ValueError):
        return None
