"""Makers of texts: names, addresses, sentences, by what a role calls for.

A maker gets the state for its random numbers, the census of its locale and,
for fields that have to agree with others of their record, the draft of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ...resources.inflection import words
from ...resources.landmarks import CITIES, FOOTBALL
from ...resources.traded import STOCKS, Asset
from ..vocabulary import SLOTS
from ..vocabulary.style import style_of
from .census import Census, handle
from .identifiers import uuid4
from .state import Draft, State

#: Makes a text.
Maker: TypeAlias = Callable[[State, Draft, Census], str]


class Person(NamedTuple):
    """The names of one person; ``handle`` is their name in addresses."""

    first: str
    last: str
    handle: str


def pick(state: State, choices: Sequence[str]) -> str:
    """One of ``choices``, each as likely."""
    return choices[int(state.random() * len(choices))]


def person(state: State, draft: Draft, census: Census) -> Person:
    """The person that a record is about: one and the same for all of its fields."""
    known = draft.known.get("person")
    if isinstance(known, Person):
        return known
    first, last = pick(state, census.first_names), pick(state, census.last_names)
    name = ".".join(filter(None, (handle(first), handle(last))))
    made = Person(first, last, name or f"user{int(state.random() * 10_000)}")
    draft.known["person"] = made
    return made


def _full_name(state: State, draft: Draft, census: Census) -> str:
    who = person(state, draft, census)
    return f"{who.first} {who.last}"


def _email(state: State, draft: Draft, census: Census) -> str:
    return person(state, draft, census).handle + "@example.com"


def _username(state: State, draft: Draft, census: Census) -> str:
    name = person(state, draft, census).handle
    return name.replace(".", "_") + str(int(state.random() * 90) + 10)


def _from(attribute: str) -> Maker:
    def make(state: State, draft: Draft, census: Census) -> str:
        return pick(state, getattr(census, attribute))

    return make


def _one_of(*choices: str) -> Maker:
    return lambda state, draft, census: pick(state, choices)


def _in_turn(choices: Sequence[str]) -> Maker:
    """Each entity another, in a fixed order."""
    return lambda state, draft, census: (
        choices[(draft.position * 5 + 3) % len(choices)]
    )


def _numbered(choices: Sequence[str]) -> Maker:
    return lambda state, draft, census: (
        f"{pick(state, choices)} {_number(state, 12) + 1}"
    )


def _number(state: State, count: int) -> int:
    return int(state.random() * count)


def _name(state: State, draft: Draft, census: Census) -> str:
    return f"{pick(state, _QUALITIES)} {pick(state, _THINGS)}".title()


def _word(state: State, draft: Draft, census: Census) -> str:
    return pick(state, NOUNS)


def _slug(state: State, draft: Draft, census: Census) -> str:
    return f"{pick(state, _QUALITIES)}-{pick(state, NOUNS)}-{_number(state, 900) + 100}"


def _url(state: State, draft: Draft, census: Census) -> str:
    return "https://example.com/" + _slug(state, draft, census)


def _image(state: State, draft: Draft, census: Census) -> str:
    return f"https://example.com/images/{_number(state, 100_000)}.jpg"


def _hostname(state: State, draft: Draft, census: Census) -> str:
    return f"{pick(state, NOUNS)}-{_number(state, 20) + 1:02d}.example.com"


def _ipv4(state: State, draft: Draft, census: Census) -> str:
    network = pick(state, ("192.0.2", "198.51.100", "203.0.113"))
    return f"{network}.{_number(state, 254) + 1}"


def _ipv6(state: State, draft: Draft, census: Census) -> str:
    return f"2001:db8::{_number(state, 65_535) + 1:x}:{_number(state, 65_535) + 1:x}"


def _mac(state: State, draft: Draft, census: Census) -> str:
    return ":".join(["02", *(f"{_number(state, 256):02x}" for _ in range(5))])


def _digest(state: State, draft: Draft, census: Census) -> str:
    return "%010x" % _number(state, 2**40) + "%010x" % _number(state, 2**40)


def _route(state: State, draft: Draft, census: Census) -> str:
    return pick(state, SLOTS["endpoint"].words)


def _version(state: State, draft: Draft, census: Census) -> str:
    return f"{_number(state, 5) + 1}.{_number(state, 12)}.{_number(state, 20)}"


def label(example: str) -> Maker:
    """Texts in the style of an example: as many words, written as there."""
    style, count = style_of(example), min(max(len(words(example)), 1), 12)

    def make(state: State, draft: Draft, census: Census) -> str:
        return style.write([pick(state, NOUNS) for _ in range(count)])

    return make


def _city(state: State, draft: Draft, census: Census) -> str:
    return pick(state, census.cities)


def _work(state: State, draft: Draft, census: Census) -> str:
    form = pick(state, ("{q} {n}", "The {q} {n}", "{n} and {m}", "{q} {n}s"))
    quality, one, two = (pick(state, c) for c in (_QUALITIES, NOUNS, NOUNS))
    return form.format(q=quality, n=one, m=two).title()


def _timezone(state: State, draft: Draft, census: Census) -> str:
    return CITIES[_number(state, len(CITIES))].timezone


def _country_code(state: State, draft: Draft, census: Census) -> str:
    return CITIES[_number(state, len(CITIES))].country


def _ticker(state: State, draft: Draft, census: Census) -> str:
    return _asset(state, draft)[0]


def _asset_name(state: State, draft: Draft, census: Census) -> str:
    return _asset(state, draft)[1].name


def _asset(state: State, draft: Draft) -> tuple[str, Asset]:
    """The share that a record is about."""
    if "asset" not in draft.known:
        first = _number(state, len(_SHARES)) if draft.position == 0 else 0
        draft.known["asset"] = _SHARES[(first + draft.position) % len(_SHARES)]
    found: tuple[str, Asset] = draft.known["asset"]
    return found


_QUALITIES = tuple(
    "amber azure bright calm clear coastal copper crisp early eastern gentle golden"
    " granite green hidden late little local main modern new northern open quick quiet"
    " regional remote royal second silver simple small smart solar solid southern"
    " steady urban warm western wide".split()
)
NOUNS = tuple(
    "archive bridge cable camera channel cloud corner engine field forest garden gate"
    " harbor index island kernel ladder lamp lantern market meadow mirror module"
    " mountain orchard panel parcel pier platform portal queue relay report river"
    " route schedule shelf signal station storage stream summit table tower tunnel"
    " valley village window workshop".split()
)
_THINGS = tuple(
    "backpack bench blanket bottle bowl chair clock desk flask headset jacket kettle"
    " keyboard lamp mug notebook pan planter rug shelf speaker stool table tent"
    " thermos toolbox torch umbrella vase watch".split()
)
ROOMS = (
    "Kitchen Bathroom Bedroom Hallway Garage Office Attic Basement Balcony Pantry"
    " Library Studio Laundry Nursery Workshop Conservatory"
).split()
_DEVICES = (
    "Boiler Pump Compressor Freezer Conveyor Furnace Turbine Generator Chiller Fan"
    " Gateway Thermostat Camera Scanner Mixer Press"
).split()
_SERVICES = (
    "api auth billing cart catalog checkout gateway inventory mailer notifications"
    " orders payments profile search scheduler worker"
).split()
_FILES = (
    "agenda.docx",
    "budget.xlsx",
    "contract.pdf",
    "holiday.jpg",
    "invoice.pdf",
    "minutes.docx",
    "notes.txt",
    "report.pdf",
    "slides.pptx",
    "summary.csv",
)
_SHARES = tuple(STOCKS.items())
_TEAMS = tuple(team for teams in FOOTBALL.values() for team in teams)

#: Makers by the names that roles give them.
MAKERS: Mapping[str, Maker] = {
    "address": _from("addresses"),
    "city": _city,
    "color": _one_of(
        "red", "orange", "yellow", "green", "blue", "purple", "black", "white"
    ),
    "company": _from("companies"),
    "country": _from("countries"),
    "country_code": _country_code,
    "currency": _one_of("USD", "USD", "EUR", "EUR", "GBP", "JPY", "CHF"),
    "device": _numbered(_DEVICES),
    "digest": _digest,
    "email": _email,
    "file": _one_of(*_FILES),
    "first_name": lambda state, draft, census: person(state, draft, census).first,
    "full_name": _full_name,
    "hostname": _hostname,
    "identifier": lambda state, draft, census: uuid4(state.random),
    "image": _image,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "job": _from("jobs"),
    "language": _one_of("en", "en", "de", "fr", "es", "it", "pt", "ja"),
    "last_name": lambda state, draft, census: person(state, draft, census).last,
    "mac": _mac,
    "name": _name,
    "phone": _from("phones"),
    "place": _city,
    "postcode": _from("postcodes"),
    "product": _name,
    "room": _in_turn(ROOMS),
    "route": _route,
    "service": _in_turn(_SERVICES),
    "slug": _slug,
    "state": _from("states"),
    "state_code": _from("state_codes"),
    "street": _from("streets"),
    "team": _one_of(*_TEAMS),
    "ticker": _ticker,
    "ticker_name": _asset_name,
    "timezone": _timezone,
    "url": _url,
    "user_agent": _one_of(
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
        "curl/8.5.0",
    ),
    "username": _username,
    "version": _version,
    "word": _word,
    "work": _work,
}
