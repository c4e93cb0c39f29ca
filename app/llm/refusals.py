"""What an upstream's answer means when its status is not 200. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from hashlib import blake2b

import orjson

from ..words import Json
from .chat import UpstreamRefused

#: The longest text of an upstream's that is quoted in a log line, in characters.
_QUOTE_LENGTH = 200

#: Statuses that say nothing against asking the same backend again.
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})

#: Statuses whose text may repeat the key, in parts.
_ABOUT_KEYS = frozenset({401, 403, 407})

#: Statuses by which servers refuse a parameter that they do not know.
_ABOUT_PARAMETERS = frozenset({400, 404, 415, 422, 501})

_WHOLE = re.compile("[0-9]{1,9}")
_NOT_PRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def quote(text: str, secret: str | None = None) -> str:
    """Make text of an upstream's fit for one line of a log, without ``secret``."""
    if secret:
        text = text.replace(secret, "***")
    text = _NOT_PRINTABLE.sub(" ", text).strip()
    return text if len(text) <= _QUOTE_LENGTH else text[:_QUOTE_LENGTH] + "..."


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """The seconds to wait that a response asks for, or None.

    ``Retry-After`` holds seconds or a date (RFC 9110, section 10.2.3);
    ``retry-after-ms``, which OpenAI sends, is finer. ``now_s`` is the wall clock
    in seconds since 1970.
    """
    if _WHOLE.fullmatch(fine := headers.get("retry-after-ms", "")):
        return int(fine) / 1000
    if _WHOLE.fullmatch(value := headers.get("Retry-After", "").strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, moment.timestamp() - now_s)


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now_s: float,
    secret: str | None,
) -> UpstreamRefused:
    """The error for a response that is not 200; ``body`` may be cut short."""
    text = quote(body.decode(errors="replace"), secret)
    cause = f"status {status}"
    if text and status not in _ABOUT_KEYS:
        cause = f"{cause}: {text}"
    return UpstreamRefused(
        cause,
        status=status,
        retryable=status in _PASSING,
        retry_after_s=retry_after_s(headers, now_s),
    )


def blamed(status: int, body: bytes, optional: Collection[str]) -> str | None:
    """Which ``optional`` parameter of the request the refusal may be about.

    OpenAI names it. Where none is named, ``response_format`` is the one that
    servers do not know, or whose schema they cannot take.
    """
    if status not in _ABOUT_PARAMETERS:
        return None
    named = _named_parameter(body)
    if named in optional:
        return named
    return "response_format" if "response_format" in optional else None


def _named_parameter(body: bytes) -> str | None:
    """The top-level parameter that the body of a refusal names."""
    try:
        document: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    error = document.get("error") if isinstance(document, dict) else None
    name = error.get("param") if isinstance(error, dict) else None
    return name.partition(".")[0] if isinstance(name, str) else None


class Refusals:
    """Which optional parameters one backend is asked without, as it turns out.

    A refused ``response_format`` may be about its schema alone, so it is kept
    by schema, until several were refused and none was ever taken.
    """

    __slots__ = ("_formats", "_omitted", "_takes_formats")

    #: So many refused schemas, and none taken, mean that schemas are not known.
    ENOUGH = 3

    #: How many refused schemas are kept before they are all forgotten.
    KEPT = 1000

    def __init__(self) -> None:
        """Begin with everything allowed."""
        self._omitted: set[str] = set()
        self._formats: set[bytes] = set()
        self._takes_formats = False

    def of(self, body: Mapping[str, Json]) -> set[str]:
        """The parameters that ``body`` is better sent without."""
        omitted = set(self._omitted)
        if self._formats and "response_format" in body:
            if _digest(body["response_format"]) in self._formats:
                omitted.add("response_format")
        return omitted

    def taken(self, body: Mapping[str, Json]) -> None:
        """Remember that ``body`` was answered."""
        self._takes_formats = self._takes_formats or "response_format" in body

    def learn(self, name: str, body: Mapping[str, Json]) -> None:
        """Remember that ``body`` was refused with ``name`` and taken without."""
        if name != "response_format":
            self._omitted.add(name)
            return
        if len(self._formats) >= self.KEPT:
            self._formats.clear()
        self._formats.add(_digest(body[name]))
        if len(self._formats) >= self.ENOUGH and not self._takes_formats:
            self._omitted.add(name)


def _digest(value: Json) -> bytes:
    """A short stand-in for a JSON value."""
    return blake2b(orjson.dumps(value), digest_size=16).digest()
