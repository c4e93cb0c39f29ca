"""The roles of fields by their names, from the tables in ``app/data/roles``.

Units are metric where an example does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from ...data import table
from ...resources.inflection import MAX_NAME_LENGTH
from ..vocabulary import word_list
from .moments import moments
from .parts import NumberRole, Part, TextRole, phrases_at_end, role_of

__all__ = [
    "KEPT",
    "PLAIN_NUMBER",
    "NumberRole",
    "Part",
    "TextRole",
    "number_role",
    "number_roles",
    "role_at_end",
    "role_of_unit",
    "text_role",
    "thing_named",
]

#: The maker of constants of an API, which stay as they are in the example.
KEPT = "kept"

#: A number of an unknown name.
PLAIN_NUMBER = NumberRole(usual=(1, 100), spread=0.2, step=0.02)

#: What says behind a measure of which line or input it is: ``powerdc1``.
_PHASE = re.compile(r"(?:ac|dc|pv|l)\d$")
#: Shorter names of measures are parts of other words.
_LEAST_MEASURE = 4

_NUMBER_CLOCK = NumberRole(Part.CLOCK, low=0, decimals=0)
_TEXT_CLOCK = TextRole(Part.CLOCK, "time")


def number_role(name: str) -> NumberRole | None:
    """The role of a number of this name, None for an unknown name."""
    return _number_role(name[-MAX_NAME_LENGTH:])


def text_role(name: str) -> TextRole | None:
    """The role of a text of this name, None for an unknown name."""
    return _text_role(name[-MAX_NAME_LENGTH:])


@lru_cache(maxsize=2048)
def _number_role(name: str) -> NumberRole | None:
    return role_of(name, number_roles())


@lru_cache(maxsize=2048)
def _text_role(name: str) -> TextRole | None:
    return role_of(name, _texts())


def role_at_end(name: str) -> NumberRole | None:
    """The role of the words that a name ends in, apart from units and times."""
    return _role_at_end(name[-MAX_NAME_LENGTH:])


@lru_cache(maxsize=2048)
def _role_at_end(name: str) -> NumberRole | None:
    table, of_unit = number_roles(), None
    for phrase in phrases_at_end(name, _units()):
        if phrase in table:
            if phrase not in _units():
                return table[phrase]
            of_unit = of_unit or table[phrase]
    if of_unit is None and name.islower() and name.isalnum():
        return _role_in_one_word(name)
    return of_unit


def _role_in_one_word(name: str) -> NumberRole | None:
    """The role of a measure whose words are written as one: ``windspeedmph``."""
    stem = _PHASE.sub("", name)
    if stem != name and stem in _measures():
        return _measures()[stem]
    for unit in ("", *_units_in_one_word()):
        if not name.endswith(unit):
            continue
        stem = name[: len(name) - len(unit)]
        for length in _measure_lengths():
            role = _measures().get(stem[-length:])
            if role is None or length > len(stem):
                continue
            head = stem[:-length]
            if head in _heads() or (not unit and len(head) == 1) or (unit and not head):
                return role
    return None


@cache
def _measures() -> Mapping[str, NumberRole]:
    """The names of measures that other words may run into."""
    return {
        name: role
        for name, role in number_roles().items()
        if role.changes == "always" and len(name) >= _LEAST_MEASURE and name.isalpha()
    }


@cache
def _measure_lengths() -> Sequence[int]:
    """The lengths of such names, longest first."""
    return sorted({len(name) for name in _measures()}, reverse=True)


@cache
def _units_in_one_word() -> Sequence[str]:
    """The names of units, longest first."""
    return sorted(_units(), key=len, reverse=True)


@cache
def _heads() -> frozenset[str]:
    return frozenset(word_list("measured"))


def role_of_unit(unit: str) -> NumberRole | None:
    """The role of what is measured in a unit, None for an unknown one."""
    phrase = _unit_roles().get(unit)
    return None if phrase is None else number_roles()[phrase]


def thing_named(owner: str) -> str | None:
    """The maker of a ``name``, by the noun of what has it; None for an unknown noun."""
    return role_of(owner, _named_things())


@cache
def number_roles() -> Mapping[str, NumberRole]:
    """The roles of numbers, by phrase."""
    found = dict.fromkeys(moments(), _NUMBER_CLOCK)
    for row in table("roles/numbers")["roles"].values():
        found.update(dict.fromkeys(row["names"], _number(**row)))
    return found


def _number(names: object, part: str = "measure", **rest: Any) -> NumberRole:
    for pair in {"usual", "ceilings"} & rest.keys():
        rest[pair] = tuple(rest[pair])
    return NumberRole(Part(part), **rest)


@cache
def _texts() -> Mapping[str, TextRole]:
    found = dict.fromkeys(moments(), _TEXT_CLOCK)
    for row in table("roles/texts")["roles"]:
        role = TextRole(Part(row["part"]), row["make"])
        found.update(dict.fromkeys(row["names"], role))
    return found


@cache
def _named_things() -> Mapping[str, str]:
    makers = table("roles/texts")["namedThings"].items()
    return {noun: make for make, nouns in makers for noun in nouns}


@cache
def _units() -> frozenset[str]:
    return frozenset(word_list("units"))


@cache
def _unit_roles() -> Mapping[str, str]:
    phrases = table("roles/units")["units"].items()
    return {unit: phrase for phrase, units in phrases for unit in units}
