"""Texts of the formats that JSON Schema names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..vocabulary import word_list
from .clocks import iso_date, iso_ms, iso_time
from .identifiers import uuid4
from .state import State

#: Makes a text of one format.
FormatMaker: TypeAlias = Callable[[State], str]


def _word(state: State) -> str:
    words = word_list("hostWords")
    return words[int(state.random() * len(words))]


def _number(state: State, count: int) -> int:
    return int(state.random() * count)


def _email(state: State) -> str:
    return f"{_word(state)}.{_word(state)}{_number(state, 100)}@example.com"


def _hostname(state: State) -> str:
    return f"{_word(state)}-{_number(state, 1000)}.example.com"


def _path(state: State) -> str:
    return f"/{_word(state)}/{_word(state)}-{_number(state, 1000)}"


def _uri(state: State) -> str:
    return "https://example.com" + _path(state)


def ipv4(state: State) -> str:
    """An address in one of the networks for documentation."""
    network = ("192.0.2", "198.51.100", "203.0.113")[_number(state, 3)]
    return f"{network}.{_number(state, 254) + 1}"


def ipv6(state: State) -> str:
    """An address in the network for documentation."""
    return f"2001:db8::{_number(state, 65_535) + 1:x}:{_number(state, 65_535) + 1:x}"


def _duration(state: State) -> str:
    return f"PT{_number(state, 12) + 1}H{_number(state, 60)}M"


#: Makers by format. For other formats any text will do.
FORMATS: Mapping[str, FormatMaker] = {
    "date": lambda state: iso_date(state.time()),
    "date-time": lambda state: iso_ms(state.time()),
    "duration": _duration,
    "email": _email,
    "hostname": _hostname,
    "idn-email": _email,
    "idn-hostname": _hostname,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "iri": _uri,
    "iri-reference": _path,
    "json-pointer": lambda state: f"/{_word(state)}/{_number(state, 1000)}",
    "regex": lambda state: f"^{_word(state)}[0-9]{{{_number(state, 9) + 1}}}$",
    "relative-json-pointer": lambda state: f"{_number(state, 9)}/{_word(state)}",
    "time": lambda state: iso_time(state.time()),
    "uri": _uri,
    "uri-reference": _path,
    "uri-template": lambda state: _uri(state) + "/{id}",
    "uuid": lambda state: uuid4(state.random),
}

#: Formats whose texts are points in time.
TIMES = frozenset({"date", "date-time", "time"})

#: The maker of ``makers`` that suits a format, for texts that fit their record.
ROLES: Mapping[str, str] = {
    "email": "email",
    "idn-email": "email",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "url",
    "uuid": "identifier",
}
