"""Reading a configuration file, as YAML or as JSON with comments.

JSON is read as .NET's ``appsettings.json`` is: ``//`` and ``/* */`` comments are
white space. YAML is read by its core schema, so that a scalar means the same in
both forms: ``yes``, ``1:30`` and ``2025-01-06`` are text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import SettingsError
from ..yaml_text import Unreadable, from_yaml
from .place import one_line

_BEGINS_JSON = ("{", "//", "/*")
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_NOT_A_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a file: its root value, and whether it was written as JSON."""

    root: object
    is_json: bool


def read_document(path: Path) -> Document:
    """Read ``path`` as JSON or YAML.

    JSON is tried first, whatever the file's name, because JSON with comments may
    happen to be YAML with another meaning. A ``.json`` file must be JSON; any
    other may be YAML. Raises ``SettingsError`` with line and column.
    """
    text = _read_text(path)
    try:
        return Document(_from_json(text), is_json=True)
    except Unreadable as failure:
        not_json = _error(path, f"is not JSON: {failure}")
    if path.suffix.lower() == ".json":
        raise not_json
    try:
        return Document(from_yaml(text), is_json=False)
    except Unreadable as failure:
        if text.lstrip().startswith(_BEGINS_JSON):
            raise not_json from None
        raise _error(path, f"is not YAML: {failure}") from None


def _error(path: Path, problem: str) -> SettingsError:
    return SettingsError(one_line(f"{path}: {problem}"))


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _error(path, "there is no such file") from None
    except OSError as failure:
        raise _error(path, f"cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError as failure:
        raise _error(path, f"is not UTF-8 at byte {failure.start}") from None


def _from_json(text: str) -> object:
    bare = _STRING_OR_COMMENT.sub(_without_comment, text)
    if not bare.strip():
        return None
    try:
        return json.loads(
            bare, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except json.JSONDecodeError as failure:
        raise Unreadable(
            f"line {failure.lineno}, column {failure.colno}: {failure.msg}"
        ) from None
    except ValueError as failure:  # from the hooks, or a number of 4300 digits
        raise Unreadable(str(failure)) from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _without_comment(match: re.Match[str]) -> str:
    token = match.group()
    return token if token.startswith('"') else _NOT_A_NEWLINE.sub(" ", token)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} is given twice")
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")
