"""Finds the noun that a word of a path means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..data import tables
from .inflection import singular, words
from .noun import IdStyle, Noun, entity_key
from .things import rows


@cache
def nouns() -> tuple[Noun, ...]:
    """Every noun of the tables in ``app/data/nouns``."""
    return tuple(
        _noun(name, row)
        for domain in tables("nouns")
        for name, row in domain["nouns"].items()
    )


#: The longest name of a noun, in words.
_MAX_WORDS = 4


def noun_of(segment: str) -> Noun | None:
    """The noun that a whole segment names, in any case, number and spelling."""
    return _find(words(segment))


def noun_within(segment: str) -> Noun | None:
    """The noun that a compound ends in, or at least has.

    ``orderItems`` are order items, ``vip-customers`` are customers and
    ``sensor-data`` is about sensors.
    """
    parts = words(segment)
    tails = [parts[start:] for start in range(-min(len(parts), _MAX_WORDS), 0)]
    singles = [[part] for part in reversed(parts)]
    for candidate in (*tails, *singles):
        noun = _find(candidate)
        if noun is not None:
            return noun
    return None


def _find(parts: list[str]) -> Noun | None:
    if not parts:
        return None
    *first, last = parts
    for form in (last, singular(last), last.removesuffix("s")):
        noun = _index().get("-".join([*first, form]))
        if noun is not None:
            return noun
    return None


@cache
def _index() -> dict[str, Noun]:
    """Every noun by its name, in singular and plural, and its aliases."""
    return {
        name: noun
        for noun in nouns()
        for name in (noun.name, _singular_of(noun.name), *noun.aliases)
    }


def _singular_of(name: str) -> str:
    *first, last = name.split("-")
    return "-".join([*first, singular(last)])


def _noun(name: str, row: Mapping[str, Any]) -> Noun:
    return Noun(
        name,
        row["example"],
        aliases=tuple(row.get("aliases", ())),
        id_field=row.get("idField", "id"),
        reference=row.get("reference", ""),
        topic=row.get("topic", ""),
        fresh=row.get("fresh", False),
        ids=IdStyle(row.get("ids", "plain")),
        known=dict(_known(**row["known"])) if "known" in row else {},
        from_id=row.get("fromId", {}),
        follows=tuple(row.get("follows", ())),
    )


def _known(
    table: str, members: Mapping[str, str], keys: tuple[str, ...] = ("{key}",)
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The members of well-known entities, from a table of things."""
    for key, thing in rows(table).items():
        known = {
            member: key if column == "key" else thing[column]
            for member, column in members.items()
        }
        for form in keys:
            yield entity_key(form.format(key=key)), known
