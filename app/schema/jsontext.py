"""JSON values as compact text, and back."""

from __future__ import annotations

import json
from typing import Any

import orjson

from ..words import Json

#: The longest value that an error repeats, in characters.
MAX_EXCERPT_LENGTH = 120


def dumps(value: Json) -> str:
    """``value`` as compact JSON.

    What orjson has no form for, integers of more than 64 bits and lone
    surrogates, is written with the standard library, surrogates as escapes.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)


def excerpt(value: Json) -> Json:
    """``value`` as an error repeats it: a long one as the beginning of its text."""
    try:
        text = value if isinstance(value, str) else dumps(value)
    except RecursionError:
        return "..."
    if len(text) <= MAX_EXCERPT_LENGTH:
        return value
    return text[:MAX_EXCERPT_LENGTH] + "..."


def loads(text: str | bytes) -> Any:
    """The value of a JSON text; numbers of any size are read."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)
