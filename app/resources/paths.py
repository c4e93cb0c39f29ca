"""Reads a path as resources with ids, one inside the other."""

from __future__ import annotations

import re
from typing import NamedTuple

from .catalogue import noun_of, noun_within
from .inflection import is_plural, words
from .noun import IdStyle, Noun

#: In front of the first resource these say nothing about it.
_PREFIX = re.compile(
    r"api|rest|odata|mock|streams?|live|public|private|internal|v\d+([._]\d+)*"
    r"|\d{4}-\d{2}(-\d{2})?",
    re.IGNORECASE,
)
#: A version of the API, unless it may be the id of something that begins with a v.
_VERSION = re.compile(r"v\d+([._]\d+)*")
#: Behind a resource these say which view of it is wanted, not which resource.
_VIEWS = frozenset("""
    all current daily data details feed history hourly info latest list live me
    market markets new now overview price prices profile query quote quotes recent
    search self state stats status stream summary tail ticker today top updates
    watch
    """.split())
#: An id by its look: it has a digit, is in capitals, or is an address.
_ID = re.compile(r".*[\d@].*|[A-Z]{2,}(?:[-._:=/][A-Z]+)*", re.DOTALL)
_CODE = re.compile(r"[A-Z0-9]{1,10}([-._:=][A-Z0-9]{1,10})?")
#: ``sensor-12`` as the first segment is both, noun and id.
_NOUN_AND_NUMBER = re.compile(r"([A-Za-z]+)[-_]?\d+")


class Step(NamedTuple):
    """One resource of a path; ``noun`` is None where no table has the word.

    ``looks`` is True when the id is one by its look, and False when only its
    place makes it one.
    """

    word: str
    noun: Noun | None = None
    id: str | None = None
    looks: bool = False


def read(path: str) -> list[Step]:
    """The resources that ``path`` names, outermost first: at least one."""
    steps: list[Step] = []
    for segment in path.split("/"):
        segment = segment.strip().removesuffix(".json")
        if segment:
            _take(steps, segment)
    return steps or [Step("items")]


def _take(steps: list[Step], segment: str) -> None:
    """Add a segment to what is read so far."""
    if not steps:
        if not _PREFIX.fullmatch(segment):
            steps.append(_first(segment))
        return
    last = steps[-1]
    if _VERSION.fullmatch(segment) and not last.word.lower().startswith("v"):
        return
    known = noun_of(segment)
    if _is_code_of(last, segment):
        steps[-1] = last._replace(id=segment, looks=True)
    elif segment.lower() in _VIEWS or (known is not None and known is last.noun):
        return
    elif known is not None:
        steps.append(Step(segment, known))
    elif _ID.fullmatch(segment):
        steps[-1] = last._replace(id=segment, looks=True)
    elif _names_a_resource(last, segment):
        steps.append(Step(segment, noun_within(segment)))
    else:
        steps[-1] = last._replace(id=segment, looks=False)


def _first(segment: str) -> Step:
    noun = noun_of(segment)
    numbered = _NOUN_AND_NUMBER.fullmatch(segment)
    if noun is None and numbered and (noun := noun_of(numbered[1])) is not None:
        return Step(numbered[1], noun, id=segment, looks=True)
    if noun is None and segment.isdecimal():
        return Step("items", id=segment, looks=True)
    return Step(segment, noun or noun_within(segment))


def _is_code_of(last: Step, segment: str) -> bool:
    """Whether this is a ticker, which may look like a noun: ``stocks/POST``."""
    return (
        last.noun is not None
        and last.noun.ids is IdStyle.CODE
        and last.id is None
        and _CODE.fullmatch(segment) is not None
    )


def _names_a_resource(last: Step, segment: str) -> bool:
    """Whether a word that no table has is a resource, and not an id.

    Behind a resource it is an id (``users/ada``), unless it ends in a known
    plural (``users/userOrders``); behind an id it is a resource, unless the id
    is one only by its place and this is no plural (``repos/ada/engine``).
    """
    parts = words(segment)
    plural = bool(parts) and is_plural(parts[-1])
    if last.id is not None:
        return last.looks or plural
    if last.noun is not None or is_plural(last.word.lower()):
        return plural and noun_within(segment) is not None
    return True
