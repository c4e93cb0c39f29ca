"""Reading a configuration file, as YAML or as JSON with comments.

JSON is read as .NET's ``appsettings.json`` is: ``//`` and ``/* */`` comments are
white space. YAML is read by its core schema, so that a scalar means the same in
both forms: ``yes``, ``1:30`` and ``2025-01-06`` are text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from ..errors import SettingsError
from .place import one_line

_BEGINS_JSON = ("{", "//", "/*")
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_NOT_A_NEWLINE = re.compile(r"[^\n]")
# Names of anchors and tags in PyYAML's messages: they may be the start of a secret.
_QUOTED_NAME = re.compile(r"'[-!\w]{2,}'")
# Plain scalars, as in YAML 1.2, section 10.3.2, without octal and hexadecimal.
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"~|null|Null|NULL|"), lambda text: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)


class _Unreadable(Exception):
    """A text is not in the format; the message says where and why."""


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
    except _Unreadable as failure:
        not_json = _error(path, f"is not JSON: {failure}")
    if path.suffix.lower() == ".json":
        raise not_json
    try:
        return Document(_from_yaml(text), is_json=False)
    except _Unreadable as failure:
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
        raise _Unreadable(
            f"line {failure.lineno}, column {failure.colno}: {failure.msg}"
        ) from None
    except ValueError as failure:  # from the hooks, or a number of 4300 digits
        raise _Unreadable(str(failure)) from None
    except RecursionError:
        raise _Unreadable("it is nested too deeply") from None


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


class _Loader(yaml.BaseLoader):
    """Composes nodes only; a node without an explicit tag gets an empty one."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        """No tag: what a scalar means is decided by ``_value``."""
        return ""


def _from_yaml(text: str) -> object:
    try:
        node = yaml.compose(text, Loader=_Loader)
        return None if node is None else _value(node)
    except yaml.MarkedYAMLError as failure:
        problem = _QUOTED_NAME.sub("'...'", failure.problem or "cannot be parsed")
        raise _at(failure.problem_mark, problem) from None
    except yaml.reader.ReaderError as failure:
        line = text.count("\n", 0, failure.position) + 1
        column = failure.position - text.rfind("\n", 0, failure.position)
        raise _Unreadable(f"line {line}, column {column}: {failure.reason}") from None
    except RecursionError:
        raise _Unreadable("it is nested too deeply") from None


def _at(mark: yaml.Mark | None, problem: str) -> _Unreadable:
    if mark is None:
        return _Unreadable(problem)
    return _Unreadable(f"line {mark.line + 1}, column {mark.column + 1}: {problem}")


def _value(node: yaml.Node) -> object:
    if node.tag:
        raise _at(node.start_mark, "tags (!) have no meaning here")
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    scalar = cast(yaml.ScalarNode, node)
    if scalar.style is not None:  # quoted, or a block of text
        return scalar.value
    for pattern, convert in _PLAIN:
        if pattern.fullmatch(scalar.value):
            try:
                return convert(scalar.value)
            except ValueError:  # 4300 digits
                raise _at(scalar.start_mark, "the number is too long") from None
    return scalar.value


def _mapping(node: yaml.MappingNode) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _at(key.start_mark, "a key must be text")
        if key.value in found:
            raise _at(key.start_mark, f"the key {key.value} is given twice")
        found[key.value] = _value(value)
    return found
