"""Meters that add up what is measured beside them: energy of power, ways of speed."""

from __future__ import annotations

from itertools import islice

from ..evidence.changes import COSTS, is_live
from ..evidence.leaves import Leaf, words
from ..evidence.outline import Outline
from ..evidence.travel.motions import SPEEDS, is_parked
from ..fields.parts import NumberRole
from ..fields.roles import number_roles, role_at_end
from ..values.quantities import number_in
from .paces import LASTED, seconds_in, without_unit

#: Words of names of power, and those that are of some other power.
_POWERS = frozenset("apower power watts consumption delivered load".split())
_NO_POWERS = frozenset("""
    accumulated average cost cumulative day factor hour limit max meter min mode rated
    reactive state today total
    """.split())
#: Words of names of energy that flows back, and that is taken; of a second tariff.
_FED_BACK = frozenset({"export", "exported", "returned", "fed"})
_TAKEN = frozenset({"import", "imported", "delivered", "consumed"})
#: Words of names of what only gives energy.
_SOURCES = frozenset({"generation", "generator", "pv", "solar"})
_SECOND_TARIFF = frozenset({"t2", "2", "low"})
#: How many watts a unit of power has, and how many watt seconds one of energy.
_WATTS = {"kw": 1e3, "mw": 1e6}
_WATT_SECONDS = {"wh": 3.6e3, "kwh": 3.6e6, "mwh": 3.6e9, "j": 1.0}
#: What is larger and does not say its unit counts watt hours.
_MOST_KILOWATT_HOURS = 100_000
#: How many metres a unit of length has.
_METRES = {"m": 1.0, "meters": 1.0, "metres": 1.0, "miles": 1609.0, "mi": 1609.0}
_KILOMETRE = 1000.0
#: No vehicle has gone as many kilometres; it has metres.
_MOST_KILOMETRES = 2e6
#: Last words of names of what adds up as long as an effort lasts, and words of names
#: of what does not.
_EFFORTS = frozenset("beats calories distance kcal revolutions steps strokes".split())
_OTHER_EFFORTS = frozenset("drive interval lap rest stroke".split())
#: What has begun has lasted for as many seconds.
_LEAST_SECONDS = 20
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Powers with decimals below this, whose unit nothing says, are in kilowatts.
_FEW_WATTS = 20.0


def meter_rate(leaf: Leaf, role: NumberRole, whole: Outline) -> float | None:
    """By how much a meter rises in a second, None for what is no such meter."""
    roles = number_roles()
    if not COSTS.isdisjoint(words(leaf.name)):
        return _cost_rate(leaf, whole)
    if role is roles["energy"]:
        power = _watts(leaf, whole)
        if power is not None and not _is_fed(leaf, power):
            return 0.0
        is_large = (number_in(leaf.value) or 0.0) > _MOST_KILOWATT_HOURS
        usual = _WATT_SECONDS["wh" if is_large else "kwh"]
        unit = _unit_of(leaf, _WATT_SECONDS, usual)
        return None if power is None else abs(power) / unit
    if role is not roles["odometer"]:
        return None
    motion = whole.motion(leaf.spot)
    if motion is None:
        return None if _has_no_speed(whole) and not _is_parked(whole) else 0.0
    is_long = (number_in(leaf.value) or 0.0) > _MOST_KILOMETRES
    return motion.speed / _unit_of(leaf, _METRES, 1.0 if is_long else _KILOMETRE)


def mean_pace(leaf: Leaf, whole: Outline) -> float | None:
    """By how much what goes on adds to a total in a second, None for anything else.

    It is the total so far by the time that has gone by: of a ride, of a workout.
    """
    parts = tuple(word for word in words(leaf.name) if word not in _METRES)
    number = number_in(leaf.value)
    if (
        not number
        or not _EFFORTS & {*parts[-1:]}
        or not _OTHER_EFFORTS.isdisjoint(parts)
    ):
        return None
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        role, elapsed = role_at_end(name), number_in(value)
        is_time = role is number_roles()["elapsed_time"]
        is_time = is_time or without_unit(words(name)) in LASTED
        if is_time and elapsed and any(map(is_live, leaf.siblings.items())):
            return number / (elapsed * seconds_in(words(name), elapsed))
    return None


def still_lasts(leaf: Leaf) -> bool:
    """Whether some seconds have elapsed of what is measured all the time."""
    is_long = isinstance(leaf.value, int) and leaf.value >= _LEAST_SECONDS
    is_time = leaf.last == "elapsed" or without_unit(words(leaf.name)) in LASTED
    beside = islice(leaf.siblings.items(), _MAX_BESIDE)
    return is_time and is_long and sum(map(is_live, beside)) > 1


def _cost_rate(leaf: Leaf, whole: Outline) -> float | None:
    """By how much a cost rises in a second, as the energy that it is of does."""
    cost = number_in(leaf.value)
    for name, value in leaf.siblings.items():
        energy, role = number_in(value), role_at_end(name)
        other = whole.leaves.get((*leaf.spot[:-1], name))
        is_energy = role is number_roles()["energy"] and other is not None
        if is_energy and other is not None and energy and cost:
            rate = meter_rate(other, number_roles()["energy"], whole)
            return None if rate is None else rate * cost / energy
    return None


def _is_parked(whole: Outline) -> bool:
    """Whether a field says that what an example is about stands."""
    return any(map(is_parked, whole.leaves.values()))


def _has_no_speed(whole: Outline) -> bool:
    return not any(leaf.last in SPEEDS for leaf in whole.leaves.values())


def _watts(leaf: Leaf, whole: Outline) -> float | None:
    """The power whose energy a meter adds up, the nearest one; None where none is."""
    others = (other for other in whole.leaves.values() if other.spot != leaf.spot)
    powers = [other for other in others if _is_power(other)]
    powers.sort(key=lambda other: -_shared(leaf, other))
    for other in powers:
        number = number_in(other.value) or 0.0
        is_small = isinstance(other.value, float) and abs(number) < _FEW_WATTS
        return number * _unit_of(other, _WATTS, 1e3 if is_small else 1.0)
    return None


def _is_fed(leaf: Leaf, power: float) -> bool:
    """Whether a meter counts energy that flows in the direction of a power.

    Of the meters of two tariffs only the first one does.
    """
    parts = {*words(leaf.name)}
    if parts & _SECOND_TARIFF:
        return False
    around = {word for step in leaf.spot[:-1] for word in words(str(step))}
    is_back = bool(parts & _FED_BACK) and around.isdisjoint(_SOURCES)
    return is_back == (power < 0) or not parts & (_FED_BACK | _TAKEN)


def _is_power(leaf: Leaf) -> bool:
    parts = {*words(leaf.name)}
    is_energy = not parts.isdisjoint(_WATT_SECONDS)
    has_number = bool(number_in(leaf.value)) and not is_energy
    return has_number and bool(parts & _POWERS) and not parts & _NO_POWERS


def _shared(one: Leaf, other: Leaf) -> int:
    """How many objects two fields are both in."""
    pairs = zip(one.spot, other.spot)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), len(one.spot))


def _unit_of(leaf: Leaf, units: dict[str, float], usual: float) -> float:
    """The size of the unit of a number, by its name or a neighbour."""
    said = [str(leaf.siblings.get(name, "")) for name in ("unit", "units")]
    holders = [word for step in leaf.spot for word in words(str(step))[::-1]]
    in_one = "".join(words(leaf.name)[-2:])  # kWh
    for word in (
        in_one,
        *words(leaf.name)[::-1],
        *(text.lower() for text in said),
        *holders,
    ):
        if word in units:
            return units[word]
    return usual
