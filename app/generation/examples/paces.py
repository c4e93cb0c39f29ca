"""Numbers that go by the time since the stream's start: places, ticks, batteries."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ...schema.jsontext import dumps
from ...schema.ranges import decimals_of
from ...words import Json
from ..compile.build import Built
from ..evidence.leaves import Leaf, words
from ..evidence.succession.sequences import sequence
from ..evidence.succession.sequences import stride as stride_of
from ..evidence.travel.motions import SPEEDS, Motion
from ..fields.parts import NumberRole
from ..fields.roles import role_at_end
from ..values.quantities import number_in
from ..values.state import Cell, Layout, State

#: Seconds since 2000 in the years from 2013 to 2030.
_SINCE_2000 = (410_000_000, 950_000_000)
_WHOLE = re.compile(r"\d{1,60}")
#: A place in the log of a database, and by how many bytes it rises with each event.
_LOG_PLACE, _LOG_STEP = re.compile(r"([0-9A-F]{1,8}/)([0-9A-F]{1,8})"), 0x98
#: A sequencer in hexadecimal digits.
_HEX_SERIAL = re.compile(r"(?=.*[a-fA-F])(?:[0-9a-f]{8,32}|[0-9A-F]{8,32})")
#: ``binlog.000006:800911``: a file of a log, and a place in it; by how many bytes that
#: rises with each event.
_PLACE_IN_FILE = re.compile(r"([\w.-]+\.\d+:)(\d{1,18})")
_PLACES_IN_LOG, _RECORD = frozenset({"position", "offset", "pos"}), 347
#: Metres in a degree of latitude.
_DEGREE = 111_320.0
#: How fast what moves turns, in radians a second: a circle takes an hour.
_TURN = 2 * math.pi / 3_600
#: How much of itself a battery loses in a second.
_DRAIN = 2e-5
#: What a task makes in a second, in percent.
_PROGRESS = 0.02
#: Speeds and heights of what moves swing by this share, in this time (s).
_SWING, _PERIOD = 0.03, 120.0
#: Last words of names of speeds through the air.
_AIRSPEEDS = frozenset({"airspeed", "ias", "tas"})
_LENGTHS = frozenset({("duration",), ("length",)})
#: Last words of names of lengths of time that only say their unit.
_TIME_UNITS = frozenset("in millis minutes ms s sec secs seconds ticks".split())
#: Words of names of how long something has lasted, beside how long it does in all.
ELAPSED = frozenset({("elapsed",), ("played",), ("position",), ("offset",)})
#: Names of how long an effort or a run has lasted, beside what is measured in it.
LASTED = frozenset(
    {("run", "time"), ("total", "duration"), ("ride", "time"), ("workout", "duration")}
)
#: Words of names of how long a battery charges, which is told in minutes.
_CHARGES = frozenset({"charge", "charging"})
#: As many seconds would be too long: three months, for a duration a day.
_LEAST_MS, _LEAST_DURATION = 8e6, 1e5
#: The seconds of a unit, by what names say.
_UNITS = {
    "ms": 1e-3,
    "ticks": 1e-7,
    "millis": 1e-3,
    "micros": 1e-6,
    "us": 1e-6,
    "nanos": 1e-9,
    "ns": 1e-9,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86_400.0,
}
#: Words of names of distances to what is reached, in metres from here on, and how
#: many metres a vehicle comes nearer in a second.
_REACHED, _FAR, _APPROACH = frozenset({"stop", "station", "destination"}), 200.0, 7.0
#: Words of names of what a server of names has answered.
_ANSWERED = frozenset({"answer", "answers", "additional", "authority"})
#: In how many seconds a vehicle comes nearer by one of a unit of length.
_ON_ROADS = {"miles": 60.0, "mi": 60.0, "km": 45.0, "kilometers": 45.0}
_VERTICAL = frozenset("baro climb geom vert vertical".split())
#: Other names of how fast something climbs.
_CLIMBS = frozenset({("climb",), ("vel", "v"), ("vspeed",), ("vertical", "velocity")})
#: First words of names of how much is done.
_DONE = frozenset((word,) for word in """
    completed copied done downloaded finished processed sent transferred uploaded
    """.split())
#: By which share of itself any counter rises in a second, up to some.
_LEAST_GROWTH, _SOME = 5e-5, 2.0
#: Faster climbs are given per minute.
_FAST_CLIMB = 50.0
#: Decimals of degrees that show a step of some metres, and of one where an example
#: has too few to be a place that somebody has measured.
_PLACES, _MORE_PLACES, _FEW_PLACES = 4, 5, 2
#: Above this speed (m/s) nothing swings as much.
_FAST = 400.0


def shown(value: Json, least: int = 1) -> Callable[[float], str]:
    """Writes numbers as an example is written, with at least so many decimals."""
    if isinstance(value, int):
        return lambda number: str(int(number))
    if isinstance(value, str):
        template = f'"%.{len(value.partition(".")[2])}f"'
    else:
        number = value if isinstance(value, float) else 0.0
        template = f"%.{max(decimals_of(number) or 1, least)}f"
    return lambda number: template % number


def draining(value: Json, number: float) -> Built:
    """What gets less, and never less than nothing."""
    is_whole = isinstance(value, int)

    def left(seconds: float) -> float:
        rest = number * max(0.0, 1 - _DRAIN * seconds)
        return math.ceil(rest) if is_whole else rest

    return _by_time(value, left)


def progressing(value: Json, number: float) -> Built:
    """A share that rises to its end."""
    top = 1.0 if number <= 1 and isinstance(value, float) else max(100.0, number)
    pace = _PROGRESS * top / 100
    return _by_time(value, lambda seconds: min(top, number + pace * seconds))


def elapsing(
    value: Json, unit: float, layout: Layout, most: float | None = None
) -> Built:
    """How long something lasts, in units of so many seconds; ``most`` at the end."""
    number, end = float(str(value)), math.inf if most is None else most
    return _by_clock(value, lambda s: min(number + s / unit, end), layout)


def rising(value: Json, rate: float, layout: Layout) -> Built:
    """A count that rises by ``rate`` in a second."""
    number = float(str(value))
    return _by_clock(value, lambda s: number + rate * s, layout)


def growing(value: Json, share: float, layout: Layout) -> Built:
    """A count that rises by about ``share`` of itself in a second, now more, now less.

    Counts with the same share keep their proportions. Of some thousands or more one
    comes in every second or two.
    """
    number = float(str(value))
    pace = max(share * number, min(_LEAST_GROWTH * number, _SOME))
    return _by_clock(value, lambda s: number + pace * _uneven(s), layout)


def _uneven(seconds: float) -> float:
    """A time that goes by now faster, now slower, and never back."""
    slow, fast = 0.8 * seconds, 2.3 * seconds
    return seconds + 0.6 * math.sin(slow) + 0.15 * math.sin(fast)


def running_out(value: Json, unit: float, layout: Layout) -> Built:
    """How long something still lasts, in units of so many seconds."""
    number = float(str(value))
    return _by_clock(value, lambda s: max(number - s / unit, 0.0), layout)


def _by_clock(value: Json, at: Callable[[float], float], layout: Layout) -> Built:
    """A number that depends on the seconds since the start, for others to read."""
    show = shown(value, 0)

    def write(state: State, cell: Cell) -> str:
        cell[slot] = at((state.now_ms - state.start_ms) / 1000)
        return show(cell[slot])

    def read(cell: Cell) -> float:
        return float(cell[slot]) if isinstance(value, float) else int(cell[slot])

    slot = layout.slot(lambda state, draft: at(0.0))
    return Built(write, number=read)


def playing(value: int, longest: int | None) -> Built:
    """The position in what plays, in milliseconds; it begins again at its end."""
    length = longest or 2**53
    return Built(
        lambda state, cell: str((value + state.now_ms - state.start_ms) % length)
    )


def ticking(value: int) -> Built:
    """The microseconds of a clock that began at some time.

    Or the seconds since 2000 or 2001, where the value may be so many of today.
    """
    low, high = _SINCE_2000
    if low < value < high:
        return Built(
            lambda state, cell: str(value + (state.now_ms - state.start_ms) // 1000)
        )
    return Built(
        lambda state, cell: str(value + 1000 * (state.now_ms - state.start_ms))
    )


def varying(value: Json, number: float, layout: Layout) -> Built:
    """An amount that each event has another of, near the example's."""
    digits = max(decimals_of(number) or 0, 2) if isinstance(value, float) else 0
    if isinstance(value, str):
        digits = len(value.partition(".")[2])
    mark = '"' if isinstance(value, str) else ""
    template = f"{mark}%.{digits}f{mark}"

    def write(state: State, cell: Cell) -> str:
        cell[at] = number * (0.4 + 1.2 * state.random())
        return template % (float(cell[at]),)

    at = layout.slot(lambda state, draft: number)
    return Built(write, number=lambda cell: float(cell[at]))


def done_of(leaf: Leaf) -> float | None:
    """How much there is to do in all of which a number is done, None for others."""
    if words(leaf.name)[:1] not in _DONE or not isinstance(leaf.value, int):
        return None
    for name, value in leaf.siblings.items():
        whole = number_in(value)
        if words(name)[:1] == ("total",) and whole is not None and whole > leaf.value:
            return whole
    return None


def counting(number: float, layout: Layout, end: float | None = None) -> Built:
    """A count that rises by one now and then, a large one by more, to its ``end``."""
    top = math.inf if end is None else end
    most = max(1.0, min(1e-4 * number, math.sqrt(number)))
    at = layout.slot(lambda state, draft: int(number))

    def write(state: State, cell: Cell) -> str:
        cell[at] += int(state.random() * (most + 1)) + (state.restless > 0)
        if cell[at] > top:
            cell[at] = int(top)
        return str(cell[at])

    return Built(write, number=lambda cell: float(cell[at]))


def climbing(value: Json, number: float, climb: float) -> Built:
    """A height that changes by ``climb`` in a second, and comes back in the end."""
    return _by_time(value, lambda s: number + climb * _PERIOD * math.sin(s / _PERIOD))


def travelling(
    role: NumberRole, leaf: Leaf, motion: Motion, number: float
) -> Built | None:
    """A place, a direction or a speed on a wide circle, None for anything else."""
    start = math.radians(motion.heading)
    is_rough = (decimals_of(number) or 0) <= _FEW_PLACES
    places = _MORE_PLACES if is_rough else _PLACES
    if role.position:
        radius = motion.speed / _TURN / _DEGREE
        if role.high == 90:
            return _by_time(
                leaf.value,
                lambda s: number
                + radius * (math.sin(start + _TURN * s) - math.sin(start)),
                places,
            )
        radius /= max(math.cos(math.radians(motion.latitude)), 0.1)
        return _by_time(
            leaf.value,
            lambda s: number + radius * (math.cos(start) - math.cos(start + _TURN * s)),
            places,
        )
    if role.changes == "motion" and role.high == 360:
        return _by_time(leaf.value, lambda s: (number + math.degrees(_TURN) * s) % 360)
    if leaf.last in SPEEDS | _AIRSPEEDS or role.changes == "motion":
        swing = number * (_SWING if motion.speed < _FAST else _SWING / 30)
        if role.changes == "motion":
            swing /= 10
        half = 0.5 if isinstance(leaf.value, int) else 0.0
        return _by_time(
            leaf.value,
            lambda s: number + swing * math.sin(2 * math.pi * s / _PERIOD) + half,
        )
    return None


def _by_time(value: Json, at: Callable[[float], float], least: int = 1) -> Built:
    """A number that only depends on the seconds since the stream's start."""
    show = shown(value, least)
    return Built(lambda state, cell: show(at((state.now_ms - state.start_ms) / 1000)))


def climb_of(leaf: Leaf) -> float | None:
    """By how much a height beside a vertical rate changes in a second."""
    for name, value in leaf.siblings.items():
        parts, rate = {*words(name)}, number_in(value)
        is_climb = parts & {"rate", "speed"} and parts & _VERTICAL
        if rate is not None and (is_climb or words(name) in _CLIMBS):
            per_minute = parts & {"baro", "geom", "fpm"} or abs(rate) > _FAST_CLIMB
            return rate / 60 if per_minute else rate
    return None


def approaching(leaf: Leaf, layout: Layout) -> Built | None:
    """How far something still is from where it goes to, None for anything else."""
    parts, number = {*words(leaf.name)}, number_in(leaf.value) or 0.0
    unit = next((_ON_ROADS[part] for part in parts & _ON_ROADS.keys()), None)
    if unit and "remaining" in parts:
        return running_out(leaf.value, unit, layout)
    if "distance" not in parts or not parts & _REACHED or number < _FAR:
        return None
    return running_out(leaf.value, 1 / _APPROACH, layout)


def lasting(leaf: Leaf, layout: Layout) -> Built | None:
    """How long an answer may still be kept, in seconds; None for anything else."""
    holders = {word for step in leaf.spot[:-1] for word in words(str(step))}
    if leaf.last != "ttl" or not holders & _ANSWERED or not number_in(leaf.value):
        return None
    return running_out(leaf.value, 1.0, layout)


def length_around(leaf: Leaf) -> float | None:
    """How long that lasts of which a part has gone by, where a sibling says."""
    number = number_in(leaf.value) or 0.0
    for name, value in leaf.siblings.items():
        whole = number_in(value)
        stem = without_unit(words(name))[-1:]
        if whole is not None and whole >= number and stem in _LENGTHS:
            return whole
        if whole is not None and stem == ("remaining",):
            return number + whole
    return None


def without_unit(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name of a length of time, without its unit."""
    while len(parts) > 1 and parts[-1] in _TIME_UNITS:
        parts = parts[:-1]
    return parts


def seconds_in(parts: tuple[str, ...], number: float) -> float:
    """The seconds of one unit of a length of time, by the words of its name.

    Where they say none, a large ``number`` counts milliseconds.
    """
    is_length = parts[-1:] == ("duration",)
    usual = 1.0 if number < (_LEAST_DURATION if is_length else _LEAST_MS) else 1e-3
    usual = 60.0 if not _CHARGES.isdisjoint(parts) else usual
    return next((_UNITS[part] for part in parts if part in _UNITS), usual)


def serial_in_text(leaf: Leaf) -> Built | None:
    """A whole number in a text that counts events or ticks, None for anything else."""
    role, text = role_at_end(leaf.name), leaf.value
    place = _PLACE_IN_FILE.fullmatch(text) if isinstance(text, str) else None
    if place is not None and leaf.last in _PLACES_IN_LOG:
        head, at = dumps(place[1])[:-1], int(place[2])
        return Built(lambda state, cell: f'{head}{at + _RECORD * state.number}"')
    log_place = _LOG_PLACE.fullmatch(text) if isinstance(text, str) else None
    if log_place is not None and leaf.name.lower().endswith("lsn"):
        head, at = log_place[1], int(log_place[2], 16)
        return Built(lambda state, cell: f'"{head}{at + _LOG_STEP * state.number:X}"')
    if not isinstance(text, str):
        return None
    if leaf.last == "sequencer" and _HEX_SERIAL.fullmatch(text):
        form = f'"%0{len(text)}{"x" if text.islower() else "X"}"'
        start = int(text, 16)
        return Built(lambda state, cell: form % (start + state.number))
    if not _WHOLE.fullmatch(text):
        return None
    if "monotonic" in words(leaf.name):
        ticks = ticking(int(text)).write
        return Built(lambda state, cell: f'"{ticks(state, cell)}"')
    if role is not None and role.changes == "elapse":
        start = int(text)
        return Built(
            lambda state, cell: f'"{start + (state.now_ms - state.start_ms) // 1000}"'
        )
    if sequence(leaf) is None:
        return None
    first, width, stride = int(text), len(text), stride_of(leaf)
    return Built(lambda state, cell: f'"{first + stride * state.number:0{width}d}"')


def has_gone_by(leaf: Leaf) -> bool:
    """Whether a number may be of seconds, and of no place in a list, or of a zone."""
    place = next((s for s in leaf.spot[-2:-1] if isinstance(s, int)), None)
    is_place = place is not None and leaf.value in (place, place + 1)
    number = number_in(leaf.value) or 0.0
    return number > 0 and not is_place and "start" not in words(leaf.name)
