"""Finds the family of a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ...data import tables
from ...resources.inflection import singular, words
from ...resources.things import rows
from .event_types import happenings_of
from .structure import Family
from .style import style_of


@cache
def families() -> tuple[Family, ...]:
    """Every family of the tables in ``app/data/families``, in their order."""
    return tuple(
        _family(row) for table in tables("families") for row in table["families"]
    )


def family_of(word: str, field: str = "", noun: str = "") -> tuple[str, ...] | None:
    """The words that may stand where ``word`` stands, written in its style.

    ``INFO`` gives ``DEBUG``, ``INFO``, ``WARNING``, ...; ``in_progress`` gives
    ``pending``, ``in_progress``, ... Where several families have the word, the
    name of the ``field`` and the ``noun`` of the resource decide. None when no
    family has it.
    """
    found = _weighted(word, field, noun)
    return None if found is None else tuple(found)


def choices_of(word: str, field: str = "", noun: str = "") -> tuple[str, ...] | None:
    """As ``family_of``, each word as often as it is common: pick one evenly."""
    found = _weighted(word, field, noun)
    return None if found is None else _repeated(found)


def choices_for(field: str, noun: str = "") -> tuple[str, ...] | None:
    """Words that a field of this name may hold, when there is no example.

    As in ``choices_of``; parts are joined by "_". None when the name suggests no
    family.
    """
    last = words(field)[-1:]
    fitting = [family for family in families() if last and last[0] in family.fields]
    if not fitting:
        return None
    family = _best(fitting, field, noun)
    choices = _repeated(family.words)
    if family.verbatim:
        return choices
    return tuple(word.replace("-", "_") for word in choices)


def _weighted(word: str, field: str, noun: str) -> Mapping[str, int] | None:
    exact = _index().get(word, ())
    loose = _index().get("\0" + "-".join(words(word)), ())
    if not exact and not loose:
        return happenings_of(word)
    found = _written(_best((*exact, *loose), field, noun), word)
    # What has more than the style of a word, such as ":Running", is none.
    return found if word in found else None


def _best(families: Iterable[Family], field: str, noun: str) -> Family:
    """The family for which the most words speak, or else the first."""
    field_words = words(field)
    hints = {singular(word) for word in (*field_words, *words(noun))}

    def votes(family: Family) -> int:
        by_noun = 2 * len(hints.intersection(family.nouns))
        return by_noun + any(word in family.fields for word in field_words[-1:])

    return max(families, key=votes)


def _written(family: Family, example: str) -> Mapping[str, int]:
    if family.verbatim:
        return family.words
    style = style_of(example)
    return {
        style.write(word.split("-")): weight for word, weight in family.words.items()
    }


def _repeated(weights: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(word for word, weight in weights.items() for _ in range(weight))


def _family(row: Mapping[str, Any]) -> Family:
    fields, nouns = tuple(row.get("fields", ())), tuple(row.get("nouns", ()))
    if "things" in row:
        return Family(dict.fromkeys(_things(**row["things"]), 1), fields, nouns, True)
    weights = row["words"]
    if isinstance(weights, list):
        weights = dict.fromkeys(weights, 1)
    return Family(weights, fields, nouns, row.get("verbatim", False))


def _things(
    table: str, form: str = "{key}", where: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The things of a table, all or those ``where`` it says so, in a form."""
    for key, thing in rows(table).items():
        if where is None or where.items() <= thing.items():
            yield form.format(key=key, **thing)


@cache
def _index() -> Mapping[str, list[Family]]:
    """Families by each of their words; those in any style behind a NUL."""
    index: dict[str, list[Family]] = defaultdict(list)
    for family in families():
        for word in family.words:
            key = word if family.verbatim else "\0" + "-".join(words(word))
            index[key].append(family)
    return dict(index)
