"""Lengths of time in texts, which go by with the stream: ``09:16``, ``PT7M42S``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice

from ....schema.jsontext import dumps
from ...compile.build import Built
from ...evidence.leaves import Leaf, Spot, time_of, words
from ...fields.moments import When
from ...fields.roles import role_at_end
from ...values.quantities import number_in
from ...values.state import Layout
from ..counts.running import stands
from ..mobility import RUNNING
from ..paces import elapsing, running_out

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(\.\d{1,3})?")
_IN_TEXT = re.compile(r"(?<![\d:])\d{1,2}:[0-5]\d(?![\d:])")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d{1,3})?S)?")
#: As programs write them: ``1d4h9m16s``; the units, each with its seconds.
_SPELT = re.compile(r"(?:\d+[dhm])*\d+s")
_SPELT_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
#: Words of names of what is still to come, and of what has gone by.
_LEFT = frozenset({"remaining", "left", "countdown"})
#: Parts of games, whose clocks run down where they are as long as this (s).
_PARTS, _LONGEST_PART = frozenset({"period", "quarter"}), 1200
_GONE = frozenset({"elapsed", "played", "uptime"})
#: Words of names of the clocks of games.
_CLOCKS = frozenset({"clock", "display", "game", "match"})

#: No more members of an object are looked at for another clock.
_MAX_BESIDE = 40
#: Of what the length of a part of a game is a multiple, in seconds.
_PART_OF_GAME = _MINUTE = 60
#: No start of what goes on is as few seconds after 1970.
_LEAST_START = 500_000_000
#: Writes a number of seconds.
_Form = Callable[[float], str]


def timer(leaf: Leaf) -> Built | None:
    """The writer of a length of time that goes by, None for any other value.

    It does where its name says so, or where it is that of a number beside it.
    """
    found = _read(leaf.value) if isinstance(leaf.value, str) else None
    if found is None or stands(leaf):
        return None
    seconds, form = found
    pace = _pace(leaf, seconds)
    if not pace:
        return None

    def at(since: float) -> float:
        return max(seconds + pace * since, 0.0)

    return Built(
        lambda state, cell: f'"{form(at((state.now_ms - state.start_ms) / 1000))}"'
    )


def shows_timer(leaf: Leaf) -> Built | None:
    """A text that has a clock beside it in it: ``6:52 - 3rd Quarter``; else None."""
    found = _IN_TEXT.search(leaf.value) if isinstance(leaf.value, str) else None
    inner = _read(found[0]) if found else None
    if found is None or inner is None or found[0] == leaf.value:
        return None
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        other = _read(value) if isinstance(value, str) else None
        if other is not None and other[0] == inner[0]:
            clock = timer(leaf._replace(name=name, value=found[0]))
            if clock is None:
                return None
            write, before = clock.write, dumps(leaf.value[: found.start()])[:-1]
            after = dumps(leaf.value[found.end() :])[1:]
            return Built(
                lambda state, cell: before + write(state, cell).strip('"') + after
            )
    return None


def counted(leaf: Leaf, layout: Layout) -> Built | None:
    """A number of seconds that a clock beside it shows, None for any other."""
    if leaf.last != "clock" or not number_in(leaf.value):
        return None
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        found = _read(value) if isinstance(value, str) else None
        if found is not None and found[0] == number_in(leaf.value):
            pace = _pace(leaf._replace(name=name, value=value), found[0])
            make = running_out if pace < 0 else elapsing
            return make(leaf.value, 1.0, layout) if pace else None
    return None


def minutes_in(leaf: Leaf) -> bool:
    """Whether a number is that of the minute that a clock beside it is in."""
    for value in islice(leaf.siblings.values(), _MAX_BESIDE):
        found = _read(value) if isinstance(value, str) else None
        if found is not None and number_in(leaf.value) in (
            found[0] // _MINUTE,
            found[0] // _MINUTE + 1,
        ):
            return True
    return False


def start_below_zero(
    leaf: Leaf, leaves: Mapping[Spot, Leaf]
) -> tuple[Leaf, When] | None:
    """The time beside a length of time that is told as its start, below zero."""
    number = leaf.value
    if isinstance(number, int) and number < -_LEAST_START:
        for name in islice(leaf.siblings, _MAX_BESIDE):
            other = leaves.get((*leaf.spot[:-1], name))
            found = None if other is None else time_of(other)
            if other and found and found[1] // 1000 == -number:
                return other, found[0]
    return None


def _pace(leaf: Leaf, seconds: float) -> int:
    """1 for what gets longer, -1 for what gets shorter, 0 for neither."""
    parts = {*words(leaf.name)}
    if parts & _LEFT:
        return -1
    if parts & _GONE:
        return 1
    if "clock" in parts <= _CLOCKS and not leaf.siblings.keys().isdisjoint(_PARTS):
        return -1 if seconds <= _LONGEST_PART else 1
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        other = _read(value) if isinstance(value, str) else None
        if other is not None and not _LEFT.isdisjoint(words(name)):
            return 1 if (other[0] + seconds) % _PART_OF_GAME == 0 else 0
        role = role_at_end(name)
        if number_in(value) == seconds and role is not None and role.changes in RUNNING:
            return 1 if role.changes == "elapse" else -1
    return 0


def _read(text: str) -> tuple[float, _Form] | None:
    """The seconds that a text says, and what writes others like it."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds, rest = clock.groups()
        length = (
            int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds + (rest or ""))
        )
        widths = (len(hours or ""), len(minutes), len(rest or ""))
        return length, lambda number: _clock(number, *widths)
    if _SPELT.fullmatch(text):
        lengths = dict(_SPELT_UNITS)
        spelt = re.findall(r"(\d+)([dhms])", text)
        return sum(int(number) * lengths[unit] for number, unit in spelt), _spelt
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso.groups()):
        return None
    hours, minutes, seconds, rest = iso.groups()
    length = int(hours or 0) * 3600 + int(minutes or 0) * 60
    length += float((seconds or "0") + (rest or ""))
    width = len(rest or "")
    pad = max(len(minutes or ""), len(seconds or "")) > 1
    return length, lambda number: _iso(number, hours is not None, pad, width)


def _clock(number: float, hours: int, minutes: int, rest: int) -> str:
    """``9:16`` or ``0:09:16``, with as many digits as in the example."""
    whole, tail = int(number), _tail(number, rest)
    if not hours:
        return f"{whole // 60:0{minutes}d}:{whole % 60:02d}{tail}"
    return f"{whole // 3600:0{hours}d}:{whole // 60 % 60:02d}:{whole % 60:02d}{tail}"


def _spelt(number: float) -> str:
    """``1d4h9m16s``, from the largest unit that there is one of."""
    text, rest = "", int(number)
    for unit, length in _SPELT_UNITS:
        count, rest = divmod(rest, length)
        text += f"{count}{unit}" if count or text or unit == "s" else ""
    return text


def _iso(number: float, has_hours: bool, pads: bool, rest: int) -> str:
    """``PT07M42.00S``, by ISO 8601."""
    whole, width = int(number), 2 if pads else 1
    head, minutes = "PT", whole // 60
    if has_hours:
        head, minutes = f"PT{whole // 3600}H", whole // 60 % 60
    return f"{head}{minutes:0{width}d}M{whole % 60:0{width}d}{_tail(number, rest)}S"


def _tail(number: float, width: int) -> str:
    """The decimals of a number, with their point; ``width`` counts it."""
    return f"{number % 1:.{width - 1}f}"[1:] if width else ""
