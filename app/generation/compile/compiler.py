"""From a schema to the writer of its values.

``Compiler.part`` works schema by schema: into alternatives, then by type, and
where a value might not fit, into a writer that checks what it writes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from ...schema.alternatives import Ways, ways
from ...schema.budget import Budget
from ...schema.conjunction import Flat
from ...schema.document import Schema
from ...schema.jsontext import dumps, loads
from ...schema.ranges import integers
from ...schema.refusal import Impossible, Refusal, TooLarge, TooManyParts
from ..fields.places import Place
from ..fields.roles import number_role, text_role
from ..values.state import RENEW, Cell, Draft, Layout, State, Writer
from .arrays import array_writer
from .build import Built, Pinned, Scope, constant
from .categories import sticky
from .numbers import number_writer
from .objects import object_writer
from .texts import text_writer

_MAX_PARTS = 1_500
#: What compiling one part costs, in steps.
_PART_STEPS = 100
#: How many references are followed inside one another while a document has had
#: fewer parts than so many: less and less, the more parts there are.
_PATIENCE = ((300, 64), (800, 3), (_MAX_PARTS, 1))
#: More arrays and objects inside one another are refused.
_MAX_DEPTH = 64
#: More values in one event are refused.
_MAX_VALUES = 200_000
#: Tries for a value that fits what cannot be made on purpose: when a plan is
#: compiled, and in an event, which then falls back to a value found before.
_TRIES, _EVENT_TRIES = 150, 12
#: How often a value that may be null is.
_NULL_SHARE = 0.1
#: The longest list of all the integers of a range.
_MAX_LISTED = 2_000
#: A moment to try things with when a plan is compiled.
SOME_TIME = 1_736_167_000_123

_ALL_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
#: Assertions that speak for a type where none is named.
_SIGNS = (
    (
        "object",
        (
            "properties",
            "required",
            "patternProperties",
            "additionalProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
        ),
    ),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "contains")),
    (
        "number",
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    ),
    ("string", ("minLength", "maxLength", "pattern", "format")),
)


class Compiler:
    """Compiles the parts of one document."""

    def __init__(
        self,
        scope: Scope,
        count: int | None,
        is_fresh: Callable[[str], bool],
        pinned: Pinned,
    ) -> None:
        """``count`` is the number of elements asked for, or None.

        ``is_fresh`` tells of an array's name whether it brings new objects in
        every event, and ``pinned`` what a request decides.
        """
        self._scope = scope
        self._document = scope.document
        self._count = count
        self._is_fresh = is_fresh
        self._pinned = pinned
        self._parts = 0

    def part(self, schema: Schema, place: Place, layout: Layout) -> Built:
        """The writer of one part. Raises ``Impossible``."""
        if place.depth > _MAX_DEPTH:
            raise Impossible(
                f"its values are nested more than {_MAX_DEPTH} levels deep",
                limit=_MAX_DEPTH,
            )
        try:
            return self._part(schema, place, layout)
        except Refusal as error:
            error.inside(schema)
            raise

    def _part(self, schema: Schema, place: Place, layout: Layout) -> Built:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise TooManyParts(_MAX_PARTS)
        self._document.budget.spend(_PART_STEPS)
        patience = next(most for parts, most in _PATIENCE if self._parts <= parts)
        found = ways(schema, self._document, place.references, patience)
        place = replace(place, references=found.references)
        if found.exact:
            return self._either(schema, found, place, layout)
        own = Layout()
        built = self._either(schema, found, place, own)
        fits = self._document.check(schema)
        return checked(built, own, fits, layout, self._document.budget)

    def _either(
        self, schema: Schema, found: Ways, place: Place, layout: Layout
    ) -> Built:
        """One of the ways, or at random one of several."""
        tried = [(flat, *self._types(flat, place)) for flat in found.flats]
        refused = Impossible("no value fits it")
        if len(tried) == 1 and (tried[0][1] or len(tried[0][2]) == 1):
            flat, _, names = tried[0]
            for name in names:
                size = len(layout)
                try:
                    return self._of_type(name, schema, flat, place, layout)
                except Impossible as error:
                    refused = error
                    layout.forget(size)
            raise refused
        place = replace(place, is_cut=False)
        options: list[tuple[Built, Layout]] = []
        for flat, is_one_enough, names in tried:
            for name in names:
                own = Layout()
                try:
                    built = self._of_type(name, schema, flat, place, own)
                except Impossible as error:
                    refused = error
                    continue
                options.append((built, own))
                if is_one_enough:
                    break
        if not options:
            raise refused
        return _choice(options, place, layout)

    def _types(self, flat: Flat, place: Place) -> tuple[bool, list[str]]:
        """The types to make values of, and whether one of them is enough."""
        named = flat.get("type")
        if "enum" in flat:
            return False, ["enum"]
        if named is not None:
            return False, [
                name for name in flat.get("order", _ALL_TYPES) if name in named
            ]
        return True, list(dict.fromkeys(_guesses(flat, place)))

    def _of_type(
        self, name: str, schema: Schema, flat: Flat, place: Place, layout: Layout
    ) -> Built:
        if name == "object":
            built = object_writer(
                flat, place, layout, self.part, self._document, self._pinned
            )
            return _bounded(built, self._document.budget)
        if name == "array":
            built = array_writer(
                flat, place, layout, self.part, self._count, self._is_fresh
            )
            return _bounded(built, self._document.budget)
        if name == "string":
            text = text_writer(flat, place, layout, self._scope)
            read = None if text.number is None else text.number.read
            least = flat.get("minLength", 0)
            return Built(
                text.write,
                steps=3 + least // 8,
                size=2 + least,
                number=read,
                word=text.word,
            )
        if name == "boolean":
            return Built(_boolean(flat, place, layout))
        if name == "null":
            return constant("null")
        if name == "enum":
            return self._enum(schema, flat, place, layout)
        is_integer = name == "integer"
        number = number_writer(flat, is_integer, place, layout, self._scope.survey)
        values = integers(flat, _MAX_LISTED) if is_integer else None
        return Built(number.write, number=number.read, values=values)

    def _enum(self, schema: Schema, flat: Flat, place: Place, layout: Layout) -> Built:
        fits = self._document.check(schema)
        self._document.budget.spend(len(flat["enum"]))
        values = [value for value in flat["enum"] if fits(value)]
        texts = [dumps(value) for value in values]
        arrays = [isinstance(value, list) for value in values]
        if not values:
            raise Impossible(
                "none of the values that it lists fits it",
                keyword="enum",
                value=flat["enum"],
            )
        is_array = arrays[0] if len(set(arrays)) == 1 else None
        if len(texts) == 1:
            return constant(texts[0], bool(is_array))
        hints = [text for text in map(dumps, flat.get("examples", ())) if text in texts]
        write, word = sticky(texts, hints, place, layout)
        lengths = [len(text) for text in texts]
        return Built(
            write,
            steps=1 + max(lengths) // 200,
            size=min(lengths),
            is_array=is_array,
            word=word,
            values=texts,
        )


def _guesses(flat: Flat, place: Place) -> Iterator[str]:
    """Types for a schema that names none, the likeliest first."""
    for hint in flat.get("examples", ())[:1]:
        yield _TYPES[type(hint)]
    for name, keywords in _SIGNS:
        if any(keyword in flat for keyword in keywords):
            yield name
    if number_role(place.name) and not text_role(place.name):
        yield "number"
    yield from ("string", "number", "boolean", "null", "array", "object")


_TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def _boolean(flat: Flat, place: Place, layout: Layout) -> Writer:
    hints = [dumps(hint) for hint in flat.get("examples", ()) if isinstance(hint, bool)]
    usual = hints[0] if hints else "true"
    other = "false" if usual == "true" else "true"
    return sticky((usual,) * 15 + (other,), hints, place, layout)[0]


def _bounded(built: Built, budget: Budget) -> Built:
    if built.weight > _MAX_VALUES:
        raise TooLarge(
            f"an event would have more than {_MAX_VALUES} values", limit=_MAX_VALUES
        )
    budget.write(built.size)
    return built


def _choice(options: list[tuple[Built, Layout]], place: Place, layout: Layout) -> Built:
    """One of several parts, for as long as the record lives."""
    regular = [
        index for index, (built, _) in enumerate(options) if built.constant != "null"
    ]
    writers = [built.write for built, _ in options]
    count = len(options)

    def start(state: State, draft: Draft) -> tuple[Writer, Cell]:
        index = int(state.random() * count)
        if state.restless:
            return writers[index], options[index][1].cell(state, draft.position)
        if place.many and draft.position < count:
            index = draft.position
        elif 0 < len(regular) < count and state.random() > _NULL_SHARE:
            index = regular[int(state.random() * len(regular))]
        return writers[index], options[index][1].cell(state, draft.position)

    def write(state: State, cell: Cell) -> str:
        option: tuple[Writer, Cell] = cell[slot]
        return option[0](state, option[1])

    slot = layout.slot(start)
    arrays = {built.is_array for built, _ in options}
    return Built(
        write,
        max(built.weight for built, _ in options),
        max(built.steps for built, _ in options),
        min(built.size for built, _ in options),
        is_array=arrays.pop() if len(arrays) == 1 else None,
    )


def checked(
    built: Built,
    own: Layout,
    fits: Callable[[object], bool],
    layout: Layout,
    budget: Budget,
) -> Built:
    """A part whose values are checked, and made again until one fits.

    Raises ``Impossible`` where none is found.
    """
    if built.constant is not None:
        if not fits(loads(built.constant)):
            raise Impossible("no value fits it")
        return built
    inner = built.write
    sample = _sample(inner, own, fits, budget)

    def write(state: State, cell: Cell) -> str:
        text = inner(state, cell[slot])
        state.budget.spend(_checking(text))
        if fits(loads(text)):
            return text
        for attempt in range(_EVENT_TRIES):
            cell[slot] = own.cell(state, attempt)
            text = inner(state, cell[slot])
            state.budget.spend(_checking(text))
            if fits(loads(text)):
                return text
        state.items = None
        return sample

    slot = layout.slot(lambda state, draft: own.cell(state, draft.position))
    return replace(built, write=write)


def _checking(text: str) -> int:
    """What checking a value costs, in steps."""
    return 3 + len(text) // 8


def _sample(
    write: Writer, layout: Layout, fits: Callable[[object], bool], budget: Budget
) -> str:
    state = State(random.Random(0).random, budget)
    state.now_ms = SOME_TIME
    for attempt in range(_TRIES):
        state.restless = attempt % (RENEW + 1)
        text = write(state, layout.cell(state, attempt))
        budget.spend(_checking(text))
        if fits(loads(text)):
            return text
    raise Impossible("no value was found that fits all that it asks for")
