"""Texts that match a regular expression.

The expression is parsed by Python's own parser and turned into a tree of
small functions. The result is a candidate: the caller checks it, because the
dialects differ in details. Repetitions stay short, so that no expression,
however it is nested, makes a long text or takes long.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from .refusal import Impossible

#: Longer expressions, and those that need longer texts, are refused.
_MAX_LENGTH = 4_000
#: Steps of one text, after which repetitions are as short as they may be.
_STEPS = 4_000

_parser: Any = importlib.import_module(
    "re._parser" if sys.version_info >= (3, 11) else "sre_parse"
)

_Random: TypeAlias = Callable[[], float]
_Part: TypeAlias = Callable[["_Walk"], str]

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACES = " "
_SYMBOLS = "-_.,:;!?/@#$%&*+='\"()[]{}<>|~^`\\"
_PRINTABLE = _LETTERS + _DIGITS + _SPACES + _SYMBOLS
_ANY = _LETTERS + _DIGITS
#: Tried for a class that has none of the printable characters.
_FAR = "éßøλжあ漢😀\t\n\r\x00\x1f\x7f\x85\xa0\u2028\u2029"

#: Classes of Unicode, by the part of each that is made.
_UNICODE = {
    r"\p{L}": "a-zA-Z",
    r"\p{Letter}": "a-zA-Z",
    r"\p{Lu}": "A-Z",
    r"\p{Ll}": "a-z",
    r"\p{N}": "0-9",
    r"\p{Nd}": "0-9",
    r"\p{P}": "!-/",
}

_CATEGORIES = {
    "CATEGORY_DIGIT": (_DIGITS, True),
    "CATEGORY_NOT_DIGIT": (_DIGITS, False),
    "CATEGORY_WORD": (_LETTERS + _DIGITS + "_", True),
    "CATEGORY_NOT_WORD": (_LETTERS + _DIGITS + "_", False),
    "CATEGORY_SPACE": (" \t\n\r\x0b\x0c", True),
    "CATEGORY_NOT_SPACE": (" \t\n\r\x0b\x0c", False),
}


_REPETITIONS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
#: States of what stands for one character, where they are many.
_STATES = {"ANY": 10, "NEGATE": 10, "NOT_LITERAL": 10}
#: Classes of letters of all alphabets, what stands for one, and its states.
_ALL_LETTERS = re.compile(r"\\[pP](?:\{\^?[\w=:]+\}|\w)")
_MARK = "\ue000"
_STATES_OF_LETTERS = 600


class Pattern:
    """Makes texts for one expression. Raises ``Impossible`` for what it cannot read."""

    def __init__(self, expression: str) -> None:
        """Parse ``expression``, as JSON Schema has it (ECMA-262)."""
        if len(expression) > _MAX_LENGTH:
            raise Impossible(
                f"its pattern has more than {_MAX_LENGTH} characters",
                keyword="pattern",
                value=expression,
                limit=_MAX_LENGTH,
            )
        try:
            parsed = _parser.parse(_translated(expression))
            shortest, self.longest = parsed.getwidth()
            self._whole = _sequence(parsed)
        except (re.error, RecursionError, OverflowError, ValueError) as error:
            raise Impossible(
                f"its pattern cannot be generated: {error}",
                keyword="pattern",
                value=expression,
            ) from None
        if shortest > _MAX_LENGTH:
            raise Impossible(
                f"its pattern needs a text of more than {_MAX_LENGTH} characters",
                keyword="pattern",
                value=expression,
                limit=_MAX_LENGTH,
            )

    def text(self, random: _Random, extra: int) -> str:
        """A text; ``*`` and ``+`` repeat up to ``extra`` times more than they must."""
        return self._whole(_Walk(random, extra))


def weight(expression: str) -> int:
    """How many states an automaton for ``expression`` has, roughly."""
    marked = _ALL_LETTERS.sub(_MARK, re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", expression))
    try:
        return _states(_parser.parse(marked))
    except (re.error, RecursionError, OverflowError, ValueError):
        times = map(int, re.findall(r"\d{1,9}(?=\})", expression))
        return len(expression) * max([1, *times])


def _states(items: Any) -> int:
    """The states of a sequence; what repeats has them as often as it may come."""
    count = 0
    for code, argument in items:
        name = str(code)
        if name in _REPETITIONS:
            least, most, inner = argument
            times = max(int(least), 1 if most is _parser.MAXREPEAT else int(most))
            count += max(times, 1) * _states(inner)
        elif name == "BRANCH":
            count += sum(map(_states, argument[1]))
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
            count += _states(argument[-1])
        elif name == "IN":
            count += max(4, _states(argument))
        elif name == "CATEGORY":
            count += 30 if "NOT" in str(argument) else 6
        elif (name, argument) == ("LITERAL", ord(_MARK)):
            count += _STATES_OF_LETTERS
        else:
            count += _STATES.get(name, 1)
    return count


def syntax_error(expression: str) -> str | None:
    """What keeps ``expression`` from being a regular expression; None if nothing."""
    try:
        _parser.parse(_translated(expression))
    except re.error as error:
        return error.msg
    except (RecursionError, OverflowError, ValueError):  # too deep, or too many times
        return None
    return None


def has_fixed_width(expression: str) -> bool:
    """Whether all texts that match a valid ``expression`` are of one length."""
    try:
        shortest, longest = _parser.parse(_translated(expression)).getwidth()
    except (re.error, RecursionError, OverflowError, ValueError):
        return False
    return bool(shortest == longest)


def _translated(expression: str) -> str:
    """ECMA-262's names of groups and classes of letters, as Python has them."""
    named = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", expression)
    translated, inside = "", False
    for piece in re.findall(r"\\p\{\w+\}|\\.|.", named, re.DOTALL):
        ranges = _UNICODE.get(piece)
        inside = piece == "[" or (inside and piece != "]")
        if ranges is not None:
            piece = ranges if inside else f"[{ranges}]"
        translated += piece
    return translated


class _Walk:
    """One way through the expression."""

    __slots__ = ("extra", "groups", "random", "steps")

    def __init__(self, random: _Random, extra: int) -> None:
        self.random = random
        self.extra = extra
        self.steps = 0
        self.groups: dict[int, str] = {}

    def below(self, number: int) -> int:
        return int(self.random() * number)


def _sequence(items: Any) -> _Part:
    parts = [_part(str(code), argument) for code, argument in items]
    if len(parts) == 1:
        return parts[0]
    return lambda walk: "".join([part(walk) for part in parts])


def _part(code: str, argument: Any) -> _Part:
    make = _PARTS.get(code)
    if make is None:
        raise Impossible(f"its pattern has {code.lower()}, which is not supported")
    return make(argument)


def _literal(argument: int) -> _Part:
    character = chr(argument)
    return lambda walk: character


def _nothing(argument: Any) -> _Part:
    return lambda walk: ""


def _choose(characters: str) -> _Part:
    count = len(characters)
    return lambda walk: characters[int(walk.random() * count)]


def _not_literal(argument: int) -> _Part:
    return _choose(_ANY.replace(chr(argument), ""))


def _any(argument: Any) -> _Part:
    return _choose(_ANY)


def _class(items: Any) -> _Part:
    members = [(str(code), argument) for code, argument in items]
    negated = members[0][0] == "NEGATE"
    tests = [_member(code, argument) for code, argument in members[negated:]]
    for characters in (_PRINTABLE, _FAR):
        found = [
            character
            for character in characters
            if any(test(ord(character)) for test in tests) != negated
        ]
        if found:
            return _choose("".join(found))
    ranges = [argument for code, argument in members if code == "RANGE"]
    literals = [(argument,) * 2 for code, argument in members if code == "LITERAL"]
    if negated or not ranges + literals:
        raise Impossible("its pattern has a class without characters")
    return _choose_range([*ranges, *literals])


def _choose_range(ranges: list[tuple[int, int]]) -> _Part:
    def part(walk: _Walk) -> str:
        low, high = ranges[walk.below(len(ranges))]
        return chr(low + walk.below(min(high - low, 255) + 1))

    return part


def _member(code: str, argument: Any) -> Callable[[int], bool]:
    if code == "LITERAL":
        return lambda point: point == argument
    if code == "RANGE":
        low, high = argument
        return lambda point: low <= point <= high
    characters, inside = _CATEGORIES[str(argument)]
    return lambda point: (chr(point) in characters) is inside


def _category(argument: Any) -> _Part:
    return _class([("CATEGORY", argument)])


def _repeat(argument: Any) -> _Part:
    least, most, items = argument
    part = _sequence(items)
    if items.getwidth()[0] == 0:
        least = min(least, 1)
    low, high = int(least), int(most)

    def repeat(walk: _Walk) -> str:
        more = min(high - low, walk.extra) if walk.steps < _STEPS else 0
        count = low + (walk.below(more + 1) if more > 0 else 0)
        walk.steps += count
        return "".join([part(walk) for _ in range(count)])

    return repeat


def _branch(argument: Any) -> _Part:
    parts = [_sequence(items) for items in argument[1]]
    return lambda walk: parts[walk.below(len(parts))](walk)


def _group(argument: Any) -> _Part:
    number, _, _, items = argument
    part = _sequence(items)

    def group(walk: _Walk) -> str:
        text = part(walk)
        if number is not None:
            walk.groups[number] = text
        return text

    return group


_PARTS: dict[str, Callable[[Any], _Part]] = {
    "ANY": _any,
    "ASSERT": _nothing,
    "ASSERT_NOT": _nothing,
    "AT": _nothing,
    "ATOMIC_GROUP": lambda items: _sequence(items),
    "BRANCH": _branch,
    "CATEGORY": _category,
    "GROUPREF": lambda number: lambda walk: walk.groups.get(number, ""),
    "IN": _class,
    "LITERAL": _literal,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "NOT_LITERAL": _not_literal,
    "POSSESSIVE_REPEAT": _repeat,
    "SUBPATTERN": _group,
}
