"""Requests of little text that ask for much work."""

from __future__ import annotations

from typing import Any, NamedTuple


class Hostile(NamedTuple):
    """One request: its path, its shape, and the elements that it asks for."""

    path: str = "things"
    shape: Any = None
    count: int | None = None


def _member(schema: Any, **more: Any) -> Any:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"], **more}


def _array(items: Any, least: int = 0, **more: Any) -> Any:
    return {"type": "array", "items": items, "minItems": least, **more}


def _to(number: int) -> Any:
    return {"$ref": f"#/$defs/d{number}"}


def _forks(levels: int, end: Any) -> Any:
    forks = {f"d{n}": {"anyOf": [_to(n + 1), _to(n + 1)]} for n in range(levels)}
    return _member(_to(0), **{"$defs": {**forks, f"d{levels}": end}})


def _ring(length: int) -> Any:
    rings = {
        f"d{n}": {
            "if": _to((n + 1) % length),
            "then": _to((n + 2) % length),
            "else": _to((n + 3) % length),
        }
        for n in range(length)
    }
    return _member(_to(0), **{"$defs": rings})


def _allowed(names: int) -> Any:
    """An object whose members are allowed by one part of ``allOf`` each."""
    parts = [
        {"type": "object", "properties": {f"p{n}": {"type": "integer"}}}
        for n in range(names)
    ]
    return {"allOf": parts, "unevaluatedProperties": False}


INPUTS = {
    "a path of 500 words": Hostile("aB" * 500),
    "a path of 2 800 words": Hostile("aB-_1" * 1400),
    "a key of 500 words": Hostile(shape={"aB" * 500: 1}),
    "many keys of many words": Hostile(
        shape={f"k{n}" + "aB" * 60: "text" for n in range(400)}
    ),
    "nested arrays of names": Hostile(shape=[[["name"]]], count=58),
    "arrays of arrays of texts": Hostile(shape=[["string"]], count=440),
    "nested arrays of numbers": Hostile(shape=[[[1]]], count=50),
    "a thousand long texts": Hostile(
        shape=_array({"type": "string", "minLength": 4000}), count=1000
    ),
    "a thousand long constants": Hostile(
        shape=_array({"const": "x" * 59_000}), count=1000
    ),
    "a thousand records": Hostile(
        shape=[{"a": 1, "b": "name", "c": "2024-01-01"}], count=1000
    ),
    "forks that lead to a value": Hostile(shape=_forks(25, {"type": "integer"})),
    "forks that lead to nothing": Hostile(shape=_forks(25, False)),
    "a ring of conditions": Hostile(shape=_ring(9)),
    "a large ring of conditions": Hostile(shape=_ring(300)),
    "200 overlapping choices": Hostile(
        shape=_member(
            {
                "oneOf": [
                    {"type": "integer", "minimum": n, "maximum": n + 100}
                    for n in range(200)
                ]
            }
        )
    ),
    "all but 2 000 numbers": Hostile(
        shape=_member({"type": "integer", "not": {"enum": [*range(2000)]}})
    ),
    "all integers of a range": Hostile(
        shape=_array(
            {"type": "integer", "minimum": 0, "maximum": 99}, 100, uniqueItems=True
        )
    ),
    "500 different dates": Hostile(
        shape=_array({"type": "string", "format": "date"}, 500, uniqueItems=True)
    ),
    "all words of 500": Hostile(
        shape=_array({"enum": [*range(500)]}, 500, uniqueItems=True)
    ),
    "more different booleans than there are": Hostile(
        shape=_array({"type": "boolean"}, 900, uniqueItems=True)
    ),
    "700 parts of one object": Hostile(shape=_allowed(700)),
    "4 500 different objects": Hostile(shape=[{f"k{n}": n} for n in range(4500)]),
    "3 000 texts": Hostile(shape={f"key{n}": "text" for n in range(3000)}),
    "1 400 texts": Hostile(shape={f"key{n}": "some text" for n in range(1400)}),
    "3 800 totals": Hostile(shape={f"total{n}": 7 for n in range(3800)}),
    "3 300 messages": Hostile(shape={f"message{n}": 7 for n in range(3300)}),
    "1 400 totals and positions": Hostile(
        shape={
            "type": "object",
            "properties": {
                f"{name}{n}": {"type": "integer"}
                for n in range(700)
                for name in ("total", "lat")
            },
        }
    ),
    "160 texts that repeat each other": Hostile(
        shape={f"key{n}": "lorem-" * 40 + str(n) for n in range(160)}
    ),
    "50 000 digits": Hostile(shape={"a": "1" * 50_000}),
    "50 000 letters": Hostile(shape={"a": "Ab" * 25_000}),
    "letters of all alphabets": Hostile(
        shape=_member({"type": "string", "pattern": r"^\p{L}{1,500}$"})
    ),
    "repetitions of repetitions": Hostile(
        shape=_member({"type": "string", "pattern": "^((.{1,30}){1,30}){1,20}$"})
    ),
    "1 000 patterns": Hostile(
        shape={
            "type": "object",
            "properties": {
                f"p{n}": {"type": "string", "pattern": f"^[a-z]{{3,9}}{n}$"}
                for n in range(1000)
            },
        }
    ),
}
