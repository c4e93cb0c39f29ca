"""What the members of one object know of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from ...resources.caching import cache_short_names
from ...resources.inflection import words
from ...schema.document import Schema
from ...schema.jsontext import loads
from ...words import Json
from ..fields.parts import Part
from ..fields.places import Place
from ..fields.roles import text_role
from ..values.markets import Market, market_of
from ..values.relations import (
    Kind,
    Member,
    Relation,
    inputs_of,
    is_sum,
    phrase_of,
    relation_of,
    sum_of,
    sum_over,
)
from ..vocabulary import is_trouble
from .build import Built

_NUMBERS = ("number", "integer")
#: What finding the place of one member in the order costs, in steps.
_VISIT_STEPS = 20
#: Decimals of what is to be paid for all together.
_CENTS = 2
#: Maximum number of members of one kind that another may follow from.
_MAX_ALIKE = 20
#: Maximum number of members that are looked at for what one follows from.
_MAX_MEMBERS = 400
#: How the phases of a current are called.
_PHASES = frozenset("a b c l1 l2 l3".split())
_SCALARS = (*_NUMBERS, "string", "boolean", "null")
#: Members that say whether something is wrong, the first that is there counts.
_VERDICTS = "level severity status state result outcome priority type".split()


class Neighbours:
    """The members of an object: their examples, and what is compiled of them."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        """``schemas`` are those of all members, by name."""
        self.examples = {name: _example(schema) for name, schema in schemas.items()}
        self._schemas = schemas
        self._phrases: dict[str, dict[str, list[str]]] = {}
        for name in schemas:
            if self._is_number(name):
                phase, rest = _phase_of(name)
                phrases = self._phrases.setdefault(phase, {})
                alike = phrases.setdefault(phrase_of(rest), [])
                alike += [name] if len(alike) < _MAX_ALIKE else []
        others = (name for name in schemas if self._kind(name) is None)
        self._arrays = [*islice(others, _MAX_ALIKE)]
        verdicts: dict[str, list[str]] = {}
        for name in schemas:
            verdicts.setdefault("".join(words(name)[-1:]), []).append(name)
        self._verdicts = [
            name for last in _VERDICTS for name in verdicts.get(last, ())[:_MAX_ALIKE]
        ]
        self._market = self._find_market()

    def order(self, spend: Callable[[int], None]) -> list[str]:
        """The members in an order in which each finds what it may follow from.

        ``spend`` notes the steps that it takes.
        """
        ordered: dict[str, None] = {}

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name not in ordered and name not in above:
                spend(_VISIT_STEPS)
                for other in self._inputs(name):
                    visit(other, (*above, name))
                ordered[name] = None

        for name in self.examples:
            if not self._is_content(name):
                visit(name, ())
        return [*ordered, *(name for name in self.examples if name not in ordered)]

    def place(self, name: str, place: Place, found: Mapping[str, Built]) -> Place:
        """``place`` with what the member follows from, of those that are ``found``."""
        if any(True for _ in self._inputs(name)):
            place = replace(place, relation=self._relation(name, found))
        if self._is_content(name):
            verdict = self._verdict(found)
            if verdict is not None and verdict.word is not None:
                word = verdict.word
                place = replace(place, trouble=lambda cell: _is_trouble(word(cell)))
        return replace(place, market=self._market)

    def ruled_by(self, name: str) -> frozenset[str]:
        """The numbers that a rule may compute a member from, where examples agree."""
        if not self._is_number(name):
            return frozenset()
        inputs = frozenset(self._inputs_of(name))
        members = {
            _phase_of(other)[1]: Member(_number(self.examples[other]), lambda cell: 0.0)
            for other in inputs
        }
        rest = _phase_of(name)[1]
        members[rest] = Member(_number(self.examples[name]), None)
        found = relation_of(rest, members)
        is_rule = found is not None and found.kind is Kind.EQUAL
        return inputs if is_rule else frozenset()

    def _inputs(self, name: str) -> Iterator[str]:
        """The members that one of this name may follow from."""
        if self._is_number(name):
            yield from self._inputs_of(name)
            if is_sum(name):
                yield from self._arrays

    def _inputs_of(self, name: str) -> Iterator[str]:
        """The numbers that another one may follow from, of its own phase."""
        phase, rest = _phase_of(name)
        others = inputs_of(rest, self._phrases.get(phase, {}))
        return (other for other in others if other != name)

    def _kind(self, name: str) -> str | None:
        """The type of a scalar member."""
        schema = self._schemas[name]
        kind = schema.get("type") if isinstance(schema, dict) else None
        return kind if kind in _SCALARS else None

    def _is_number(self, name: str) -> bool:
        kind = self._kind(name)
        is_text = kind == "string" and _number(self.examples[name]) is not None
        return is_text or kind in _NUMBERS

    def _is_content(self, name: str) -> bool:
        role = text_role(name)
        is_text = self._kind(name) == "string" and not self._is_number(name)
        return is_text and role is not None and role.part is Part.CONTENT

    def _relation(self, name: str, found: Mapping[str, Built]) -> Relation | None:
        phase, rest = _phase_of(name)
        members = {
            _phase_of(other)[1]: Member(_number(self.examples.get(other)), built.number)
            for other, built in islice(found.items(), _MAX_MEMBERS)
            if _phase_of(other)[0] == phase
        }
        if is_sum(name):
            for other, built in found.items():
                if built.cells is not None and self._adds_up(name, other):
                    value = sum_over(built.members, built.cells)
                    if value is not None:
                        return Relation(Kind.EQUAL, value, decimals=_CENTS)
        members[rest] = Member(_number(self.examples[name]), None)
        return relation_of(rest, members)

    def _adds_up(self, name: str, array: str) -> bool:
        """Whether the examples agree that one is the sum of the other."""
        total, elements = _number(self.examples[name]), self.examples[array]
        if not total or not isinstance(elements, list):
            return True
        if not all(isinstance(element, dict) for element in elements):
            return False
        found = sum_of(elements)
        return found is not None and abs(found - total) <= max(abs(total), 1) * 0.01

    def _verdict(self, found: Mapping[str, Built]) -> Built | None:
        built = (found[name] for name in self._verdicts if name in found)
        return next((each for each in built if each.word is not None), None)

    def _find_market(self) -> Market | None:
        for name, example in self.examples.items():
            role = text_role(name)
            if role is not None and role.make == "ticker":
                if example is None or isinstance(example, str):
                    market = market_of(example or None)
                    if market is not None:
                        return market
        return None


@cache_short_names(maxsize=1024)
def _phase_of(name: str) -> tuple[str, str]:
    """The phase of a current that a name begins with, and the rest of the name."""
    phase, mark, rest = name.partition("_")
    return (phase, rest) if mark and phase.lower() in _PHASES else ("", name)


def _example(schema: Schema) -> Json:
    if not isinstance(schema, dict):
        return None
    examples = schema.get("examples")
    return examples[0] if isinstance(examples, list) and examples else None


def _number(example: Json) -> float | None:
    """The number that an example is, also where it is one in a text."""
    if isinstance(example, bool):
        return None
    if isinstance(example, str):
        try:
            return float(example.rstrip("%")) if "." in example else None
        except ValueError:
            return None
    return float(example) if isinstance(example, (int, float)) else None


@cache_short_names(maxsize=1024)
def _is_trouble(word: str) -> bool:
    """Whether a word, as JSON text, says that something is wrong."""
    value = loads(word)
    return isinstance(value, str) and is_trouble(value)
