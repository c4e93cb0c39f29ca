"""The text of a description: JSON or YAML, within limits."""

from __future__ import annotations

import orjson

from ..schema.validation import nesting
from ..words import Json
from ..yaml_text import Unreadable, from_yaml

#: Deeper documents are refused: they are read recursively.
MAX_NESTING = 200


class BadDescription(Exception):
    """A text is no description that can be used.

    ``pointer`` is the place in the document, as a JSON Pointer behind the file's name
    where it is another file.
    """

    def __init__(self, reason: str, pointer: str = "") -> None:
        """``reason`` is a clause that says what is wrong."""
        super().__init__(f"{pointer or 'the document'}: {reason}")
        self.reason = reason
        self.pointer = pointer


def read_text(text: bytes, most: int, pointer: str = "") -> Json:
    """The value of a document of at most ``most`` bytes.

    ``pointer`` is the name of the file, where it is not the description itself.
    Raises ``BadDescription``.
    """
    if len(text) > most:
        raise BadDescription(
            f"it has {len(text)} bytes; accepted: up to {most} (MaxSpecBytes)", pointer
        )
    value = _value(text, pointer)
    if nesting(value) > MAX_NESTING:
        raise BadDescription(
            f"it is nested more than {MAX_NESTING} levels deep", pointer
        )
    return value


def _value(text: bytes, pointer: str) -> Json:
    text = text.removeprefix(b"\xef\xbb\xbf")
    is_json = text.lstrip()[:1] in (b"{", b"[")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = f"line {error.lineno}, column {error.colno}: {error.msg}"
    try:
        return from_yaml(text.decode(), fast=True)
    except UnicodeDecodeError as error:
        raise BadDescription(f"it is no UTF-8 at byte {error.start}", pointer) from None
    except Unreadable as error:
        if is_json:
            raise BadDescription(f"it is no JSON: {reason}", pointer) from None
        raise BadDescription(f"it is no YAML: {error}", pointer) from None
