"""What a text is, by what an example of it looks like. Pure.

The first line of a table whose pattern an example matches gives the words for
a prompt and the keywords that narrow the schema which constrains an answer. A
small model needs the narrow schema: it copies names into values, and may not
find the end of a text that is allowed to have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...words import Json

#: Maximum length of a text that a model is asked for where an example says how long,
#: and of what is read of the example, in characters.
MAX_TEXT_LENGTH = 120

#: The runs that the form of an example is made of.
_RUN = re.compile(r"[a-z]+|[A-Z]+|[0-9]+|[^a-zA-Z0-9]")


class Look(NamedTuple):
    """A text's ``words`` for a prompt, and its ``keywords`` for a schema."""

    words: str
    keywords: Mapping[str, Json]


def look_of(examples: Sequence[Json]) -> Look:
    """The look of the first text among ``examples``; without one, any text's.

    A text longer than ``MAX_TEXT_LENGTH`` looks like its start.
    """
    text = next((each for each in examples if isinstance(each, str)), "")
    start = text.strip()[:MAX_TEXT_LENGTH]
    words, keywords = next(
        (words, keywords)
        for pattern, words, keywords in _LOOKS
        if pattern.fullmatch(start)
    )
    return Look(words, keywords(start))


def _at_most(length: int) -> Callable[[str], Mapping[str, Json]]:
    return lambda text: {"maxLength": max(length, len(text))}


def _matching(pattern: str) -> Callable[[str], Mapping[str, Json]]:
    return lambda text: {"pattern": f"^{pattern}$"}


def _same_form(text: str) -> Mapping[str, Json]:
    """Letters where ``text`` has letters, digits where it has digits."""
    runs = _RUN.findall(text)
    return {"pattern": "^" + "".join(map(_like, runs)) + "$"}


def _like(run: str) -> str:
    """A pattern for runs like this one, some shorter and some longer."""
    length = len(run)
    if run.isdigit():
        return f"[0-9]{{{length}}}" if length > 2 else f"[0-9]{{1,{length + 1}}}"
    if run.isupper():
        return f"[A-Z]{{{max(1, length - 2)},{length + 1}}}"
    if run.islower():
        return f"[a-z]{{{min(length, 2)},{length + (6 if length > 1 else 1)}}}"
    return f"[{run}]"


_LOOKS = [
    (re.compile(pattern, re.DOTALL), words, keywords)
    for pattern, words, keywords in (
        (r"(?i:|string|text|str|value|lorem ipsum.*)", "text", _at_most(80)),
        (
            r"(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})",
            "UUID",
            _matching(
                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
            ),
        ),
        (
            r"[^@\s]+@[^@\s]+\.[^@\s]+",
            "email address",
            _matching("[a-z]{2,12}([.][a-z]{2,12})?@[a-z]{3,14}[.][a-z]{2,3}"),
        ),
        (
            r"[A-Za-z][A-Za-z0-9+.-]*://\S+",
            "URL",
            _matching("https://[a-z]{3,14}[.][a-z]{2,3}/[a-z0-9/-]{1,30}"),
        ),
        (r"\d{1,3}(\.\d{1,3}){3}", "IPv4 address", _same_form),
        (r"\d+(\.\d+){2,}", "version number", _same_form),
        (r"[+-]?[\d.,]+", "number written as text", _same_form),
        (r"[+(\d][\d ()./+-]+", "digits with separators", _same_form),
        (r"[A-Z][A-Z0-9.]{0,5}", "short code in capital letters", _same_form),
        (r"[a-z]+", "one word in lower case", _same_form),
        (r"[A-Z][a-z]+", "one capitalised word", _at_most(24)),
        (r"[A-Za-z0-9_.:/#-]{1,40}", "identifier of the same form", _same_form),
        (r"\S+(\s+\S+){0,3}", "a few words", _at_most(40)),
        (r".*", "a sentence", _at_most(MAX_TEXT_LENGTH)),
    )
]
