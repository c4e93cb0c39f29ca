"""The numbers of an example: which change, and how they move."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ...schema.jsontext import dumps
from ...schema.ranges import decimals_of
from ...words import Json
from ..compile.build import Built, Scope
from ..compile.numbers import number_writer
from ..evidence.chains import step_of
from ..evidence.leaves import Leaf, Spot, time_of, words
from ..evidence.occurrences.amounts import Occurrences
from ..evidence.outline import Outline
from ..evidence.succession.sequences import stride as stride_of
from ..fields.moments import When, when
from ..fields.parts import NumberRole, Part
from ..fields.places import Place
from ..fields.roles import number_role, number_roles, role_at_end
from ..values.quantities import decimals_before, number_in, quantity
from ..values.relations import Kind, Reader
from ..values.state import Layout
from .counts.growth import Growth
from .counts.running import rate_of
from .counts.tallies import is_own_clock
from .earlier import History, again, telling
from .levels import in_ticks, tick_of
from .meters import mean_pace, meter_rate
from .mobility import ONCE, Mobility, bounds
from .occurrences.drawn import Draws
from .paces import (
    ELAPSED,
    approaching,
    climb_of,
    climbing,
    counting,
    draining,
    elapsing,
    has_gone_by,
    lasting,
    length_around,
    playing,
    progressing,
    rising,
    running_out,
    seconds_in,
    serial_in_text,
    shown,
    ticking,
    travelling,
    varying,
    without_unit,
)
from .scales import Scales, as_large
from .times.timers import counted, minutes_in, shows_timer, timer

#: Members that bound a sibling.
_BOUNDS = frozenset("total capacity size limit".split())
#: Sums of money that are each record's own, where no parts of it are listed.
_AMOUNTS = frozenset({"amount"})
_ITEMS = frozenset({"items", "lines", "line_items", "lineItems"})
#: Words of names of what an amount is made of, or leads to.
_SHARES = frozenset("fee fees net tax taxes vat".split())
#: Words of names of how much of something has been played.
_PLAYED = frozenset("elapsed played position progress".split())
#: Numbers named as times that are larger than this count ticks of a clock.
_LEAST_TICKS = 100_000_000
#: As many seconds lie between a position and its report.
_FEW_SECONDS = 2
#: Shares of a hundred that are as small as this may be shares of one.
_LEAST_SHARE = 0.5
_PERCENT = frozenset({"pct", "perc", "percent", "percentage"})
#: Words of names of usage that only adds up.
_SUMS = frozenset({"cpu", "total"})
#: Longer pieces of music are told in milliseconds.
_LONGEST_PIECE = 36_000
#: Names of how often something happened that is told of once.
_REPEATS = frozenset({"count", "occurrences", "repeats", "repeatCount"})
_HEIGHTS = frozenset({("alt",), ("altitude",)})
_IN_MS = frozenset({("ms",), ("millis",)})
#: Counts above this that are the same are one.
_LARGE = 10_000
#: As many decimals of a number are enough.
_MAX_DIGITS, _MAX_TEXT_DIGITS = 9, 12
#: A float that counts, is whole and as large as this counts whole things.
_WHOLE_COUNT = 1_000.0
#: Larger stocks, of bytes for one, change by a smaller share at a time.
_LARGE_STOCK, _HUGE_STOCK = 1e6, 1e10
_MARK = '"'
#: Members of a span of a trace.
_SPANS = frozenset({"traceId", "trace_id", "traceID", "parentId", "parent_id"})


class Numbers:
    """Chooses the writers of one example's numbers."""

    def __init__(self, scope: Scope, whole: Outline, loose: bool) -> None:
        """With ``loose`` also numbers of unknown names change."""
        self._scope = scope
        self._whole = whole
        occurrences = Occurrences(whole)
        mobility = Mobility(whole, loose, occurrences)
        self.role, self._progress = mobility.role, mobility.progress
        self._accruals = mobility.accruals
        self._growth = Growth(whole, self.role, self._progress)
        self.draws = Draws(occurrences)
        values = Counter(str(leaf.value) for leaf in whole.leaves.values())
        self._twice = {text for text, count in values.items() if count > 1}
        #: Where a number is written first that others repeat.
        self._first: dict[tuple[NumberRole | str | None, str], tuple[Spot, Built]] = {}
        self.history = History(whole)
        self._scales = Scales()

    def constant(self, value: Json) -> Reader | None:
        """What reads a number that stays, None for what is none."""
        number = number_in(value)
        return None if number is None else lambda cell: number

    def built(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """The writer of a number that changes, None for what does not."""
        if self.role(leaf) is ONCE and place.relation is None:
            return self.draws.built(leaf, layout)
        if number_in(leaf.value) is None:
            count = self._growth.in_digits(leaf, layout) or serial_in_text(leaf)
            time = count or timer(leaf) or shows_timer(leaf)
            return time or self._with_unit(leaf, place, layout)
        track = self._whole.tracks.get(leaf.spot)
        if track is not None:
            place_role = number_roles()[
                "latitude" if track.is_latitude else "longitude"
            ]
            start = number_in(leaf.value) or 0.0
            return travelling(place_role, leaf, track.motion, start)
        if place.relation is not None and place.relation.kind is Kind.LOWEST:
            if not number_in(leaf.value):
                return None  # there is nothing lower
        if place.relation is not None:
            return self._moving(leaf, place, layout, None)
        if place.is_further:
            return self._of_entity(leaf, place, layout)
        role = self.role(leaf)
        if role is not None and self.history.is_old(leaf.spot):
            first = shown(leaf.value)(number_in(leaf.value) or 0.0)
            return self.history.before(leaf.spot, lambda state, cell: first)
        is_measure = role is not None and role.changes == "always"
        is_count = role is not None and role.part is Part.COUNTER
        is_one = isinstance(leaf.value, float) or (
            is_count and isinstance(leaf.value, int) and leaf.value > _LARGE
        )
        kind = role if is_measure and is_one else leaf.last
        key = (kind, str(leaf.value))
        is_shared = str(leaf.value) in self._twice and len(str(leaf.value)) > 2
        if is_shared and key in self._first:
            spot, first_built = self._first[key]
            is_beside = spot[:-1] == leaf.spot[:-1]  # whose cell has both
            read = first_built.number if is_beside else None
            return replace(again(spot), number=read)
        is_span = leaf.last == "duration" and _SPANS & leaf.siblings.keys()
        if is_span and place.fresh and number_in(leaf.value):
            return varying(leaf.value, number_in(leaf.value) or 0.0, layout)
        built = self._special(leaf, layout)
        if built is None and role is not None:
            built = self._by_role(role, leaf, place, layout)
        if built is None:
            return self._of_entity(leaf, place, layout)
        if role is not None and role.celsius:
            built = self._scales.alike(leaf, built)
        if is_shared:
            self._first[key] = leaf.spot, built
        if is_shared or self.history.is_new(leaf.spot):
            return telling(built, leaf.spot)
        return built

    def _with_unit(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """A measure in a text with its unit: ``21.5 °C``, ``2876544Ki``."""
        measured, role = quantity(leaf.value), self.role(leaf)
        if measured is None:
            return None
        number, unit = measured
        if place.relation is None:
            if role is None or role.part is not Part.MEASURE:
                return None
            role = replace(role, high=None, step=min(role.step, 0.01))
        else:
            role = None
        is_whole = isinstance(number, int)
        digits = None if is_whole else decimals_before(str(leaf.value), unit)
        value = number if digits is None else f"{number:.{digits}f}"
        write = self._moving(leaf._replace(value=value), place, layout, role).write
        tail = dumps(unit)[1:]
        return Built(lambda state, cell: f'"{write(state, cell).strip(_MARK)}{tail}')

    def _special(self, leaf: Leaf, layout: Layout) -> Built | None:
        """A number whose name is not enough to say how it changes."""
        value, parts = leaf.value, words(leaf.name)
        task = self._progress.task(leaf.spot)
        if task is not None:
            return elapsing(value, 1 / task.pace, layout, task.whole)
        pace = self._accruals.pace(leaf)
        if pace is not None:
            return rising(value, pace, layout)
        is_new = self._whole.is_event and len(leaf.spot) == 1
        if (is_new or leaf.spot[:-1] in self._whole.born) and leaf.name in _AMOUNTS:
            number = number_in(value)
            is_split = any(not _SHARES.isdisjoint(words(n)) for n in leaf.siblings)
            if number and not is_split and not leaf.siblings.keys() & _ITEMS:
                return varying(value, number, layout)
        rate = rate_of(leaf)
        if rate is None and not self._whole.is_over:
            rate = mean_pace(leaf, self._whole)
        if rate is not None:
            return rising(value, rate, layout)
        if without_unit(parts)[-1:] in ELAPSED and has_gone_by(leaf):
            longest = length_around(leaf)
            if longest is not None:
                unit = seconds_in(parts, longest)
                if parts[-1] != "elapsed" and longest > _LONGEST_PIECE:
                    unit = 1e-3
                return elapsing(value, unit, layout, longest)
        approach = (
            approaching(leaf, layout) or lasting(leaf, layout) or counted(leaf, layout)
        )
        if approach is not None:
            return approach
        if is_own_clock(leaf):
            return rising(value, 1.0, layout)
        if not isinstance(value, int) or not value:
            return None
        if leaf.name in _REPEATS and any(map(_is_latest, leaf.siblings)):
            return counting(value, layout)
        if when(leaf.name) is When.NOW and value < 60:
            return self._second(value)
        if parts[-1:] in _IN_MS and not _PLAYED.isdisjoint(parts):
            return playing(value, self._longest(value))
        role = role_at_end(leaf.name)
        is_length = role is not None and role.changes in ("elapse", "run-out")
        if is_length or leaf.last == "ticks" or self.role(leaf) is not None:
            return None
        is_now = when(leaf.name) is When.NOW and parts[:1] != ("first",)
        if value > _LEAST_TICKS and is_now:
            if time_of(leaf) is None:
                return ticking(value)
        return None

    def _second(self, value: int) -> Built | None:
        """The second of the event's time, where it is that of the example's."""
        times = (time_of(other) for other in self._whole.leaves.values())
        seconds = {at[1] // 1000 % 60 for at in times if at is not None}
        is_one = any((second - value) % 60 <= _FEW_SECONDS for second in seconds)
        if self._whole.present is None or not is_one:
            return None
        behind = (self._whole.present // 1000 - value) % 60
        return Built(lambda state, cell: str((state.now_ms // 1000 - behind) % 60))

    def _longest(self, value: int) -> int | None:
        """How long what plays is, in milliseconds."""
        lengths = [
            leaf.value
            for leaf in self._whole.leaves.values()
            if "duration" in words(leaf.name) and isinstance(leaf.value, int)
        ]
        return next((length for length in lengths if length >= value), None)

    def _by_role(
        self, role: NumberRole, leaf: Leaf, place: Place, layout: Layout
    ) -> Built | None:
        value, number = leaf.value, number_in(leaf.value) or 0.0
        if role.changes == "by-one" and isinstance(value, int):
            if value == 1 and self._counts_otherwise(leaf):
                return None
            first, stride = value, step_of(leaf) or stride_of(leaf)
            return Built(lambda state, cell: str(first + stride * state.number))
        if role.changes == "elapse":
            is_share = isinstance(value, float) and value <= 100
            if isinstance(value, str) or (is_share and leaf.last != "time"):
                return None  # a share of the time
            unit = 60.0 if minutes_in(leaf) else seconds_in(words(leaf.name), number)
            return elapsing(value, unit, layout)
        if role.changes == "run-out":
            return running_out(value, seconds_in(words(leaf.name), number), layout)
        if role.changes == "drain":
            return draining(value, number)
        if role.changes == "progress":
            return progressing(value, number)
        pace = meter_rate(leaf, role, self._whole)
        if pace is not None:
            return rising(value, pace, layout)
        if role.part is Part.COUNTER and role.changes == "always":
            if isinstance(value, int) and not role.absolute:
                return self._growth.counting(leaf, layout)
        if role.high == 100 and number > 100 and isinstance(value, int):
            if not _SUMS.isdisjoint(words(leaf.name)):
                return counting(number, layout)
            role = replace(role, step=0.005, spread=0.1)
        if role is number_roles()["used"] and number > _LARGE_STOCK:
            share = 20 if number < _HUGE_STOCK else 2000
            role = replace(role, step=role.step / share, spread=role.spread / share)
        climb = climb_of(leaf) if words(leaf.name)[:1] in _HEIGHTS else None
        if climb is not None:
            return climbing(value, number, climb)
        motion = self._whole.motion(leaf.spot)
        if motion is not None and motion.has_place:
            built = travelling(role, leaf, motion, number)
            if built is not None:
                return built
        return self._moving(leaf, place, layout, role)

    def _counts_otherwise(self, leaf: Leaf) -> bool:
        """Whether another number counts the events, so that 1 is the first part."""
        return any(
            other is not leaf
            and other.value != 1
            and (role := self.role(other)) is not None
            and role.changes == "by-one"
            for other in self._whole.leaves.values()
        )

    def _moving(
        self, leaf: Leaf, place: Place, layout: Layout, role: NumberRole | None
    ) -> Built:
        """A measure, a counter, or what follows from others."""
        value, number, digits = leaf.value, number_in(leaf.value) or 0.0, None
        is_whole = isinstance(value, int)
        flat: dict[str, object] = {"examples": [value if is_whole else number]}
        if isinstance(value, str):
            digits = min(len(value.partition(".")[2]), _MAX_TEXT_DIGITS)
        elif isinstance(value, float) and (decimals_of(value) or 0) > _MAX_DIGITS:
            digits = _MAX_DIGITS
        elif isinstance(value, float) and not _is_money(leaf, role) and number % 1:
            digits = decimals_of(value)
        elif role is not None and not role.changes and isinstance(value, float):
            digits = 1
        elif role is not None and role.part is Part.COUNTER and number >= _WHOLE_COUNT:
            digits = None if number % 1 else 0
        flat.update(bounds(leaf, role))
        for name, other in leaf.siblings.items():
            bound = number_in(other)
            if place.relation is None and bound and bound >= number > 0:
                if name == leaf.name:
                    continue
                if words(name)[-1:] and words(name)[-1] in _BOUNDS:
                    flat["maximum"] = bound
        if role is not None and role.high == 100 and _LEAST_SHARE <= number <= 1:
            if isinstance(value, float) and _PERCENT.isdisjoint(words(leaf.name)):
                role = replace(role, high=1.0)
        if role is not None:
            role = as_large(role, number)
        if role is not None and place.fresh and (role.priced or role.celsius):
            role = replace(role, spread=2 * role.step)  # of one moment
        tick = None if place.is_further else tick_of(leaf)
        if tick is not None:
            flat["multipleOf"], place = (tick,), in_ticks(place, number)
        if role is not None and role.changes == "market" and number > 0:
            if role.low == 0 and not is_whole:
                flat["exclusiveMinimum"] = 0
        made = number_writer(
            flat, is_whole, place, layout, self._scope.survey, digits, role
        )
        built = Built(made.write, number=made.read, centre=made.centre)
        if not isinstance(value, str):
            return built
        tail = value.partition(".")[2][_MAX_TEXT_DIGITS:]
        return replace(built, write=lambda s, cell: f'"{made.write(s, cell)}{tail}"')

    def _of_entity(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """The number of an entity that the example does not show."""
        role = role_at_end(leaf.name)
        if role is None or not leaf.value or time_of(leaf) is not None:
            return None
        is_user = leaf.last == "uid" and "id" in leaf.siblings
        if place.is_own_id and role.part is Part.IDENTITY and not is_user:
            is_new = place.many and place.fresh and place.path.count("[]") == 1
            return (
                self._moving(leaf, place, layout, None)
                if (is_new or place.is_further)
                else None
            )
        if not place.is_further:
            return None
        if role.priced or self.role(leaf) is not None:
            is_own = (role.priced and place.fresh) or role.celsius
            own = role if is_own else None
            if role.priced and not place.fresh and self.role(leaf) is None:
                own = replace(role, part=Part.TRAIT)  # what its kind costs
            return self._moving(leaf, place, layout, own)
        return None


def _is_latest(name: str) -> bool:
    """Whether a member says when something happened last."""
    return words(name)[:1] == ("last",) and when(name) is When.NOW


def _is_money(leaf: Leaf, role: NumberRole | None) -> bool:
    """Whether a number is a price, which may have a decimal more than the example."""
    named = role or number_role(leaf.name)
    return named is not None and named.priced
