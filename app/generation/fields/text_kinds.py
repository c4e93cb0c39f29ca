"""What kind of text a field holds, by its name, its format and its examples."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...resources.inflection import singular, words
from ..values.formats import FORMATS, ROLES, TIMES
from ..vocabulary import choices_for, choices_of, word_list
from .parts import Part, TextRole
from .places import Place
from .roles import KEPT, text_role, thing_named

#: A word of which nothing is known.
WORD = TextRole(Part.CATEGORY, "word")
#: A text that is only known by its example.
LABEL = TextRole(Part.IDENTITY, "label")

_SENTENCES = TextRole(Part.CONTENT, "sentence")
_SENTENCE = re.compile(r".*[.!?…]|(?:\S+\s+){3,}\S+", re.DOTALL)
#: A text of a few words in lower case is no sentence, under names like these.
_SHORT = re.compile(r"[a-z]+( [a-z]+){0,2}")
#: Nor is one of up to three words, in an object that only stands for another.
_UP_TO_THREE_WORDS = re.compile(r"[\w&'-]+( [\w&'-]+){0,2}")
_PLAIN_NAMES = frozenset("description summary detail details label".split())
#: Members beside which a ``code`` is one of a fixed system.
_CODED = frozenset({"system", "display"})
#: Members beside which a ``state`` is a part of a country.
_ADDRESS = frozenset({"city", "zip", "country", "postalCode", "postal_code", "street"})
#: Makers of titles of things that are not texts.
_TITLED = frozenset({"product", "work", "file"})
#: What a text of an unknown name is, by its look.
_LOOKS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "email"),
    (re.compile(r"https?://\S+"), "url"),
    (re.compile(r"\d{1,3}(\.\d{1,3}){3}"), "ipv4"),
    (re.compile(r"\+\d[\d ()-]{7,16}"), "phone"),
)
#: Other makers for examples of another form.
_FORMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("country", re.compile("[A-Z]{2}"), "country_code"),
    ("state", re.compile("[A-Z]{2}"), "state_code"),
    ("full_name", re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*"), "username"),
    ("timezone", re.compile(r".*[^\w/+-].*"), KEPT),
    ("username", re.compile(r"[A-Z][\w'.-]+ [A-Z].*"), "full_name"),
)


class TextKind(NamedTuple):
    """The role of a text, and whether the field's name gave it."""

    role: TextRole
    is_named: bool


def text_kind(
    place: Place, examples: tuple[str, ...], formats: tuple[str, ...]
) -> TextKind:
    """The kind of the text at a place."""
    named = _by_name(place, examples[0] if examples else None)
    by_format = _by_format(formats, named)
    if by_format is not None:
        return TextKind(by_format, named is not None)
    return TextKind(named or _by_example(examples), named is not None)


def word_choices(
    place: Place, kind: TextKind, examples: tuple[str, ...]
) -> tuple[str, ...]:
    """The words of a category, a common one more often; none for other texts."""
    name, owner = place.name, place.owner
    is_short = bool(examples) and examples[0].islower() and " " in examples[0]
    if kind.is_named and kind.role.part is not Part.CATEGORY and not is_short:
        return ()
    if not examples:
        found = choices_for(name, owner)
        return found or (word_list("nouns") if kind.role is WORD else ())
    if words(name) == ["type"] and _is_noun_of(examples[0], owner):
        return ()
    found = choices_of(examples[0], name, owner)
    if found is None and len(set(examples)) > 1 and kind.role is not LABEL:
        return examples
    return found or ()


def _by_name(place: Place, example: str | None) -> TextRole | None:
    """The role that the name gives, as far as the example agrees with it."""
    name, siblings = place.name, place.siblings
    role = text_role(name)
    if words(name) == ["code"] and _CODED & siblings.keys():
        return TextRole(Part.TRAIT, KEPT)
    if words(name) == ["state"] and _ADDRESS & siblings.keys():
        role = TextRole(Part.IDENTITY, "state")
    if role is None:
        return None
    if role.make == "name":
        return _name(place, example, role.part)
    owned = thing_named(place.owner)
    if role.make == "title" and owned in _TITLED:
        return TextRole(Part.IDENTITY, owned)
    if example is None:
        return role
    if role.make in ("sentence", "title") and words(name)[-1] in _PLAIN_NAMES:
        is_label = _SHORT.fullmatch(example) or (
            place.is_inside and _UP_TO_THREE_WORDS.fullmatch(example)
        )
        if is_label:
            return TextRole(Part.TRAIT, LABEL.make)
    for make, pattern, other in _FORMS:
        if role.make == make and pattern.fullmatch(example):
            return TextRole(role.part, other)
    if role.make == "place" and example.title() in word_list("rooms"):
        return TextRole(role.part, "room")
    return role


def _name(place: Place, example: str | None, part: Part) -> TextRole | None:
    """A ``name`` is that of what has it; that of a status is a status."""
    make = thing_named(place.owner)
    if make is None and example is not None:
        if choices_of(example, place.owner) is not None:
            return None
    return TextRole(part, make or "name")


def _by_format(formats: tuple[str, ...], named: TextRole | None) -> TextRole | None:
    for name in formats:
        make = ROLES.get(name)
        if make is not None:
            return TextRole(named.part if named else Part.IDENTITY, make)
        if name in FORMATS and name not in TIMES:
            return _SENTENCES
    return None


def _by_example(examples: tuple[str, ...]) -> TextRole:
    """The role of a text whose name says nothing."""
    if not examples:
        return WORD
    for pattern, make in _LOOKS:
        if pattern.fullmatch(examples[0]):
            return TextRole(Part.IDENTITY, make)
    return _SENTENCES if _SENTENCE.fullmatch(examples[0]) else LABEL


def _is_noun_of(example: str, owner: str) -> bool:
    """Whether an example is the noun of its record: a ``Feature``."""
    return words(example) == [singular(word) for word in words(owner)]
