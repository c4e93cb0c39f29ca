"""Makers of texts: names, addresses, sentences, by what a role calls for.

A maker gets the state for its random numbers, the census of its locale and,
for fields that have to agree with others of their record, the draft of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from ...resources.inflection import words
from ...resources.things import Asset, assets, cities, rows
from ..vocabulary import slots, word_list
from ..vocabulary.style import style_of
from .census import Census, handle
from .formats import ipv4, ipv6
from .identifiers import uuid4
from .state import Draft, Person, State

#: Makes a text.
Maker: TypeAlias = Callable[[State, Draft, Census], str]


def pick(state: State, choices: Sequence[str]) -> str:
    """One of ``choices``, each as likely."""
    return choices[int(state.random() * len(choices))]


def _a(state: State, name: str) -> str:
    """A word of a list."""
    return pick(state, word_list(name))


def person(state: State, draft: Draft, census: Census) -> Person:
    """The person that a record is about: one and the same for all of its fields."""
    if draft.person is not None:
        return draft.person
    first, last = pick(state, census.first_names), pick(state, census.last_names)
    name = ".".join(filter(None, (handle(first), handle(last))))
    draft.person = Person(first, last, name or f"user{int(state.random() * 10_000)}")
    return draft.person


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


def _one_of(name: str) -> Maker:
    """One word of a list."""
    return lambda state, draft, census: pick(state, word_list(name))


def _in_turn(name: str) -> Maker:
    """Each entity another word of a list, in a fixed order."""

    def make(state: State, draft: Draft, census: Census) -> str:
        choices = word_list(name)
        return choices[(draft.position * 5 + 3) % len(choices)]

    return make


def _numbered(name: str) -> Maker:
    return lambda state, draft, census: (
        f"{pick(state, word_list(name))} {_number(state, 12) + 1}"
    )


def _number(state: State, count: int) -> int:
    return int(state.random() * count)


def _name(state: State, draft: Draft, census: Census) -> str:
    return " ".join([_a(state, "qualities"), _a(state, "things")]).title()


def _word(state: State, draft: Draft, census: Census) -> str:
    return _a(state, "nouns")


def _slug(state: State, draft: Draft, census: Census) -> str:
    return "-".join(
        [_a(state, "qualities"), _a(state, "nouns"), str(_number(state, 900) + 100)]
    )


def _url(state: State, draft: Draft, census: Census) -> str:
    return "https://example.com/" + _slug(state, draft, census)


def _image(state: State, draft: Draft, census: Census) -> str:
    return f"https://example.com/images/{_number(state, 100_000)}.jpg"


def _hostname(state: State, draft: Draft, census: Census) -> str:
    return _a(state, "nouns") + f"-{_number(state, 20) + 1:02d}.example.com"


def _mac(state: State, draft: Draft, census: Census) -> str:
    return ":".join(["02", *(f"{_number(state, 256):02x}" for _ in range(5))])


def _digest(state: State, draft: Draft, census: Census) -> str:
    return "%010x" % _number(state, 2**40) + "%010x" % _number(state, 2**40)


def _route(state: State, draft: Draft, census: Census) -> str:
    return pick(state, slots()["endpoint"].words)


def _version(state: State, draft: Draft, census: Census) -> str:
    return f"{_number(state, 5) + 1}.{_number(state, 12)}.{_number(state, 20)}"


def label(example: str) -> Maker:
    """Texts in the style of an example: as many words, written as there."""
    style, count = style_of(example), min(max(len(words(example)), 1), 12)

    def make(state: State, draft: Draft, census: Census) -> str:
        return style.write([_a(state, "nouns") for _ in range(count)])

    return make


def _city(state: State, draft: Draft, census: Census) -> str:
    return pick(state, census.cities)


def _work(state: State, draft: Draft, census: Census) -> str:
    form = pick(state, ("{q} {n}", "The {q} {n}", "{n} and {m}", "{q} {n}s"))
    quality, one, two = (_a(state, name) for name in ("qualities", "nouns", "nouns"))
    return form.format(q=quality, n=one, m=two).title()


def _timezone(state: State, draft: Draft, census: Census) -> str:
    return cities()[_number(state, len(cities()))].timezone


def _country_code(state: State, draft: Draft, census: Census) -> str:
    return cities()[_number(state, len(cities()))].country


def _ticker(state: State, draft: Draft, census: Census) -> str:
    return _asset(state, draft)[0]


def _asset_name(state: State, draft: Draft, census: Census) -> str:
    return _asset(state, draft)[1].name


def _asset(state: State, draft: Draft) -> tuple[str, Asset]:
    """The share that a record is about."""
    if draft.asset is None:
        shares = tuple(assets("stocks").items())
        first = _number(state, len(shares)) if draft.position == 0 else 0
        draft.asset = shares[(first + draft.position) % len(shares)]
    return draft.asset


def _team(state: State, draft: Draft, census: Census) -> str:
    return pick(state, _football())


@cache
def _football() -> tuple[str, ...]:
    teams = rows("teams").items()
    return tuple(name for name, team in teams if team["sport"] == "football")


#: Makers by the names that roles give them.
MAKERS: Mapping[str, Maker] = {
    "address": _from("addresses"),
    "city": _city,
    "color": _one_of("colors"),
    "company": _from("companies"),
    "country": _from("countries"),
    "country_code": _country_code,
    "currency": _one_of("currencies"),
    "device": _numbered("devices"),
    "digest": _digest,
    "email": _email,
    "file": _one_of("files"),
    "first_name": lambda state, draft, census: person(state, draft, census).first,
    "full_name": _full_name,
    "hostname": _hostname,
    "identifier": lambda state, draft, census: uuid4(state.random),
    "image": _image,
    "ipv4": lambda state, draft, census: ipv4(state),
    "ipv6": lambda state, draft, census: ipv6(state),
    "job": _from("jobs"),
    "language": _one_of("languages"),
    "last_name": lambda state, draft, census: person(state, draft, census).last,
    "mac": _mac,
    "name": _name,
    "phone": _from("phones"),
    "place": _city,
    "postcode": _from("postcodes"),
    "product": _name,
    "room": _in_turn("rooms"),
    "route": _route,
    "service": _in_turn("services"),
    "slug": _slug,
    "state": _from("states"),
    "state_code": _from("state_codes"),
    "street": _from("streets"),
    "team": _team,
    "ticker": _ticker,
    "ticker_name": _asset_name,
    "timezone": _timezone,
    "url": _url,
    "user_agent": _one_of("userAgents"),
    "username": _username,
    "version": _version,
    "word": _word,
    "work": _work,
}
