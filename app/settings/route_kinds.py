"""Kinds of values that only routes and the settings about paths have."""

from __future__ import annotations

import re

import orjson

from ..faults.fault import Fault
from ..faults.notation import OBJECT_ACCEPTED, TEXT_ACCEPTED, BadFault, read_faults
from .kinds import NotAccepted, Scalar
from .place import Leaf, Place

_BILLION = 1_000_000_000

#: Headers that a route cannot set, in lower case, and why they are refused.
_RESERVED_HEADERS = frozenset("""
    connection keep-alive proxy-authenticate proxy-authorization te trailer
    transfer-encoding upgrade content-length service-worker-allowed
    clear-site-data
    """.split())
_RESERVED_PREFIX = "access-control-"
_TOKEN = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


class RouteName(Scalar[str]):
    """The name of a route, as management paths carry it."""

    type_name = "name"
    accepted = "1 to 100 characters of A-Z a-z 0-9 . _ ~ -"
    _ALLOWED = frozenset(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._~-"
    )

    def read(self, value: object) -> str:
        """The name as it is; "." and ".." are none, because paths fold them."""
        if not isinstance(value, str) or not 1 <= len(value) <= 100:
            raise NotAccepted
        if not self._ALLOWED.issuperset(value) or value in (".", ".."):
            raise NotAccepted
        return value


class PathPrefix(Scalar[str]):
    """A path below which others are."""

    type_name = "path"
    accepted = (
        "a path of one or more segments of A-Z a-z 0-9 . _ ~ -, such as /api/mock"
    )
    _PATH = re.compile(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]{1,100}){1,16}")

    def read(self, value: object) -> str:
        """The path without a slash at its end; "." and ".." are no segments."""
        if not isinstance(value, str) or not self._PATH.fullmatch(
            path := value.removesuffix("/")
        ):
            raise NotAccepted
        return path


class OperationsBase(PathPrefix):
    """The path before those of a description, where ``/`` is none."""

    accepted = f"/ for none, or {PathPrefix.accepted}"

    def read(self, value: object) -> str:
        """The path without a slash at its end."""
        if value == "/":
            return ""
        return super().read(value)


class SpecName(RouteName):
    """The name of a description, which those of its routes begin with."""

    accepted = "1 to 40 characters of A-Z a-z 0-9 . _ ~ -"

    def read(self, value: object) -> str:
        """The name as it is."""
        if not isinstance(value, str) or len(value) > 40:
            raise NotAccepted
        return super().read(value)


class HubContextName(Scalar[str]):
    """The name of a hub context, as management paths carry it."""

    type_name = "name"
    accepted = "1 to 200 printable characters without /"

    def read(self, value: object) -> str:
        """The name as it is; "." and ".." are none, because paths fold them."""
        if not isinstance(value, str) or not 1 <= len(value) <= 200:
            raise NotAccepted
        if not value.isprintable() or "/" in value or value in (".", ".."):
            raise NotAccepted
        return value


class Method(Scalar[str]):
    """An HTTP method, or ANY."""

    type_name = "method"
    accepted = "a method such as GET or POST in capitals (not HEAD, OPTIONS), or ANY"

    def read(self, value: object) -> str:
        """The method in capitals."""
        if not isinstance(value, str) or not value.isascii() or not value.isalpha():
            raise NotAccepted
        if value.upper() in ("HEAD", "OPTIONS", "CONNECT", "TRACE") or len(value) > 20:
            raise NotAccepted
        return value.upper()


class OneLine(Scalar[str]):
    """A text without line ends or NUL, for names and ids of events."""

    type_name = "text"
    accepted = "text of 1 to 1000 characters without CR, LF or NUL"

    def read(self, value: object) -> str:
        """The text; a whole number is written as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not 1 <= len(value) <= 1_000:
            raise NotAccepted
        if any(char in value for char in "\r\n\0"):
            raise NotAccepted
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value


class AnyText(Scalar[str]):
    """Any text that UTF-8 can write, also an empty one."""

    type_name = "text"
    accepted = "text"

    def read(self, value: object) -> str:
        """The text as it is."""
        if not isinstance(value, str):
            raise NotAccepted
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value


class HeaderName(Scalar[str]):
    """The name of a header that a request is matched by."""

    type_name = "header name"
    accepted = "a header's name"

    def read(self, value: object) -> str:
        """The name as it is written."""
        if not isinstance(value, str) or not value or not _TOKEN.issuperset(value):
            raise NotAccepted
        return value


class ResponseHeaderName(HeaderName):
    """The name of a header that a route may send."""

    accepted = (
        "a header's name, but none of a connection's, Content-Length,"
        " Access-Control-*, Service-Worker-Allowed or Clear-Site-Data"
    )

    def read(self, value: object) -> str:
        """The name as it is written."""
        name = super().read(value)
        if name.lower() in _RESERVED_HEADERS or name.lower().startswith(
            _RESERVED_PREFIX
        ):
            raise NotAccepted
        return name


class HeaderValue(Scalar[str]):
    """The value of a header that a route sends."""

    type_name = "text"
    accepted = "text or a whole number, without control characters, Latin-1 at most"

    def read(self, value: object) -> str:
        """The text; a whole number is written as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not (value.isprintable() or value == ""):
            raise NotAccepted
        try:
            value.encode("latin-1")
        except UnicodeEncodeError:
            raise NotAccepted from None
        return value.strip()


class ExactText(AnyText):
    """What a query parameter or a header is compared with."""

    accepted = "the exact text"

    def read(self, value: object) -> str:
        """The text; a number or a boolean is meant as it is written in a query."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        return super().read(value)


class Repeat(Scalar["int | bool"]):
    """How often a script runs again."""

    type_name = "integer or boolean"
    accepted = "a number of further runs from 0 to 1000000000, or true for ever"

    def read(self, value: object) -> int | bool:
        """The number of runs, or a boolean."""
        if isinstance(value, int) and 0 <= value <= _BILLION:
            return value
        raise NotAccepted


class GivenFaults(Scalar[tuple[Fault, ...]]):
    """Faults: one as text or as an object, or a list of these."""

    type_name = "faults"
    accepted = f"{TEXT_ACCEPTED}; {OBJECT_ACCEPTED}; or a list of these"

    def read(self, value: object) -> tuple[Fault, ...]:
        """The faults; null and an empty list are none."""
        if value is None or value == []:
            return ()
        try:
            return read_faults(value)
        except BadFault as error:
            raise NotAccepted from error

    def parse(self, text: str) -> tuple[Fault, ...]:
        """Faults as JSON, or else in the text form."""
        try:
            return self.read(orjson.loads(text))
        except orjson.JSONDecodeError:
            return self.read(text)

    def from_file(self, value: object, place: Place) -> Leaf:
        """Read the file's value; an error says what is wrong with which fault."""
        is_list = isinstance(value, list)
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            at = place.item(index) if is_list else place
            try:
                if item is not None:
                    read_faults([item] if is_list else item)
            except BadFault as error:
                raise at.error(str(error)) from None
        return super().from_file(value, place)

    def written(self, value: tuple[Fault, ...]) -> object:
        """A list of them, as text where that says all."""
        return [_written(fault) for fault in value]


def _written(fault: Fault) -> object:
    if fault.retry_after is None:
        return fault.text
    # Only a status has it, which has no moment.
    times = {} if fault.times is None else {"Times": fault.times}
    return {
        "Fault": fault.name,
        "Arg": fault.argument,
        **times,
        "RetryAfter": fault.retry_after,
    }
