"""Names of people, places and firms of a locale, drawn from mimesis once.

A provider of mimesis owns a random generator of 2.5 KB; streams share these
lists instead, and choose with their own random numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mimesis import Address, Finance, Locale, Person
from mimesis.exceptions import LocaleError

#: The locales there are, lower case: ``en``, ``de``, ``pt-br``, ...
LOCALES = frozenset(locale.value for locale in Locale)

_SEED = 1
#: How many names of people, and how many of anything else, are drawn once.
_NAMES, _OTHERS = 320, 160


@dataclass(frozen=True, slots=True)
class Census:
    """What is drawn from: each a tuple of distinct texts, in an even mix."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    jobs: tuple[str, ...]
    phones: tuple[str, ...]
    cities: tuple[str, ...]
    states: tuple[str, ...]
    state_codes: tuple[str, ...]
    streets: tuple[str, ...]
    addresses: tuple[str, ...]
    postcodes: tuple[str, ...]
    countries: tuple[str, ...]
    companies: tuple[str, ...]


@lru_cache(maxsize=16)
def census(locale: str) -> Census:
    """The lists of a locale of ``LOCALES``; raises mimesis's ``LocaleError``."""
    place = Locale(locale) if locale in LOCALES else None
    if place is None:
        raise LocaleError(locale)
    person, address, finance = (
        Person(place, seed=_SEED),
        Address(place, seed=_SEED),
        Finance(place, seed=_SEED),
    )
    return Census(
        first_names=_draw(person.first_name, _NAMES),
        last_names=_draw(person.last_name, _NAMES),
        jobs=_draw(person.occupation, _OTHERS),
        phones=_draw(person.telephone, _OTHERS),
        cities=_draw(address.city, _OTHERS),
        states=_draw(address.state, _OTHERS),
        state_codes=_draw(lambda: address.state(abbr=True), _OTHERS),
        streets=_draw(address.street_name, _OTHERS),
        addresses=_draw(address.address, _OTHERS),
        postcodes=_draw(address.postal_code, _OTHERS),
        countries=_draw(address.country, _OTHERS),
        companies=_draw(finance.company, _OTHERS),
    )


def _draw(make: Callable[[], str], count: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(make() for _ in range(count)))


def handle(text: str) -> str:
    """A name as part of an address: ``jurgen`` for ``Jürgen``; it may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "", plain.lower())
