"""What the tables of words are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Family(NamedTuple):
    """Words that stand for one another, by weight: how common each is.

    Words get written in the style of the example at hand; their parts are joined
    by "-" here. Those of a verbatim family stay as they are.

    ``fields`` are last words of field names (``level`` for ``logLevel``) that
    suggest the family. ``nouns`` are words of the field or the resource that
    speak for it where several families share a word.
    """

    words: Mapping[str, int]
    fields: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    verbatim: bool = False


class Topic(NamedTuple):
    """Templates for the texts of some resources.

    ``nouns`` are the singulars of resources, and ``fields`` names of fields,
    that have such texts. ``titles`` are for a line above a text; where there
    are none, the ``bodies`` serve. ``troubles`` are bodies for when something
    is wrong. The slots in braces are those of ``slots.SLOTS``.
    """

    nouns: tuple[str, ...]
    fields: tuple[str, ...]
    bodies: tuple[str, ...]
    titles: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
