"""Cuts a JSON text at its array (contract, section 4)."""

from __future__ import annotations

from json import JSONDecoder

from ..ports import Elements

_DECODER = JSONDecoder()


def cut(text: str) -> Elements:
    """The elements of a compact JSON text, each as it is written there."""
    if text[0] == "[":
        return Elements(None, _elements(text, 0))
    if text[0] == "{":
        at = 1
        while text[at] == '"':
            name, at = _DECODER.raw_decode(text, at)
            if text[at + 1] == "[":
                return Elements(name, _elements(text, at + 1))
            _, at = _DECODER.raw_decode(text, at + 1)
            at += 1
            if at >= len(text):
                break
    return Elements(None, [text.encode()])


def _elements(text: str, at: int) -> list[bytes]:
    """The elements of the array that begins at ``at``."""
    found = []
    at += 1
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end].encode())
        at = end + (text[end] == ",")
    return found
