"""Spoils payloads: half of one, one that is no JSON, one of another shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

#: Maximum of changes that are tried until one misses the shape.
_MAX_TRIES = 200
#: Where events of the contract hold their value.
_WRAPPERS = ("data", "item")
_NOT_JSON = b'{"unexpected":true}'

#: Whether a value still fits the shape.
Fits = Callable[[Any], bool]


def truncated(data: bytes) -> bytes:
    """The first half of ``data``, whole characters only."""
    half = data[: len(data) // 2]
    return half.decode("utf-8", "ignore").encode()


def broken(data: bytes) -> bytes:
    """``data`` with commas before its last character: no JSON, and no longer line."""
    return data[:-1] + b",," + data[-1:]


def misshapen(data: bytes, fits: Fits | None) -> tuple[bytes, str]:
    """Valid JSON that misses the shape of ``data``, and what was changed, as text.

    ``fits`` tells whether a value still fits. Without it the first change is taken:
    a member gets a value of another type.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _NOT_JSON, "JSON in place of text"
    wrapper = _wrapper(value)
    content = value if wrapper is None else value[wrapper]
    content, change = _changed(content, fits)
    if wrapper is None:
        value = content
    else:
        value[wrapper] = content
        change = f"/{wrapper}{change}"
    return orjson.dumps(value), change


def _wrapper(value: Any) -> str | None:
    """The member that holds the value of an event of the contract, if it is one."""
    if isinstance(value, dict) and "done" in value:
        return next((name for name in _WRAPPERS if name in value), None)
    return None


def _changed(value: Any, fits: Fits | None) -> tuple[Any, str]:
    for tries, (holder, key, path) in enumerate(_leaves(value, "")):
        if tries == _MAX_TRIES:
            break
        before = holder[key]
        holder[key] = after = _of_another_type(before)
        if fits is None or not fits(value):
            return value, f"{path} is {_kind(after)} in place of {_kind(before)}"
        holder[key] = before
    other = _of_another_type(value)
    return other, f" is {_kind(other)} in place of {_kind(value)}"


def _leaves(value: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
    """Each scalar in ``value``: its holder, its key there, and a JSON pointer."""
    if isinstance(value, dict):
        members: Any = [*value.items()]
    elif isinstance(value, list):
        members = [*enumerate(value)]
    else:
        return
    for key, member in members:
        token = str(key).replace("~", "~0").replace("/", "~1")
        if isinstance(member, (dict, list)):
            yield from _leaves(member, f"{path}/{token}")
        else:
            yield value, key, f"{path}/{token}"


def _of_another_type(value: Any) -> Any:
    if isinstance(value, str):
        return len(value)
    if value is None or isinstance(value, (dict, list)):
        return "unexpected"
    return orjson.dumps(value).decode()


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "a string", dict: "an object", list: "an array"}
    return names.get(type(value), "a number")
