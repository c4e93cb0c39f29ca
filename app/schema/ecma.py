"""Patterns of JSON Schema (ECMA-262), written for an engine of linear time.

Such an engine neither looks around nor refers back. A pattern that looks ahead at
a fixed distance from its beginning, or behind from its end, is written as several
patterns without that: ``^(?=A)(?!B)C$`` matches where ``^(?:A)`` and ``^C$`` match
and ``^(?:B)`` does not. :func:`unsupported` tells what is wrong with others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ..words import Json
from .budget import Budget
from .keywords import each
from .patterns import has_fixed_width, syntax_error

#: Longer repetitions of one character are written as lengths of the text.
_MAX_TIMES = 100
#: Patterns that look around more often are not supported.
_MAX_LOOKS = 20
#: What one part of a schema costs, and one character of a pattern, in steps.
_PART_STEPS, _CHARACTER_STEPS = 4, 2

_LOOK_AHEAD = ("(?=", "(?!")
_LOOK_BEHIND = ("(?<=", "(?<!")
_LOOKS = _LOOK_AHEAD + _LOOK_BEHIND

_ESCAPE = (
    r"\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]"
    r"|[pP]\{[^}]*\}|k<[^>]*>|[1-9][0-9]*|.)"
)
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})"
    r"|(?P<group>\((?:\?(?:<[=!]|[=!:]|<\w+>))?)"
    r"|(?P<set>\[(?:\\.|[^\]\\])*\]?)"
    r"|(?P<times>(?:\{[0-9]+(?:,[0-9]*)?\}|[*+?])\??)"
    r"|.",
    re.DOTALL,
)
_MEMBER = re.compile(rf"{_ESCAPE}|.", re.DOTALL)
_CLASS = re.compile(r"\\[dDsSwWpP]")
_BACK_REFERENCE = re.compile(r"\\(?:[1-9]|k<)")
_REPEAT = re.compile(r"\{([0-9]{1,9})(?:,([0-9]{1,9}))?\}")
#: What ECMA-262 has another form for than the engine.
_SAME: Mapping[str, str] = {
    r"\0": r"\x00",
    "[^]": r"[\s\S]",
    "[]": r"[^\s\S]",
    "{": r"\{",
    "}": r"\}",
}


class _Unit(NamedTuple):
    """A part of a pattern: one character, one group, or how often they come."""

    text: str
    is_times: bool = False

    @property
    def is_character(self) -> bool:
        return not (self.is_times or self.text in "^$|" or self.text[0] == "(")


def supported(schema: Json, budget: Budget) -> Json:
    """``schema`` with its patterns in the form that the engine has for them.

    A pattern that has no such form is left as it is.
    """
    if not isinstance(schema, Mapping):
        return schema
    budget.spend(_PART_STEPS)
    result = each(schema, partial(supported, budget=budget))
    names = result.get("patternProperties")
    if isinstance(names, dict):
        budget.spend(_CHARACTER_STEPS * sum(map(len, names)))
        result["patternProperties"] = {
            _written_name(name, names): part for name, part in names.items()
        }
    pattern = result.get("pattern")
    if isinstance(pattern, str):
        budget.spend(_CHARACTER_STEPS * len(pattern))
        result["pattern"], also = _split(pattern)
        if also:
            given = result.get("allOf", [])
            if not isinstance(given, list):
                return result
            result["allOf"] = [*given, *also]
    return result


def unsupported(pattern: str, *, is_name: bool) -> str:
    """Why the engine does not take ``pattern``: a clause.

    ``is_name`` says that it is a name in ``patternProperties``.
    """
    tokens = [match[0] for match in _TOKEN.finditer(pattern)]
    if any(token in _LOOKS for token in tokens):
        if is_name:
            return "looks ahead or behind, which is not supported in patternProperties"
        return (
            "looks ahead or behind, which is supported only as (?=...) or (?!...) at a "
            "fixed distance from ^, and as (?<=...) or (?<!...) from $"
        )
    if any(map(_BACK_REFERENCE.match, tokens)):
        return "refers back to one of its groups, which is not supported"
    error = syntax_error(pattern)
    if error is not None:
        return f"is not a regular expression: {error}"
    return "is too large, or has a form that is not supported"


def _split(pattern: str) -> tuple[str, list[Json]]:
    """A pattern for the engine, and the schemas that a text has to fit as well."""
    units = _units(pattern)
    if units is None:
        return pattern, []
    texts = [unit.text for unit in units]
    written = "".join(texts)
    if "|" in texts:
        return written, []
    if len(units) == 4 and (texts[0], texts[3]) == ("^", "$") and units[1].is_character:
        return _as_length(texts[1], texts[2]) or (written, [])
    looks = [place for place, text in enumerate(texts) if text.startswith(_LOOKS)]
    if not 0 < len(looks) <= _MAX_LOOKS or any(
        unit.is_times for place in looks for unit in units[place + 1 : place + 2]
    ):
        return written, []
    parts = [_demand(texts, place) for place in looks]
    also = [part for part in parts if part is not None]
    if len(also) < len(parts):
        return written, []
    rest = _without_looks(texts)
    return (written, []) if _looks_around(rest, also) else (rest, also)


def _demand(texts: list[str], place: int) -> Json | None:
    """What a lookaround says, as a schema of texts; None where there is none.

    What is between it and the end that it is anchored to has to be of one width.
    """
    look = texts[place]
    opening = next(each for each in _LOOKS if look.startswith(each))
    inner = f"(?:{look[len(opening) : -1]})"
    if opening in _LOOK_AHEAD:
        between = _without_looks(texts[:place])
        whole = between + inner
        is_anchored = texts[0] == "^" and place > 0
    else:
        between = _without_looks(texts[place + 1 :])
        whole = inner + between
        is_anchored = texts[-1] == "$"
    if not is_anchored or not has_fixed_width(between):
        return None
    pattern = {"pattern": whole}
    if opening.endswith("="):
        return pattern
    return {"not": {"type": "string", **pattern}}


def _without_looks(texts: list[str]) -> str:
    return "".join([text for text in texts if not text.startswith(_LOOKS)])


def _written_name(name: str, names: Mapping[str, Json]) -> str:
    """A name in ``patternProperties``, which cannot be split."""
    written, also = _split(name)
    return name if also or written in names else written


def _as_length(character: str, times: str) -> tuple[str, list[Json]] | None:
    """``^x{1,500}$`` as ``^x*$`` and the lengths, which cost no automaton."""
    repeat = _REPEAT.fullmatch(times.removesuffix("?"))
    if repeat is None or int(repeat[2] or repeat[1]) < _MAX_TIMES:
        return None
    least, most = int(repeat[1]), int(repeat[2] or repeat[1])
    return f"^{character}*$", [{"minLength": least, "maxLength": most}]


def _looks_around(rest: str, also: list[Json]) -> bool:
    """Whether any part of what was split still looks around or refers back."""
    patterns = [rest, *(part.get("not", part)["pattern"] for part in also)]
    return any(
        match[0] in _LOOKS or _BACK_REFERENCE.match(match[0])
        for pattern in patterns
        for match in _TOKEN.finditer(pattern)
    )


def _units(pattern: str) -> list[_Unit] | None:
    """The parts of a pattern outside any group; None where its groups do not close."""
    units: list[_Unit] = []
    group: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(pattern):
        text = _written(match)
        depth += (match.lastgroup == "group") - (match[0] == ")")
        if depth < 0:
            return None
        group.append(text)
        if depth == 0:
            units.append(_Unit("".join(group), match.lastgroup == "times"))
            group = []
    return units if units and not group else None


def _written(match: re.Match[str]) -> str:
    """One token in the engine's form."""
    token = match[0]
    if token in _SAME:
        return _SAME[token]
    return _set(token) if match.lastgroup == "set" else token


def _set(token: str) -> str:
    r"""A set like ``[\w-.]``, its hyphens that make no range escaped."""
    members = _MEMBER.findall(token)
    for place in range(1, len(members) - 1):
        if members[place] == "-" and any(
            _CLASS.match(members[beside]) for beside in (place - 1, place + 1)
        ):
            members[place] = r"\-"
        elif members[place] in (r"\b", r"\0"):
            members[place] = r"\x08" if members[place] == r"\b" else r"\x00"
    return "".join(members)
