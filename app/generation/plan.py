"""A stream's values: compiled once, then written event by event.

Theory of operation
-------------------

::

    Subject --compile_plan--> Plan --start--> Simulation --value--> bytes

*Compiling.* A schema is turned into writers, functions that return JSON text, part
by part. Combinators and references are worked away first, so that each part is a
short list of flat schemas, one for each way in which a value can fit. Where making
values on purpose is not enough (``not``, ``oneOf``, ``uniqueItems``), the writer of
the part is wrapped in one that checks each value, tries again, and falls back on a
sample found at compile time. At last the plan is tried: if one of its first values
does not fit the whole schema, the root is wrapped like that, too. A schema that
cannot be compiled gets a second try in a canonical form.

*State.* A plan never changes and is shared by all streams of its subject. What one
stream remembers is its simulation: random numbers, and a cell for each record, a
list with a slot for each field that has a past. A layout, made while compiling,
says what each slot begins with; so numbers move on from where they are, entities
keep their names, and counters rise.

*Difference.* A value that equals the one before it would look like a stream that
stands still. It is written again, more restlessly each time: numbers move, then
words change, then records are new and clocks are wrong. Where nothing helps, the
simulation takes the value for a constant and stops trying.

*Cost.* Whatever takes time spends steps of a ``Budget`` first, while compiling and
for each value. The budget refuses what takes too many, and lets other work of the
process run in between. Nothing here waits, reads a clock, or draws from a source of
random numbers of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from ..cuts import Elements, cut_at_array
from ..resources.archetype import Archetype, archetype
from ..schema.budget import STRIDE, Budget
from ..schema.document import Document, Schema
from ..schema.jsontext import dumps, loads
from ..schema.refusal import Impossible, Refusal, TooLarge, TooManyParts
from ..schema.shapes import example_schema
from ..words import Json
from .compile.build import Built, Scope
from .compile.compiler import SOME_TIME, Compiler, checked
from .compile.pins import Pins
from .evidence.outline import outline
from .evidence.succession.births import is_current, is_fixture
from .examples.pinning import is_named, pin, resource_of, says
from .examples.tree import ExampleCompiler
from .fields.places import Place
from .fields.survey import survey
from .values.census import census
from .values.clocks import within
from .values.state import CHANGE, MOVE, RENEW, Layout, State

#: How restless an event is, try by try, until it is not like the one before it.
_RESTLESS = (MOVE, CHANGE, CHANGE, *range(RENEW, 26))
#: Longer schemas get no second try, whose time grows quickly, in characters.
_MAX_CANONICAL = 2_000
#: Longer values are not checked against the whole schema, in characters.
_MAX_CHECKED = 100_000


@dataclass(frozen=True)
class Subject:
    """What a plan is compiled from.

    ``path`` is what follows the route. ``schema`` is the shape's JSON Schema, or
    None where the path decides. ``count`` is the number of elements asked for,
    ``locale`` one of ``census.LOCALES``. ``fields`` are values that equal-named
    members take where they fit.

    With ``keeps`` the schema was derived from ``example``, whose values are kept
    where nothing says how they change; else everything varies.
    """

    path: str
    schema: Schema | None = None
    count: int | None = None
    locale: str = "en"
    fields: Mapping[str, Json] = field(default_factory=dict)
    example: Json = None
    keeps: bool = False


class Plan:
    """How the values of one subject are written. It never changes."""

    __slots__ = (
        "_array_name",
        "_keeps",
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
        self._keeps = subject.keeps
        self._subject = subject
        self._write = built.write
        self._layout = layout
        self._array_name = built.array_name

    def start(
        self,
        seed: int | None = None,
        entropy: Callable[[], float] = random.random,
        budget: Budget | None = None,
    ) -> Simulation:
        """One stream's values.

        With ``seed`` they are the same each time, for the same subject; else
        they come from ``entropy``, numbers in [0, 1), which streams may share.
        ``budget`` bounds the work for each value.
        """
        budget = budget or Budget()
        if seed is None:
            return Simulation(self, entropy, budget)
        subject = self._subject
        parts = (subject.schema, subject.count, subject.locale, dict(subject.fields))
        text = f"{seed}/{subject.path}/{dumps(parts)}"
        return Simulation(self, random.Random(text).random, budget)


class Simulation(State):
    """The values of one stream, one after the other.

    ``turn`` counts the records that it was about, ``latest`` is the mark of the latest
    value, None before any, and ``is_still`` tells whether no other value was found
    where one came twice.
    """

    __slots__ = ("_plan", "is_still", "latest", "turn")

    def __init__(self, plan: Plan, source: Callable[[], float], budget: Budget) -> None:
        """Begin; ``source`` gives numbers in [0, 1)."""
        super().__init__(source, budget)
        self._plan = plan
        self.is_still = False
        self.turn = 0
        self.latest: int | None = None

    @property
    def size(self) -> int:
        """How many fields of its record have a past."""
        return len(self._plan._layout)

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
        plan, budget = self._plan, self.budget
        if budget.left < budget.most_steps:  # a call less for most values
            budget.renew()
        self.now_ms = within(now_ms)
        self.items = None
        self.number += 1
        if self.latest is None:
            self.start_ms = self.now_ms
            self.cell = plan._layout.cell(self, 0)
        elif plan._renews:
            self.turn += 1
            self.cell = plan._layout.cell(self, self.turn)
        text = plan._write(self, self.cell)
        mark = hash(text)
        if mark == self.latest and not self.is_still:
            text = self._other(mark)
            mark = hash(text)
            self.is_still = mark == self.latest
        self.latest = mark
        if len(text) > budget.most_size:
            budget.write(len(text))
        return text

    def _other(self, mark: int) -> str:
        """A value unlike the one before it (its hash is ``mark``), if one is found."""
        try:
            for restless in (MOVE,) if self._plan._keeps else _RESTLESS:
                self.restless = restless
                self.items = None
                if restless >= RENEW:
                    self.turn += 1
                    self.cell = self._plan._layout.cell(self, self.turn)
                text = self._plan._write(self, self.cell)
                if hash(text) != mark:
                    break
            return text
        finally:
            self.restless = 0


def compile_plan(subject: Subject, budget: Budget | None = None) -> Plan:
    """The plan of a subject; ``budget`` bounds the work for it.

    Raises ``Impossible`` where no value of a bounded size fits its schema, and
    ``TooLarge`` where values would exceed a limit.
    """
    budget, schema = budget or Budget(), subject.schema
    about = archetype(subject.path)
    given = example_schema(about.example) if schema is None else schema
    document = Document(given, budget)
    try:
        return _compile(subject, about, document)
    except TooLarge as error:
        if subject.count is not None and not isinstance(error, TooManyParts):
            error.parameter, error.value = "count", subject.count
        raise
    except Impossible:
        plan = _second_try(subject, about, document)
        if plan is None:
            raise
        return plan


def _compile(subject: Subject, about: Archetype, document: Document) -> Plan:
    has_shape, budget = subject.schema is not None, document.budget
    budget.spend(STRIDE)
    if subject.keeps:
        about = resource_of(about, subject.example)
    pins = Pins(about, subject.fields, has_shape, document.check)
    if subject.keeps:
        return _compile_example(subject, about, document, pins)
    compiler = Compiler(
        Scope(document, census(subject.locale), survey(document.root, budget.spend)),
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
    built = checked(built, layout, document.accepts, outer, budget)
    return Plan(subject, built, outer, place.fresh)


def _compile_example(
    subject: Subject, about: Archetype, document: Document, pins: Pins
) -> Plan:
    """The plan of an example. If nothing is known to change, plain fields do."""
    is_event = (
        about.fresh and about.id is None and not isinstance(subject.example, list)
    )
    spend = document.budget.spend
    example, pinned = pin(subject.example, pins, about.id, about.is_known, spend)
    spend(STRIDE)
    is_fixed = about.id is not None and says(example, about.id)
    is_fixed = is_fixed or is_named(subject.path, example) or is_fixture(example)
    is_fixed = is_fixed or is_current(subject.path)
    whole = outline(example, subject.path, about.noun, is_event, is_fixed, spend)
    spend(STRIDE)
    given = example_schema(example, document.budget)
    seen = survey(given, spend)
    scope = Scope(document, census(subject.locale), seen)
    spend(STRIDE)
    place = Place(
        owner=about.noun,
        subject=about.noun,
        is_cut=True,
        fresh=whole.renews,
        is_entity=about.id is not None,
    )
    for loose in (False, True) if whole.is_small else (False,):
        layout = Layout()
        compiler = ExampleCompiler(
            scope,
            whole,
            subject.count,
            lambda name: archetype(name).fresh if name else about.fresh,
            pinned,
            loose,
        )
        built = compiler.root(example, place, layout)
        plan = Plan(subject, built, layout, place.fresh)
        if loose or not whole.is_small or _changes(plan, document):
            break
    return plan


def _changes(plan: Plan, document: Document) -> bool:
    """Whether the first values of a plan differ."""
    trial = plan.start(0, budget=document.budget.another())
    texts = {trial.value(SOME_TIME + ms) for ms in (0, 50, 1_000)}
    document.budget.spend(trial.budget.spent)
    return len(texts) > 1


def _is_array(schema: Schema) -> bool:
    """Whether a schema is that of arrays, whose elements may be new in each event."""
    return isinstance(schema, dict) and schema.get("type") == "array"


def _fits(plan: Plan, document: Document) -> bool:
    """Whether the first values of a plan are what the schema asks for.

    Of long values only the first is made, and none is checked: what might not fit
    in them is checked part by part.
    """
    trial = plan.start(0, budget=document.budget.another())
    for ms in (0, 2_345, 98_765):
        text = trial.value(SOME_TIME + ms)
        document.budget.spend(trial.budget.spent + len(text) // 8)
        if len(text) > _MAX_CHECKED:
            return True
        if not document.accepts(loads(text)):
            return False
    return True


def _second_try(subject: Subject, about: Archetype, document: Document) -> Plan | None:
    """With the schema in the canonical form that jsonschema-rs gives it."""
    schema = subject.schema
    if not isinstance(schema, dict) or len(dumps(schema)) > _MAX_CANONICAL:
        return None
    try:
        simple: Any = jsonschema_rs.canonicalize(schema, offline=True)
        again = Document(simple.to_json_schema(), document.budget)
        return _compile(subject, about, again)
    except (Refusal, ValueError):
        return None
