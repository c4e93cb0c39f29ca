"""Numbers in values, also where they are written in a text."""

from __future__ import annotations

import re

from ...words import Json

_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,12})\.\d{1,30}")
#: A number that counts few enough things to be a measure in whole units.
_WHOLE = re.compile(r"-?[1-9]\d{0,4}")
#: A number and a unit of what is measured.
_QUANTITY = re.compile(
    r"(-?\d{1,15}(?:\.\d{1,6})?)"
    r"(\s?(?:[num]|[KMG]i?B?|%|°[CF]|[kMG]?W|[kM]?Wh|m?V|m?A|k?Hz|hPa|bar|km/h|m/s|mph"
    r"|knots|kn|bpm|ppm|dBm|ms|lx|µg/m³))"
)


def number_in(value: Json) -> float | None:
    """The number that a value is, also where it is a decimal in a text."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def quantity(value: Json) -> tuple[int | float, str] | None:
    """The number and the unit in a text, if it has one; None for any other value."""
    if not isinstance(value, str):
        return None
    if _WHOLE.fullmatch(value):
        return int(value), ""
    found = _QUANTITY.fullmatch(value)
    if found is None:
        return None
    number = found[1]
    return (float(number) if "." in number else int(number)), found[2]


def decimals_before(text: str, unit: str) -> int:
    """How many decimals the number before a unit has: 2 in ``774.70M``."""
    return len(text.removesuffix(unit).partition(".")[2])
