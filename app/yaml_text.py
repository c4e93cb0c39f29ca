"""YAML by its core schema, as JSON values.

A scalar means the same as in JSON: ``yes``, ``1:30`` and ``2025-01-06`` are text. An
alias stands for the very value that its anchor names, so that a few lines cannot
become gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

#: More values than these are refused, those counted again that aliases repeat.
MAX_VALUES = 5_000_000
#: Deeper texts are refused.
MAX_NESTING = 500

# Names of anchors and tags in PyYAML's messages: they may be the start of a secret.
_QUOTED_NAME = re.compile(r"'[-!\w]{2,}'")
# Plain scalars, as in YAML 1.2, section 10.3.2, without octal and hexadecimal.
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"~|null|Null|NULL|"), lambda text: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)
#: The key whose mapping is merged into the one that has it.
_MERGE = "<<"


class Unreadable(Exception):
    """A text is not in the format; the message says where and why."""


#: Reads events with libyaml, where PyYAML was built with it: ten times as fast.
_FAST_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def from_yaml(text: str, *, fast: bool = False) -> object:
    """The value of a YAML text. Raises ``Unreadable`` with line and column.

    With ``fast`` it is read by libyaml, whose errors say less, and the key ``<<``
    merges mappings.
    """
    values = _Values(merges=fast)
    try:
        for event in yaml.parse(text, Loader=_FAST_LOADER if fast else yaml.BaseLoader):
            values.take(event)
    except yaml.MarkedYAMLError as failure:
        problem = _QUOTED_NAME.sub("'...'", failure.problem or "cannot be parsed")
        raise _at(failure.problem_mark, problem) from None
    except yaml.reader.ReaderError as failure:
        line = text.count("\n", 0, failure.position) + 1
        column = failure.position - text.rfind("\n", 0, failure.position)
        raise Unreadable(f"line {line}, column {column}: {failure.reason}") from None
    return values.root


def _at(mark: Any, problem: str) -> Unreadable:
    if mark is None:
        return Unreadable(problem)
    return Unreadable(f"line {mark.line + 1}, column {mark.column + 1}: {problem}")


@dataclass(slots=True)
class _Open:
    """A collection that is being read: a list, or a mapping and its next key.

    ``merged`` are the mappings that are merged into it, and ``before`` the number of
    values that were read before it.
    """

    event: yaml.CollectionStartEvent
    value: list[Any] | dict[str, Any]
    before: int
    key: str | None = None
    merges: bool = False
    merged: list[Any] = field(default_factory=list)


class _Values:
    """Makes values of events; an alias shares the value of its anchor."""

    def __init__(self, *, merges: bool) -> None:
        self.root: Any = None
        self._merges = merges
        self._stack: list[_Open] = []
        #: By anchor: its value, and how many values are in it.
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Read the next event. Raises ``Unreadable``."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _at(event.start_mark, "but found another document")

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        _refuse_tag(event)
        if self._is_at_key():
            raise _at(event.start_mark, "a key must be text")
        if len(self._stack) >= MAX_NESTING:
            raise _at(event.start_mark, "it is nested too deeply")
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._stack.append(_Open(event, [] if is_list else {}, self._count))
        self._add(1, event)

    def _end(self) -> None:
        done = self._stack.pop()
        value: Any = done.value
        for other in done.merged:
            if not isinstance(other, dict):
                raise _at(done.event.start_mark, f"{_MERGE} merges mappings only")
            value = {**other, **value}
        if done.event.anchor is not None:
            self._anchors[done.event.anchor] = value, self._count - done.before
        self._put(value)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        _refuse_tag(event)
        self._add(1, event)
        if self._is_at_key():
            self._open_key(event)
            return
        value = _scalar(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value, 1
        self._put(value)

    def _open_key(self, event: yaml.ScalarEvent) -> None:
        top = self._stack[-1]
        top.merges = self._merges and event.value == _MERGE and not event.style
        if event.value in top.value:
            raise _at(event.start_mark, f"the key {event.value} is given twice")
        top.key = event.value

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._is_at_key():
            raise _at(event.start_mark, "a key must be text")
        if event.anchor in self._anchors:
            value, count = self._anchors[event.anchor]
            self._add(count, event)
            self._put(value)
            return
        if any(each.event.anchor == event.anchor for each in self._stack):
            raise _at(event.start_mark, "an anchor contains its own alias")
        raise _at(event.start_mark, "found undefined alias")

    def _is_at_key(self) -> bool:
        """Whether a mapping's key comes next."""
        top = self._stack[-1] if self._stack else None
        return top is not None and isinstance(top.value, dict) and top.key is None

    def _put(self, value: Any) -> None:
        """Put a value where it stands."""
        if not self._stack:
            self.root = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.merges:
            top.merged += value if isinstance(value, list) else [value]
        else:
            assert top.key is not None
            top.value[top.key] = value
        top.key, top.merges = None, False

    def _add(self, count: int, event: yaml.Event) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise _at(
                event.start_mark,
                f"aliases make more than {MAX_VALUES} values of the text",
            )


def _refuse_tag(event: Any) -> None:
    if event.tag is not None:
        raise _at(event.start_mark, "tags (!) have no meaning here")


def _scalar(event: yaml.ScalarEvent) -> object:
    if event.style:  # quoted, or a block of text
        return event.value
    for pattern, convert in _PLAIN:
        if pattern.fullmatch(event.value):
            try:
                return convert(event.value)
            except ValueError:  # 4300 digits
                raise _at(event.start_mark, "the number is too long") from None
    return event.value
