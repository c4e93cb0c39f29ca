"""Which numbers of an example change from event to event."""

from __future__ import annotations

import re
from itertools import islice

from ...resources.catalogue import noun_of
from ...words import Json
from ..fields.parts import NumberRole, Part
from ..fields.roles import number_role, role_at_end, role_of_unit
from ..values.quantities import number_in
from .chains import step_of
from .leaves import Leaf, Spot, is_element, is_set, plain, singular_name, words
from .outline import Outline
from .succession.sequences import sequence
from .travel.motions import STILL

#: Words of names of where something is and how it moves.
_OF_MOTION = frozenset("""
    agl alt altitude amsl asl attitude azimuth baro bearing climb cog course current
    deg degrees direction elevation geom gps hae hdg head heading heel lat latitude lng
    lon long longitude mag magnetic magtrack msl pitch pos position rate roll speed tilt
    track true turn v vehicle vel velocity vertical vspeed yaw
    """.split())
#: Words of names of what a point has.
_OF_POINTS = frozenset("alt altitude elevation lat latitude lng lon longitude".split())
#: Names that only say that there is a value, and of what says which.
_VALUES = frozenset(
    {
        (),
        ("value",),
        ("data",),
        ("linear",),
        ("angular",),
        ("x",),
        ("y",),
        ("z",),
        ("state",),
        ("reading",),
        ("measurement",),
        ("val",),
        ("as", "double"),
        ("as", "int"),
        ("pct",),
        ("perc",),
        ("percent",),
        ("percentage",),
    }
)
_MEASURED = frozenset("""
    attribute capability class code comp display entity event field id key kind
    label measurand measure measurement metric name parameter path pollutant
    property quantity sensor type variable
    """.split())
#: What things were done to, so that there are more and more: ``Bottles Filled``.
_DONE = re.compile(r"(?!.*(?:need|speed|feed|seed)$)\w[\w ]*[ _]\w+ed", re.IGNORECASE)
#: Words of names of what says in which unit a number is.
_UNITS = frozenset({"unit", "units"})
#: Names that only say that a number is the present one of what holds it.
_PRESENT = frozenset({("actual",), ("current",), ("now",), ("present",)})
#: Members beside which a number is the actual one.
_WANTED = frozenset({"desired", "goal", "setpoint", "target"})
#: Words of names that only say in which unit a number is.
_IN_UNIT = frozenset("1 5 15 a c db f hpa hz k kw lx m ma mv pa t v w".split())
#: Members beside which a ``w`` is a width.
_EDGES = frozenset({"h", "height", "x", "y"})
#: Directions of the wind up to this are numbers of a table: north, north-east.
_WIND_CODES = 8
#: Beside as many measures other numbers with decimals are measures.
_MEASURES, _MAX_BESIDE = 3, 40
#: Words of names of numbers by which measures are corrected, or told to be good.
_FACTORS = frozenset("""
    accuracy advance calibration coefficient constant correction factor gain hdop kd ki
    kp offset pdop price ratio resolution scale tolerance variation vdop version
    """.split())
#: How far the angles of parts of a machine go (degrees).
_TURNS = frozenset({180, 360})
#: What names of sums and extremes have in them: ``dailyrainin``.
_OF_PERIOD = re.compile(
    "avg|cap|count|daily|event|hour|max|min|month|rain|snow|today|total|week|year", re.I
)
#: Slower than this turns no fan (rpm).
_LEAST_TURNS = 300
#: Words of names of lines, whose speed is that of their kind.
_LINKS = frozenset("eth ethernet interface lan link port wan".split())
#: From here on a frequency is that of a radio (Hz).
_RADIO = 1_000
#: Words of names of what something has cost.
COSTS = frozenset({"cost", "costs"})
#: Members beside which a frequency is that of a radio.
_RECEIVED = frozenset({"bandwidth", "datarate", "modulation", "rssi", "snr"})
#: What a member of an old state is called, and one of the new state.
_OLD = {
    "old": ("new", "data"),
    "previous": ("current",),
    "before": ("after",),
    "prev": ("curr",),
    "precpu": ("cpu",),
}
#: Words of names of what measures, behind what it does.
_SENSORS = frozenset({"sensor", "sensors"})
#: Names of shares, of which one of all of it is that of the whole.
_IN_PERCENT, _ALL = (("percent",), ("percentage",)), 100
#: Words of names of lists of what is said of measures, in grades.
_RATINGS = frozenset({"index", "indices", "score", "scores"})
#: What is called ``s`` counts events beside an ``op``, or where no speed is as large.
_SPEEDS = 1_000
#: The code of a currency.
_CURRENCY = re.compile(r"[A-Z]{3}")
#: How many objects around a value are looked at for what it measures.
_MAX_HOLDERS = 3
#: Last words of names of lists of what is measured, whatever it is.
_SAMPLES = (("points",), ("readings",), ("samples",), ("values",))
#: Members beside which a price is one of a market.
_MARKET = frozenset("""
    ask bid cap close open symbol ticker vol vwap volume pair
    """.split())
#: Words of names of prices and changes that few trades or none move any more.
_PAST = frozenset("""
    analyst average avg consensus estimated high highest low lowest max maximum min
    minimum month next original prev previous reserve settlement target week year
    yesterday ytd
    """.split())
#: Words of names of changes, and of those of something else than a price.
_CHANGES, _NO_CHANGES = frozenset({"change", "delta"}), frozenset({"cap", "volume"})
_PRICES = frozenset("ask bid c close last mark mid price value".split())
#: What an object of the prices of a day before is called.
_DAY = ("ohlc",)
#: Members beside which prices and sizes are those of one order.
_ORDERED = frozenset("""
    clientorderid clordid cumexecqty cumqty execid leavesqty ordertype ordstatus
    orderstatus timeinforce
    """.split())
#: What the size of a trade is called.
_TRADED = "last_size"
_MARKETS = frozenset({"stocks", "crypto", "forex", "trades", "orderbook", "indices"})


def changing(leaf: Leaf, whole: Outline) -> NumberRole | None:
    """The role of a number that changes, None where it stays."""
    noun = whole.noun
    role = role_at_end(leaf.name)
    is_step = leaf.name == "s" and ("op" in leaf.siblings or _size(leaf) > _SPEEDS)
    if step_of(leaf) and leaf.spot[:-1] in whole.events:
        is_step = True
    role = role_at_end("sequence") if is_step else role
    if _is_of_energy(leaf):
        role = role_at_end("energy_cost")
    if role is None or role.changes in ("", "by-one"):
        return sequence(leaf._replace(name="sequence")) if is_step else sequence(leaf)
    if role is None or not role.changes:
        return None
    if role.changes == "market":
        plain = {word.rstrip("0123456789") for word in words(leaf.name)}
        is_past = not _PAST.isdisjoint(plain) or _is_lone_change(leaf)
        return role if _is_market(leaf, noun) and not is_past else None
    if role is role_at_end("wind_direction") and _size(leaf) <= _WIND_CODES:
        return None  # one of a table
    if leaf.last.rstrip("0123456789") == "fan" and _size(leaf) < _LEAST_TURNS:
        return None  # a mode, or a share that somebody has set
    if "freq" in leaf.last and _is_of_radio(leaf):
        return None  # a channel
    if leaf.last == "speed" and isinstance(leaf.value, int) and _size(leaf) == 1:
        return None  # how fast something plays
    if role is role_at_end("speed") and not _LINKS.isdisjoint(words(leaf.name)):
        return None  # what a line is able to
    if is_set(leaf) or (role.changes == "motion" and not _travels(leaf, whole)):
        return None
    return role


def _is_of_energy(leaf: Leaf) -> bool:
    """Whether a number is what the energy beside it has cost so far."""
    energy = role_at_end("energy")
    is_cost = not COSTS.isdisjoint(words(leaf.name))
    return is_cost and any(
        role_at_end(name) is energy and number_in(value)
        for name, value in islice(leaf.siblings.items(), _MAX_BESIDE)
    )


def _is_of_radio(leaf: Leaf) -> bool:
    """Whether a frequency is that of a radio, by its size or by what is beside it."""
    return _size(leaf) > _RADIO or not leaf.siblings.keys().isdisjoint(_RECEIVED)


def _size(leaf: Leaf) -> float:
    return leaf.value if isinstance(leaf.value, (int, float)) else 0.0


def measured_by(leaf: Leaf) -> NumberRole | None:
    """The role of a number by what its neighbours say that it measures."""
    role = None if is_set(leaf) else _said_beside(leaf)
    if role is not None and any("currency" in words(name) for name in leaf.siblings):
        return None
    return role


def is_among_measures(leaf: Leaf) -> bool:
    """Whether a number of an unknown name is one of several measures.

    It has decimals, as what is measured has, and is no factor or sum by its name.
    """
    number = leaf.value
    if not isinstance(number, float) or not number % 1 or is_element(leaf):
        return False
    named = number_role(leaf.name)
    is_other = named is not None and (named.high not in _TURNS or named.position)
    if is_set(leaf) or is_other:
        return False
    if not _FACTORS.isdisjoint(words(leaf.name)) or _OF_PERIOD.search(leaf.name):
        return False
    beside = islice(leaf.siblings.items(), _MAX_BESIDE)
    return sum(map(is_live, beside)) >= _MEASURES


def is_live(member: tuple[str, Json]) -> bool:
    """Whether a member of an object is a measure that moves."""
    role = role_at_end(member[0])
    if role is None or role.changes != "always" or role.part is not Part.MEASURE:
        return False
    if role is role_at_end("speed"):
        return False  # it may be that of the whole ride
    return bool(number_in(member[1]))


def _said_beside(leaf: Leaf) -> NumberRole | None:
    name = words(leaf.name)
    if name in _PRESENT and not leaf.siblings.keys().isdisjoint(_WANTED):
        return _held_by(leaf)
    if _CURRENCY.fullmatch(leaf.name):
        return _rate(leaf)
    if name == ("total",) and _held_by(leaf) is role_at_end("energy"):
        return role_at_end("energy")
    if _is_in_watts(leaf):
        return role_at_end("power")
    if isinstance(leaf.value, float) and _is_unit(name):
        return _held_by(leaf)
    holders = {word for step in leaf.spot[:-1] for word in words(str(step))}
    if (
        (leaf.value == _ALL and name in _IN_PERCENT)
        or holders & _RATINGS
        or (name not in _VALUES and not all(map(str.isdecimal, name)))
    ):
        return None
    inner = [each for each in leaf.siblings.values() if isinstance(each, dict)]
    for members in (leaf.siblings, *inner):
        for name, text in members.items():
            if isinstance(text, str) and not _MEASURED.isdisjoint(words(name)[-2:]):
                role = role_at_end(text)
                if role is not None and role.changes == "always":
                    return role
                if isinstance(leaf.value, int) and _DONE.fullmatch(text):
                    return role_at_end("counter")
        for name, text in members.items():
            if isinstance(text, str) and not _UNITS.isdisjoint(words(name)):
                role = role_of_unit(text)
                if role is not None:
                    return role
    return _held_by(leaf)


def _rate(leaf: Leaf) -> NumberRole | None:
    """The role of a price by a currency's code: ``rates`` have ``USD``."""
    holders = [step for step in leaf.spot[:-1] if isinstance(step, str)]
    if leaf.value == 1:
        return None  # the currency in which the others are
    role = role_at_end(singular_name(holders[-1])) if holders else None
    return role if role is not None and role.priced else None


def _is_in_watts(leaf: Leaf) -> bool:
    """Whether a number is of watts by its name, and no width beside a height."""
    *of, unit = words(leaf.name) or ("",)
    is_width = not leaf.siblings.keys().isdisjoint(_EDGES)
    return unit == "w" and not is_width and bool(of or isinstance(leaf.value, float))


def _is_unit(name: tuple[str, ...]) -> bool:
    """Whether a name only says in which unit a number is: ``tC``."""
    return bool(name) and _IN_UNIT.issuperset(name)


def _held_by(leaf: Leaf) -> NumberRole | None:
    """The role that the names of the objects around a number give it."""
    if leaf.value == 1 and isinstance(leaf.value, int):
        return None  # a level, or a switch that is on
    holders = [step for step in leaf.spot[:-1] if isinstance(step, str)]
    holders = [holder for holder in holders if words(holder)[-1:] not in _SAMPLES]
    for holder in holders[: -_MAX_HOLDERS - 1 : -1]:
        holder = " ".join(word for word in words(holder) if word not in _SENSORS)
        role = role_at_end(singular_name(holder)) or role_at_end(holder)
        if role is not None:
            return role if role.changes == "always" else None
    return None


def _travels(leaf: Leaf, whole: Outline) -> bool:
    """Whether a place or a direction is that of what moves."""
    if whole.motion(leaf.spot) is None or not set(words(leaf.name)) <= _OF_MOTION:
        return False
    around = {word for step in leaf.spot[:-1] for word in words(str(step))}
    return not around & STILL and not _is_of_line(leaf, whole)


def _is_of_line(leaf: Leaf, whole: Outline) -> bool:
    """Whether a place is one of the points of a line: a road, an area."""
    *around, at, name = leaf.spot if len(leaf.spot) > 1 else ("", "")
    is_point = all(_OF_POINTS.issuperset(words(each)) for each in leaf.siblings)
    if not isinstance(at, int) or not is_point:
        return False
    return any((*around, near, name) in whole.leaves for near in (at - 1, at + 1))


def _is_market(leaf: Leaf, noun: str) -> bool:
    siblings = [*islice(leaf.siblings.items(), _MAX_BESIDE)]
    if any(plain(name) in _ORDERED for name, _ in siblings):
        return False
    others = (
        member
        for member, value in siblings
        if member != leaf.name and not isinstance(value, bool)
    )
    beside = {word for member in others for word in words(member)}
    if words(leaf.owner) == _DAY:
        return False
    has_offer = any(
        name.lower() == "offer" and number_in(value) for name, value in siblings
    )
    if has_offer or beside & _MARKET or _TRADED in leaf.siblings:
        return True
    known = (noun_of(noun), noun_of(leaf.owner))
    return any(each is not None and each.name in _MARKETS for each in known)


def _is_lone_change(leaf: Leaf) -> bool:
    """Whether a number is the change of what its object does not have."""
    parts = {*words(leaf.name)}
    if parts.isdisjoint(_CHANGES):
        return False
    if not parts.isdisjoint(_NO_CHANGES):
        return True
    others = (words(name) for name in leaf.siblings)
    return not any("change" not in n and not _PRICES.isdisjoint(n) for n in others)


def newer(whole: Outline) -> dict[Spot, Spot]:
    """Where the new state of a field is, by where its old one is."""
    found: dict[Spot, Spot] = {}
    for spot in whole.leaves:
        for at, step in enumerate(spot):
            parts = words(str(step))
            if parts and parts[0] in _OLD:
                for word in _OLD[parts[0]]:
                    new = str(step).replace(parts[0], word, 1)
                    other = (*spot[:at], new, *spot[at + 1 :])
                    if other in whole.leaves and len(spot) > at + 1:
                        found[spot] = other
    return found
