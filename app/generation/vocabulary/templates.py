"""Finds the templates for a text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ...data import table, tables
from ...resources.inflection import singular, words
from .slots import word_list
from .structure import Topic

#: Fields that hold a line above a text.
_TITLES = frozenset({"title", "subject", "headline", "heading", "label", "topic"})
#: Words of field names that say no more than that there is a text.
_PLAIN = _TITLES | {"body", "content", "description", "message", "summary", "text"}


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic of the tables in ``app/data/topics``."""
    return tuple(_topic_of(row) for file in tables("topics") for row in file["topics"])


def text_for(
    field: str, noun: str = "", trouble: bool | None = None
) -> tuple[str, ...]:
    """Templates for the text that ``field`` of the resource ``noun`` holds.

    The slots in them are those of ``SLOTS``. With ``trouble`` they are the ones
    for when something is wrong, or only those for when nothing is, where the
    topic tells the two apart; without it, all. There is always some text, since
    a field that says nothing gets general ones.
    """
    names = words(field)
    topic = _topic(names, words(noun))
    if topic.titles and names and names[-1] in _TITLES:
        return topic.titles
    if trouble is None:
        return topic.bodies + topic.troubles
    return (trouble and topic.troubles) or topic.bodies


def is_trouble(word: str) -> bool:
    """Whether a level or state, in any case, says that something is wrong."""
    return not set(word_list("trouble")).isdisjoint(words(word))


def _topic(field: list[str], noun: list[str]) -> Topic:
    """A field's own topic, or the resource's, or one that the field speaks of.

    A ``comment`` is one wherever it stands; the ``message`` of an alert is the
    alert's; an ``alertText`` is an alert's too.
    """
    own = _by_field().get(singular("".join(field)))
    if own is not None:
        return own
    spoken = [word for word in field if word not in _PLAIN]
    for word in (*reversed(noun), *reversed(spoken)):
        topic = _by_noun().get(singular(word))
        if topic is not None:
            return topic
    return _general()


@cache
def _by_noun() -> Mapping[str, Topic]:
    return {noun: topic for topic in reversed(topics()) for noun in topic.nouns}


@cache
def _by_field() -> Mapping[str, Topic]:
    return {field: topic for topic in reversed(topics()) for field in topic.fields}


@cache
def _general() -> Topic:
    """For texts that neither the resource nor the field says anything about."""
    return _topic_of(table("vocabulary/general"))


def _topic_of(row: Mapping[str, Any]) -> Topic:
    return Topic(**{name: tuple(row.get(name, ())) for name in Topic._fields})
