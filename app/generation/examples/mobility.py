"""Which numbers of an example change by themselves, and in which role."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from itertools import islice

from ..evidence.changes import changing, is_among_measures, is_live, measured_by, newer
from ..evidence.leaves import (
    Leaf,
    Spot,
    is_element,
    is_set,
    singular_name,
    time_of,
    words,
)
from ..evidence.occurrences.amounts import Amount, Occurrences
from ..evidence.outline import Outline
from ..fields.parts import NumberRole, Part
from ..fields.roles import PLAIN_NUMBER, number_role, number_roles, role_at_end
from ..values.quantities import number_in, quantity
from .counts.accruals import Accruals
from .counts.progress import Progress
from .counts.running import goes_on as has_to_go
from .counts.running import plays, rate_of, stands
from .counts.statistics import Statistics
from .counts.tallies import (
    is_capacity,
    is_distinct,
    is_mean_time,
    is_of_class,
    is_of_model,
    is_quota,
    is_rate,
    is_slow,
    is_summed_up,
    is_tally,
)
from .meters import still_lasts
from .paces import ELAPSED, done_of, without_unit

#: Parts of numbers that mean something else than their size.
_CODES = frozenset({Part.IDENTITY, Part.TRAIT, Part.CLOCK})
#: What an endpoint that is alive gets more and more of.
_RECEIVED = frozenset({"frames", "messages", "packets"})
_LEAST_RECEIVED = 50
#: A number of an unknown name beside a clock.
_CALM_NUMBER = replace(PLAIN_NUMBER, spread=0.05, step=0.004)
#: What the numbers beside a team's score count.
_SIDES = frozenset({"away", "home", "visitor"})
_SCORES = frozenset({"score", "goals", "points", "runs"})
#: Names of how many games were won, beside which others were lost or drawn.
_WON = frozenset({"win", "wins", "won"})
#: Words of names of what somebody chooses, in whole steps.
_CHOSEN = frozenset({"mode", "step"})
#: Members of a team, or of who plays for one, beside its score.
_OF_TEAMS = frozenset(
    "abbreviation code id name number player side team team_id teamId".split()
)
#: How numbers change that tell a time that goes by.
RUNNING = frozenset({"elapse", "run-out"})
#: Last words of names of how many elements a list has.
_COUNTS = frozenset({"count", "length", "results", "size", "total"})
#: A number of two digits or more in a sentence.
_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+|\d)(?![\w:/-]|\.\d)")
#: Fewer are counted one by one, and seldom.
_SEVERAL = 20
#: Words of names of the tokens of an answer.
_TOKENS = frozenset({"token", "tokens"})
_ANSWERS = frozenset({"candidates", "completion", "output", "total"})
#: The first of a row of a book, and where the row has how much is wanted.
_SIDES_OF_BOOKS, _SIZE_IN_ROW = frozenset({"ask", "bid", "buy", "sell"}), 2
#: Last words of names of what is still to come.
_LEFT = frozenset({("remaining",), ("left",)})
#: Names of extremes, which follow numbers of these names and bound others.
_LOWEST, _HIGHEST = ("low", "min", "minimum"), ("high", "max", "maximum")
_EXTREMES_OF = frozenset(
    "price value avg average mean temp temperature reading".split()
)
#: Fewer that remain are told one by one.
_FEW = 10
#: Members that say of what a value is in an object beside them.
_KEYS = ("key", "instance", "name", "code", "metric")
#: Words of such keys of a task, and the roles of their values.
_TASKS = {
    "remaining": "time_left",
    "elapsed": "elapsed_time",
    "progress": "progress",
}
#: What numbers beside a loss are called in a training, and what they are.
_TRAINED = {
    ("step",): "sequence",
    ("global", "step"): "sequence",
    ("runtime",): "uptime",
}
#: Last words of names of shares of a hundred.
_SHARES = frozenset({"pct", "percent", "percentage"})
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Names of when something has ended.
_ENDS = frozenset("""
    completedAt completed_at endTime end_time endedAt ended_at finishedAt finished_at
    """.split())

#: The role of a number of what happens once.
ONCE = NumberRole(changes="each")


class Mobility:
    """Tells which numbers of one example change."""

    def __init__(self, whole: Outline, loose: bool, occurrences: Occurrences) -> None:
        """With ``loose`` also numbers of unknown names change."""
        self._whole = whole
        self._loose = loose
        self._statistics = Statistics(whole)
        #: What adds up while something lasts.
        self.accruals = Accruals(whole)
        #: How much of the example's tasks is done.
        self.progress = Progress(whole)
        self._occurrences = occurrences

    def role(self, leaf: Leaf) -> NumberRole | None:
        """The role of a number that changes by itself, None for all others."""
        if self.progress.is_whole(leaf) or is_slow(leaf):
            return None
        if is_quota(leaf) and not is_summed_up(leaf):
            return role_at_end("counter")
        if self.progress.task(leaf.spot) or self.accruals.pace(leaf):
            return role_at_end("counter")
        if isinstance(leaf.value, str) and self._statistics.counts(leaf):
            return role_at_end("counter")
        if self.progress.is_left(leaf):
            return role_at_end("time_left")
        measured = quantity(leaf.value)
        amount = self._occurrences.amount(leaf)
        if amount is not None and str(leaf.value) not in self._told:
            return None if amount is Amount.SAME else ONCE
        if measured is not None:
            leaf = leaf._replace(value=measured[0])
        if not number_in(leaf.value) or time_of(leaf) is not None:
            return None
        if str(leaf.value) in self._told and not self._loose:
            return None
        if _is_size_of_level(leaf, self._whole):
            return role_at_end("bid_size")
        if self._whole.is_over or is_of_model(leaf):
            return None
        if (
            _is_length(leaf)
            or _is_all(leaf)
            or is_capacity(leaf)
            or self._whole.is_history(leaf.spot)
            or _is_of_team(leaf)
            or is_of_class(leaf)
        ):
            return None
        if rate_of(leaf) is not None or self._is_of_answer(leaf):
            return role_at_end("counter")
        if self._only_rises(leaf) or self._statistics.counts(leaf):
            return role_at_end("counter")
        if is_summed_up(leaf) or is_tally(leaf) or is_distinct(leaf):
            counter = role_at_end("counter")
            return None if counter is None or _is_few(counter, leaf) else counter
        if any("loss" in words(name) for name in islice(leaf.siblings, _MAX_BESIDE)):
            if words(leaf.name) in _TRAINED:
                return role_at_end(_TRAINED[words(leaf.name)])
        if leaf.last in _SHARES and self._is_progress:
            return role_at_end("progress")
        if is_mean_time(leaf):
            return replace(number_roles()["latency"], spread=0.05, step=0.01)
        if is_rate(leaf) and not is_set(leaf):
            return role_at_end("throughput")
        if is_element(leaf):
            leaf = leaf._replace(name=singular_name(leaf.name))
        role = changing(leaf, self._whole) or measured_by(leaf)
        role = role or self._of_topic(leaf) or self._of_key(leaf) or _of_task(leaf)
        if role is None and measured is not None:
            return None
        if measured is not None and isinstance(measured[0], int) and not measured[1]:
            if role is number_roles()["cpu"] or role is number_roles()["memory"]:
                return None  # how much of it was reserved
        if role is not None and _is_few(role, leaf) and not self._loose:
            return None
        if role is not None and role.changes == "elapse" and self._is_over(leaf):
            return None
        if role is number_roles()["counter"] and self._statistics.is_over(leaf):
            return None
        if role is not None and role.changes in RUNNING and stands(leaf):
            return None
        stem = without_unit(words(leaf.name))
        is_played = stem[-1:] in ELAPSED and plays(leaf)
        if role is None and (is_played or still_lasts(leaf)):
            return role_at_end("elapsed_time")
        if len(stem) < len(words(leaf.name)) and stem[-1:] in _LEFT:
            return role_at_end("time_left")
        if role is not None and leaf.last in ("remaining", "left"):
            if isinstance(leaf.value, int) and abs(leaf.value) < _FEW:
                return None
        if stem[-1:] == ("duration",) and has_to_go(leaf):
            return role_at_end("elapsed_time")
        if role is None and done_of(leaf) is not None:
            return role_at_end("counter")
        if role is None and self._is_received(leaf):
            return role_at_end("counter")
        if role is None and self._may_move(leaf):
            named = number_role(leaf.name)
            if named is not None and named.changes == "motion":
                return None  # what stands, or a place
            if named is None or named.part not in _CODES:
                return named or (PLAIN_NUMBER if self._loose else _CALM_NUMBER)
        if role is None and is_among_measures(leaf):
            return _CALM_NUMBER
        if role is None and leaf.spot in self._changed and not is_set(leaf):
            if leaf.spot in self._counted:
                return role_at_end("sequence")
            return PLAIN_NUMBER if isinstance(leaf.value, float) else None
        return role

    def _of_key(self, leaf: Leaf) -> NumberRole | None:
        """The role of a value in an object whose key is beside that: ``soc``."""
        if words(leaf.name)[-1:] != ("value",) or is_set(leaf):
            return None
        around = leaf.spot[:-2]
        keys = (self._whole.leaves.get((*around, name)) for name in _KEYS)
        roles = (role_at_end(str(key.value)) for key in keys if key is not None)
        return next((r for r in roles if r and r.changes in ("always", "drain")), None)

    def _of_topic(self, leaf: Leaf) -> NumberRole | None:
        """The role of a value by the end of its path: ``battery/0/voltage``."""
        is_value = leaf.spot == ("value",) and not is_set(leaf)
        role = role_at_end(self._whole.topic) if is_value else None
        return role if role and role.changes == "always" else None

    @cached_property
    def _counted(self) -> frozenset[Spot]:
        """Where the new state is the old one and one more: a version."""
        leaves = self._whole.leaves
        return frozenset(
            spot
            for old, new in newer(self._whole).items()
            if "version" in words(leaves[new].name)
            and isinstance(leaves[old].value, int)
            and number_in(leaves[old].value) == (number_in(leaves[new].value) or 0) - 1
            for spot in (old, new)
        )

    @cached_property
    def _changed(self) -> frozenset[Spot]:
        """Where an old state and the new one of a change differ."""
        leaves = self._whole.leaves
        pairs = newer(self._whole).items()
        return frozenset(
            spot
            for pair in pairs
            if leaves[pair[0]].value != leaves[pair[1]].value
            for spot in pair
        )

    def _is_of_answer(self, leaf: Leaf) -> bool:
        """Whether a number counts the tokens of an answer that comes in pieces."""
        parts = {*words(leaf.name)}
        is_told = not {"assistant", "delta"}.isdisjoint(self._whole.messages.values())
        return is_told and bool(parts & _TOKENS) and bool(parts & _ANSWERS)

    def _is_over(self, leaf: Leaf) -> bool:
        """Whether a time that has elapsed is that of something that has ended."""
        beside = {word for name in leaf.siblings for word in words(name)}
        goes_on = self._whole.is_feed or bool(beside & {"left", "remaining"})
        goes_on = goes_on or has_to_go(leaf) or any(map(is_live, leaf.siblings.items()))
        has_ended = any(leaf.siblings.get(name) for name in _ENDS)
        if "count" in leaf.siblings:
            return True  # it is that of several
        return "elapsed" in words(leaf.name) and (has_ended or not goes_on)

    def _only_rises(self, leaf: Leaf) -> bool:
        """Whether a value is of a sum that is said to be monotonic."""
        if words(leaf.name)[:1] not in (("as",), ("value",)):
            return False
        around = [leaf.spot[:end] for end in range(len(leaf.spot))]
        flags = (self._whole.leaves.get((*spot, "isMonotonic")) for spot in around)
        return any(flag is not None and flag.value is True for flag in flags)

    def _is_received(self, leaf: Leaf) -> bool:
        """Whether a number is of what comes in at an endpoint that tells its state."""
        whole = self._whole
        is_state = whole.is_feed and not whole.is_event and not whole.ids
        is_many = isinstance(leaf.value, int) and leaf.value >= _LEAST_RECEIVED
        return is_state and is_many and leaf.last in _RECEIVED

    @cached_property
    def _is_progress(self) -> bool:
        """Whether an example says that it tells of a progress: ``$/progress``."""
        texts = (leaf.value for leaf in self._whole.leaves.values())
        kinds = (text for text in texts if isinstance(text, str) and " " not in text)
        return any("progress" in words(text)[-1:] for text in kinds)

    @cached_property
    def _told(self) -> frozenset[str]:
        """The numbers that sentences of the example repeat."""
        texts = (str(leaf.value) for leaf in self._whole.leaves.values())
        found = (_NUMBER.findall(text) for text in texts if " " in text)
        return frozenset(number for numbers in found for number in numbers)

    @cached_property
    def _is_quiet(self) -> bool:
        """Whether only clocks are known to change in a small example."""
        whole = self._whole
        if not whole.is_small or whole.present is None or whole.ids or whole.messages:
            return False
        return not whole.has_book and not any(
            changing(leaf, whole) or measured_by(leaf)
            for leaf in whole.leaves.values()
            if number_in(leaf.value)
        )

    def _may_move(self, leaf: Leaf) -> bool:
        """Whether a number of an unknown name moves, where nothing else does."""
        if isinstance(leaf.value, str) or is_set(leaf):
            return False
        if not self._loose and not (self._is_quiet and isinstance(leaf.value, float)):
            return False
        is_switch = leaf.value == 1 and len(leaf.spot) > 1
        if is_switch or leaf.is_in_row or leaf.last in _CHOSEN:
            return False
        # Whole numbers of a list are codes: 200, 404; others are measured.
        return not is_element(leaf) or isinstance(leaf.value, float)


def _is_of_team(leaf: Leaf) -> bool:
    """Whether a number counts what a team has done in a game, which it seldom does."""
    is_side = not _SIDES.isdisjoint(words(leaf.name))
    beside = leaf.siblings.keys()
    is_team = "team" in words(leaf.owner) or not beside.isdisjoint(_OF_TEAMS)
    is_beside = is_team and not beside.isdisjoint(_SCORES)
    is_beside = is_beside or not beside.isdisjoint(_WON)
    return isinstance(leaf.value, int) and (is_side or is_beside)


def _is_size_of_level(leaf: Leaf, whole: Outline) -> bool:
    """Whether a number is how much is wanted at a price: ``["buy", "10.5", "2.1"]``."""
    if leaf.spot[-1:] != (_SIZE_IN_ROW,):
        return False
    side = whole.leaves.get((*leaf.spot[:-1], 0))
    return side is not None and side.value in _SIDES_OF_BOOKS


def _of_task(leaf: Leaf) -> NumberRole | None:
    """The role of a value whose key is of a task: ``Option.RemainingProgramTime``."""
    keys = (leaf.siblings.get(key) for key in _KEYS if leaf.name == "value")
    parts = {word for key in keys if isinstance(key, str) for word in words(key)}
    roles = (role for word, role in _TASKS.items() if word in parts)
    return next(map(role_at_end, roles), None)


def _is_few(role: NumberRole, leaf: Leaf) -> bool:
    """Whether a number counts so little that the next one is an event of its own."""
    is_count = role.part is Part.COUNTER and not role.absolute
    is_count = (is_count and role.changes == "always") or leaf.last == "used"
    return is_count and isinstance(leaf.value, int) and leaf.value < _SEVERAL


def _is_length(leaf: Leaf) -> bool:
    """Whether a number counts the elements of a list beside it."""
    return leaf.last in _COUNTS and any(
        isinstance(value, list) and len(value) == leaf.value
        for value in leaf.siblings.values()
    )


def _is_all(leaf: Leaf) -> bool:
    """Whether a number is that of the total beside it: all listeners are current."""
    total = leaf.siblings.get("total")
    if leaf.name == "total" and role_at_end(leaf.owner) is role_at_end("energy"):
        return False  # it is a meter
    return total == leaf.value and not isinstance(total, bool) and total != 0


def bounds(leaf: Leaf, role: NumberRole | None) -> dict[str, float]:
    """The lowest and the highest that neighbours say a measure had: ``low``."""
    lowest, highest = (
        next((number_in(leaf.siblings[n]) for n in names if n in leaf.siblings), None)
        for names in (_LOWEST, _HIGHEST)
    )
    number = number_in(leaf.value) or 0.0
    if role is None or role.changes == "market" or leaf.last in _EXTREMES_OF:
        return {}
    if lowest is None or highest is None or not lowest <= number <= highest:
        return {}
    return {"minimum": lowest, "maximum": highest}
