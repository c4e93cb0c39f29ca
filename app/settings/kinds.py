"""The kinds of settings: each reads, checks, describes and shows a value.

A kind says once what it accepts, and the loader, the catalogue and the error
messages all use that. ``sections`` has the kinds that hold others: sections and
lists.
"""

from __future__ import annotations

import ipaddress
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from ..errors import SettingsError
from .environment import SEPARATOR, Variable
from .place import Leaf, Place, Tree, shown
from .secret import MASK, Secret

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class NotAccepted(ValueError):
    """A kind does not accept a value."""


class Kind(ABC, Generic[T]):
    """A type of setting; ``T`` is the type of the value that the program gets."""

    #: The type in one word, for the catalogue.
    type_name: str
    #: What is accepted, as the end of a sentence.
    accepted: str
    #: The kinds of what it holds, or of what it reads in its place.
    inner: tuple[Kind[Any], ...] = ()

    @abstractmethod
    def from_file(self, value: object, place: Place) -> Tree:
        """Check the value that a file gives at ``place``.

        Raises ``SettingsError`` if it is not accepted.
        """

    @abstractmethod
    def from_environment(self, variables: Sequence[Variable], path: str) -> Tree:
        """Check the variables, at least one, that the environment gives at ``path``.

        Raises ``SettingsError`` if they are not accepted.
        """

    @abstractmethod
    def build(self, tree: Tree) -> T:
        """Build the value from everything that was given.

        Raises ``SettingsError`` if values contradict each other.
        """

    @abstractmethod
    def written(self, value: T) -> object:
        """``value`` as a file would hold it."""

    def shown(self, value: object) -> str:
        """``value`` (as a source gave it) for an error message, secrets masked."""
        return shown(value)


class Scalar(Kind[T]):
    """A kind with a single value."""

    @abstractmethod
    def read(self, value: object) -> T:
        """Convert a file's value; raises ``NotAccepted``."""

    def parse(self, text: str) -> T:
        """Convert an environment variable's text; raises ``NotAccepted``."""
        return self.read(text)

    def from_file(self, value: object, place: Place) -> Leaf:
        """Read the file's value."""
        try:
            return Leaf(self.read(value), place)
        except NotAccepted:
            raise self._refusal(value, place) from None

    def from_environment(self, variables: Sequence[Variable], path: str) -> Leaf:
        """Read the one variable that gives this key."""
        variable = variables[0]
        place = variable.place(path)
        if variable.parts:
            parts = SEPARATOR.join(variable.parts)
            raise place.error(f"has no part {parts}; accepted: {self.accepted}")
        if len(variables) > 1:
            raise place.error(f"is given again by {variables[1].name}; accepted: one")
        try:
            return Leaf(self.parse(variable.text), place)
        except NotAccepted:
            raise self._refusal(variable.text, place) from None

    def build(self, tree: Tree) -> T:
        """The value that was read."""
        return cast(T, cast(Leaf, tree).value)

    def written(self, value: T) -> object:
        """The value itself."""
        return value

    def _refusal(self, value: object, place: Place) -> SettingsError:
        return place.error(f"is {self.shown(value)}; accepted: {self.accepted}")


class Flag(Scalar[bool]):
    """True or false."""

    type_name = "boolean"
    accepted = "true or false"

    def read(self, value: object) -> bool:
        """Accept only a boolean: not 0, 1 or "yes"."""
        if not isinstance(value, bool):
            raise NotAccepted
        return value

    def parse(self, text: str) -> bool:
        """``true``, ``false``, ``1`` or ``0`` in any case (contract, section 2)."""
        try:
            return _TRUTH[text.strip().lower()]
        except KeyError:
            raise NotAccepted from None


class Whole(Scalar[int]):
    """An integer from ``low`` to ``high``."""

    type_name = "integer"

    def __init__(self, low: int, high: int) -> None:
        """Both bounds are themselves accepted."""
        self.low = low
        self.high = high
        self.accepted = f"an integer from {low} to {high}"

    def read(self, value: object) -> int:
        """Accept an integer, but not true or false, which are integers in Python."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise NotAccepted
        if not self.low <= value <= self.high:
            raise NotAccepted
        return value

    def parse(self, text: str) -> int:
        """Decimal digits with an optional sign."""
        if not re.fullmatch(r"[-+]?[0-9]{1,30}", text.strip()):
            raise NotAccepted
        return self.read(int(text))


class Number(Scalar[float]):
    """A number from ``low`` to ``high``, with or without a fraction."""

    type_name = "number"

    def __init__(self, low: float, high: float) -> None:
        """Both bounds are themselves accepted."""
        self.low = low
        self.high = high
        self.accepted = f"a number from {low:g} to {high:g}"

    def read(self, value: object) -> float:
        """An integer or a finite fraction."""
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise NotAccepted
        if not self.low <= value <= self.high:  # false for NaN
            raise NotAccepted
        return float(value)

    def parse(self, text: str) -> float:
        """Accept what ``float`` accepts, except underscores."""
        try:
            number = float(text.replace("_", "?"))
        except ValueError:
            raise NotAccepted from None
        return self.read(number)

    def written(self, value: float) -> object:
        """Without ``.0``, as people write it."""
        return int(value) if value.is_integer() else value


class Text(Scalar[str]):
    """Any text that is not empty."""

    type_name = "text"
    accepted = "text (quoted where it looks like a number, true, false or null)"

    def read(self, value: object) -> str:
        """Accept a text that is not only white space."""
        if not isinstance(value, str) or not value.strip():
            raise NotAccepted
        if re.search("[\ud800-\udfff]", value):  # cannot be sent as UTF-8
            raise NotAccepted
        return value


class Label(Scalar[str]):
    """A short name that fits into a header, a query and a log line."""

    type_name = "text"
    accepted = "text of 1 to 100 printable ASCII characters, without spaces around it"

    def read(self, value: object) -> str:
        """The name as it is; case is kept."""
        if not isinstance(value, str) or not re.fullmatch(
            r"[!-~](?:[ -~]{0,98}[!-~])?", value
        ):
            raise NotAccepted
        return value


class Url(Scalar[str]):
    """An address to which a path is appended."""

    type_name = "URL"
    accepted = (
        "an http or https URL such as http://localhost:11434/v1/,"
        " without user name, password, query or fragment"
    )

    def read(self, value: object) -> str:
        """Accept a usable address, unchanged."""
        if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
            raise NotAccepted
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError:  # unmatched brackets, or an invalid port
            raise NotAccepted from None
        usable = url.scheme in ("http", "https") and url.hostname and port != 0
        if not usable or re.search(r"[@?#\\]", value):
            raise NotAccepted
        return value

    def shown(self, value: object) -> str:
        """Mask what may be secret: up to ``@``, and from ``?`` or ``#`` on."""
        if not isinstance(value, str):
            return shown(value)
        head = re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?", value)
        scheme = head.group() if head else ""
        rest = value[len(scheme) :]
        rest = re.sub(r"^.*@", f"{MASK}@", rest, flags=re.DOTALL)
        rest = re.sub(r"[?#].*$", f"?{MASK}", rest, flags=re.DOTALL)
        return shown(scheme + rest)


class Password(Scalar[Secret]):
    """A text that is never shown."""

    type_name = "secret text"
    accepted = (
        "text of printable ASCII characters without spaces"
        " (quoted where it looks like a number)"
    )

    def read(self, value: object) -> Secret:
        """Accept only what fits into an HTTP header."""
        if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
            raise NotAccepted
        return Secret(value)

    def written(self, value: Secret) -> object:
        """The mask."""
        return MASK

    def shown(self, value: object) -> str:
        """The mask, whatever was given."""
        return MASK


class KeyOrDigest(Password):
    """A key that clients send, or its SHA-256, so that the file does not reveal it."""

    accepted = f"{Password.accepted}, or sha256: and 64 hexadecimal digits"

    def read(self, value: object) -> Secret:
        """The key, or the digest with its prefix in lower case."""
        secret = super().read(value)
        text = secret.reveal()
        if not text.lower().startswith("sha256:"):
            return secret
        if not re.fullmatch("sha256:[0-9a-f]{64}", text.lower()):
            raise NotAccepted
        return Secret(text.lower())


_ORIGIN = re.compile(
    r"\*|https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", re.ASCII
)


class Origin(Scalar[str]):
    """The origin of a page, as a browser's ``Origin`` header gives it."""

    type_name = "origin"
    accepted = "* for any, or an origin such as https://example.com:8443"

    def read(self, value: object) -> str:
        """The origin in lower case, as browsers send it."""
        if not isinstance(value, str) or not _ORIGIN.fullmatch(value.lower()):
            raise NotAccepted
        return value.lower()


class Peer(Scalar[str]):
    """A trusted proxy: an address, a network, or a unix socket."""

    type_name = "network"
    accepted = "an address or network such as 10.0.0.0/8, or unix for a unix socket"

    def read(self, value: object) -> str:
        """``unix``, or the network with its prefix length."""
        if value == "unix":
            return "unix"
        if not isinstance(value, str):
            raise NotAccepted
        try:
            return str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise NotAccepted from None


class Choice(Scalar[T]):
    """One of several named values; names are accepted in any case."""

    type_name = "choice"

    def __init__(self, options: Mapping[str, T]) -> None:
        """``options`` holds the values by name."""
        self._options = options
        self._by_name = {name.casefold(): value for name, value in options.items()}
        self.accepted = alternatives(options)

    def read(self, value: object) -> T:
        """The value of that name."""
        if not isinstance(value, str):
            raise NotAccepted
        try:
            return self._by_name[value.strip().casefold()]
        except KeyError:
            raise NotAccepted from None

    def written(self, value: T) -> object:
        """The value's name."""
        return next(name for name, each in self._options.items() if each == value)


class OrNone(Scalar[T | None]):
    """Another kind, or null; an empty text is null too, as in .NET's own files."""

    def __init__(self, kind: Scalar[T], none: str) -> None:
        """``none`` says what null stands for."""
        self._kind = kind
        self.inner = (kind,)
        self.type_name = kind.type_name
        self.accepted = f'{kind.accepted}; null or "" is {none}'

    def read(self, value: object) -> T | None:
        """None for null and "", else what the other kind reads."""
        return None if value is None or value == "" else self._kind.read(value)

    def parse(self, text: str) -> T | None:
        """What the other kind reads: a variable cannot say null."""
        return self._kind.parse(text)

    def written(self, value: T | None) -> object:
        """None, or as the other kind writes it."""
        return None if value is None else self._kind.written(value)

    def shown(self, value: object) -> str:
        """As the other kind shows it."""
        return self._kind.shown(value)


def members(enum: type[E]) -> dict[str, E]:
    """An enumeration of texts as the options of a ``Choice``."""
    return {str(member.value): member for member in enum}


def alternatives(words: Iterable[str]) -> str:
    """``a, b or c, in any case``."""
    *first, last = words
    listed = f"{', '.join(first)} or {last}" if first else last
    return f"{listed}, in any case"
