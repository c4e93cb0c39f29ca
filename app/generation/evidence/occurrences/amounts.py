"""Numbers of one occurrence: how long it took, how much was sent, from which port."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from itertools import combinations, islice

from ....resources.inflection import singular
from ....words import Json
from ...values.quantities import number_in, quantity
from ..leaves import Leaf, Spot, time_of, words
from ..outline import Outline


class Amount(Enum):
    """What a number of an occurrence tells."""

    #: How long something took.
    TIME = "time"
    #: How much was sent or read.
    SIZE = "size"
    #: The port that a client was given for a while.
    PORT = "port"
    #: Where something happened, how deep, and how strong it was.
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    DEPTH = "depth"
    STRENGTH = "strength"
    #: How large the answer is to what is asked for each time.
    SAME = "same"
    #: How sure something is, as a share.
    SHARE = "share"


#: What happens at places that nobody has chosen, and what is told of it.
_OF_NATURE = frozenset("""
    aftershock earthquake epicenter fireball frp hotspot hypocenter lightning mag
    magnitude magtype mds meteor quake seismic strike stroke tremor wildfire
    """.split())
_PLACES = {
    "lat": Amount.LATITUDE,
    "latitude": Amount.LATITUDE,
    "lon": Amount.LONGITUDE,
    "lng": Amount.LONGITUDE,
    "longitude": Amount.LONGITUDE,
    "depth": Amount.DEPTH,
    "mag": Amount.STRENGTH,
    "magnitude": Amount.STRENGTH,
    "frp": Amount.DEPTH,
    "mds": Amount.DEPTH,
    "mcg": Amount.DEPTH,
}
#: The positions of a place in a list.
_COORDINATES = {0: Amount.LONGITUDE, 1: Amount.LATITUDE, 2: Amount.DEPTH}
#: Units of short times at the ends of names, and words that only lead to them.
_UNITS = frozenset("""
    in micros microseconds millis milliseconds ms msec nano nanos nanoseconds ns s
    sec seconds secs us usec
    """.split())
#: Last words of names of how long something took.
_TIMES = frozenset("""
    billduration billsec connecttime delay dur duration elapsed elapsedtime
    executiontime latency processingtime querytime requesttime responsetime
    roundtrip rtt runtime servicetime taken talktime timetaken took ttfb
    upstreamtime waittime
    """.split())
#: Words before ``time`` that say of what.
_DOING = frozenset("""
    backend billable call compile connect cpu db dns edge exec execution first
    handle handling handshake hold load lock operation origin parse process
    processing proxy query queue read receive render request response ring round run
    scan search send serve service ssl system talk target tls total transfer
    upstream user wait write
    """.split())
#: Words of names of times that are no single ones, or that somebody has set.
_NOT_ONE = frozenset("""
    allowed average avg block cache default estimated expected grace idle lease
    limit max maximum mean median min minimum p50 p90 p95 p99 planned retention
    scheduled song sum threshold timeout track trial ttl video window
    """.split())
#: Words that say which way something went, and what went.
_WAYS = frozenset("""
    client count down download downloaded in out read received recv rx sent server
    toclient toserver total transferred tx up upload uploaded write written
    """.split())
_SENT = frozenset("byte bytes octets packets pkts".split())
#: What has a size of its own in each exchange, and what that is called.
_EXCHANGED = frozenset("""
    body content download header headers message packet payload req request resp
    response transfer upload
    """.split())
_SIZES = frozenset("len length size".split())
#: Words before the port of who has called.
_CALLERS = frozenset(
    "c client local orig origin peer remote s source sourceport spt src".split()
)
_PORTS = frozenset({"port", "p"})
_IN_ONE_WORD = frozenset("clientport sourceport spt sport srcport".split())
_SHARES = frozenset("certainty confidence similarity".split())
#: Times of a proxy in two letters: ``Tq``, ``Tr``, and how many of them tell one.
_OF_PROXY = frozenset("ta tc td ti th tq tr tt tw".split())
_LEAST_OF_PROXY = 3
#: Words of members that an exchange has, or an entry of a log.
_OF_EXCHANGE = frozenset("""
    client code command dest dst host ip method operation orig path proto protocol
    query remote request resp service source src statement status uri url user verb
    """.split())
#: Words of members that say what was asked for, whose answer is as large each time.
_ASKED = frozenset({"path", "request", "uri", "url"})
#: Members of what plays, or of a file, which is as long each time.
_MEDIA = frozenset("""
    album artist bitrate codec episode etag fps genre height isrc mime playlist
    resolution title track width
    """.split())
#: Words of paths of which each value is an entry about something else.
_ENTRIES = frozenset("""
    access audit audits calls cdr cdrs conn conns flow flows queries records
    requests spans traces transactions
    """.split())
#: Whole numbers of time that somebody has set are multiples of this.
_SET = 5
#: No more members of an object and no more times are looked at.
_MAX_BESIDE, _MAX_TIMES = 40, 10
#: How many milliseconds one of a number's units may be.
_SCALES = (1e3, 1.0, 1e-3, 1e-6)
#: A host's address with a port.
_ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]{2,39}\]):(\d{4,5})")
#: A text that tells seconds.
_LASTED = re.compile(r"\d{1,6}\.\d{1,9}s")
#: The first port that a client is given.
_FIRST_PORT = 1024


class Occurrences:
    """Tells which numbers of one example belong to what has happened once."""

    def __init__(self, whole: Outline) -> None:
        """Look at nothing yet."""
        self._whole = whole

    def amount(self, leaf: Leaf) -> Amount | None:
        """What a number tells of its occurrence, None for any other number."""
        if not (self._tells_once or self._whole.is_of_new(leaf.spot)):
            return None
        if self._is_own(leaf.spot):
            return self._named(leaf)
        return named(leaf) if _rough(leaf) in self._own else None

    @cached_property
    def _own(self) -> frozenset[str]:
        """The numbers of the occurrence, which other parts of it repeat."""
        leaves = self._whole.leaves.values()
        own = (leaf for leaf in leaves if self._is_own(leaf.spot) and self._named(leaf))
        return frozenset(_rough(leaf) for leaf in own if len(str(leaf.value)) > 3)

    def _named(self, leaf: Leaf) -> Amount | None:
        """What a number tells by its name and those beside it."""
        found = named(leaf) or (self._is_of_place and where(leaf)) or None
        if found in (Amount.LATITUDE, Amount.LONGITUDE, Amount.DEPTH, Amount.STRENGTH):
            is_read = found is Amount.STRENGTH and isinstance(leaf.value, str)
            return found if number_in(leaf.value) and not is_read else None
        number = _size(leaf) if found else 0.0
        if not number or number < 0 or time_of(leaf) is not None:
            return None
        if found is Amount.PORT and number < _FIRST_PORT:
            return None
        if found is Amount.SHARE and (leaf.value in (0, 1) or number > 100):
            return None
        if found is Amount.SHARE and not self._has_new_id(leaf):
            return None
        if found in (Amount.TIME, Amount.SIZE):
            if self._is_distance(number):
                return Amount.SAME
            if not self._is_free(leaf, number, found):
                return None
        is_answer = found is Amount.SIZE and not _ASKED.isdisjoint(_beside(leaf))
        return Amount.SAME if is_answer else found

    @cached_property
    def _tells_once(self) -> bool:
        """Whether each value of the example is about what has just happened."""
        whole = self._whole
        if not (whole.is_event or whole.is_sent) or whole.is_over:
            return False
        return whole.present is not None

    def _is_own(self, spot: Spot) -> bool:
        """Whether a field is of the occurrence, and not of what it is about."""
        whole = self._whole
        if whole.is_history(spot) or whole.is_lasting(spot):
            return False
        if whole.is_of_new(spot):
            return True
        if spot[-2:-1] == ("coordinates",):
            spot = spot[:-1]
        places = [at for at, step in enumerate(spot) if isinstance(step, int)]
        is_one = all(at == 0 or spot[: at + 1] in whole.events for at in places)
        return is_one and not whole.is_old(spot)

    def _has_new_id(self, leaf: Leaf) -> bool:
        """Whether something is told apart anew in each event."""
        return bool(self._whole.ids)

    def _is_free(self, leaf: Leaf, number: float, kind: Amount) -> bool:
        """Whether nothing else says how long it takes, or that it is as ever."""
        beside = _beside(leaf)
        if beside & _MEDIA and not self._whole.is_of_new(leaf.spot):
            return False
        is_exchange = bool(beside & _OF_EXCHANGE) or self._is_entry
        if kind is Amount.SIZE:
            return is_exchange
        is_set = isinstance(leaf.value, int) and number % _SET == 0 and number <= 600
        if is_set and not is_exchange:
            return False
        if not (is_exchange or self._whole.ids):
            return False
        return True

    def _is_distance(self, number: float) -> bool:
        """Whether a number is how far two times are apart, which say so each time."""
        return any(
            abs(number * scale - gap) <= (max(scale, 1.0) if number % 1 == 0 else 1.0)
            for gap in self._gaps
            for scale in _SCALES
        )

    @cached_property
    def _is_of_place(self) -> bool:
        """Whether something happens at some place that nobody has chosen."""
        names = {w for leaf in self._whole.leaves.values() for w in words(leaf.name)}
        steps = {singular(word) for word in words(self._whole.topic)}
        return bool(_OF_NATURE & (names | steps))

    @cached_property
    def _is_entry(self) -> bool:
        """Whether the whole tells of an exchange, or is one of the entries of a log."""
        roots = (words(str(spot[0])) for spot in self._whole.leaves if len(spot) == 1)
        names = {word for name in roots for word in name}
        is_named = {"proto", "protocol", "status"} & names
        return bool(is_named) or not _ENTRIES.isdisjoint(words(self._whole.topic))

    @cached_property
    def _gaps(self) -> frozenset[int]:
        """How far times of the example are from each other (ms)."""
        return frozenset(self._distances())

    def _distances(self) -> Iterator[int]:
        times = filter(None, map(time_of, self._whole.leaves.values()))
        moments = {at[1] for at in islice(times, _MAX_TIMES)}
        for one, other in combinations(sorted(moments), 2):
            yield other - one


def _rough(leaf: Leaf) -> str:
    """A number to three digits, by which two tell the same."""
    return f"{_size(leaf) or 0.0:.3g}"


def _beside(leaf: Leaf) -> set[str]:
    """The words of the names beside a number."""
    return {w for name in islice(leaf.siblings, _MAX_BESIDE) for w in words(name)}


def port_in(value: Json) -> tuple[str, int] | None:
    """The host and the port of an address, None for any other value."""
    found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else (found[1], int(found[2]))


def quantity_of(value: Json) -> tuple[int | float, str] | None:
    """The number and the unit in a text, also one in seconds: ``0.124s``."""
    if isinstance(value, str) and _LASTED.fullmatch(value):
        return float(value[:-1]), "s"
    return quantity(value)


def _size(leaf: Leaf) -> float | None:
    """How large a number is, also one in digits or with its unit."""
    address = port_in(leaf.value)
    if address is not None:
        return float(address[1])
    number = number_in(leaf.value)
    measured = quantity_of(leaf.value) if number is None else None
    if measured is not None:
        return float(measured[0])
    is_digits = isinstance(leaf.value, str) and leaf.value.isdecimal()
    return float(str(leaf.value)) if is_digits and len(str(leaf.value)) < 16 else number


def where(leaf: Leaf) -> Amount | None:
    """What a number tells of where something happened, and how strongly."""
    parts = words(leaf.name)
    if parts[-1:] == ("coordinates",) and isinstance(leaf.spot[-1], int):
        return _COORDINATES.get(leaf.spot[-1])
    return next((_PLACES[p] for p in parts[-1:] if p in _PLACES), None)


def named(leaf: Leaf) -> Amount | None:
    """What a number tells of an occurrence, by its name."""
    parts = words(leaf.name)
    if not parts or not _NOT_ONE.isdisjoint(parts):
        return None
    if parts[-1] in _SHARES:
        return Amount.SHARE
    if port_in(leaf.value) is not None:
        return None if _CALLERS.isdisjoint(parts) else Amount.PORT
    if parts[-1] in _IN_ONE_WORD:
        return Amount.PORT
    if len(parts) > 1 and parts[-1] in _PORTS and parts[-2] in _CALLERS:
        return Amount.PORT
    if _is_of_proxy(leaf, parts):
        return Amount.TIME
    if _is_size(parts) and parts[-2:] != ("first", "byte"):
        return Amount.SIZE
    while len(parts) > 1 and parts[-1] in _UNITS:
        parts = parts[:-1]
    if parts[-1] in _TIMES or parts[-2:] == ("first", "byte"):
        return Amount.TIME
    is_of_doing = len(parts) > 1 and parts[-2] in _DOING
    return Amount.TIME if parts[-1] == "time" and is_of_doing else None


def _is_of_proxy(leaf: Leaf, parts: tuple[str, ...]) -> bool:
    """Whether a number is one of the times of a proxy, by its letters."""
    if "_".join(parts) not in _OF_PROXY:
        return False
    beside = (name.lower() for name in islice(leaf.siblings, _MAX_BESIDE))
    return len(_OF_PROXY.intersection(beside)) >= _LEAST_OF_PROXY


def _is_size(parts: tuple[str, ...]) -> bool:
    """Whether words are those of how much went over a line."""
    *before, last = parts
    if last in _SIZES or (last == "bytes" and before and before[-1] in _SIZES):
        return not _EXCHANGED.isdisjoint(before)
    while len(parts) > 1 and parts[-1] in _WAYS:
        parts = parts[:-1]
    return parts[-1] in _SENT or parts == ("contentlength",)
