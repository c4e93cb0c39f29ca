"""Reads an upstream's error responses. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

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
ABOUT_PARAMETERS = frozenset({400, 404, 415, 422, 501})

_WHOLE = re.compile("[0-9]{1,9}")
_NAME = re.compile(r"[a-z]+(?:_[a-z]+)*")
_TOO_LARGE = re.compile(
    r"too (?:large|big|high|long|many)|at most|maximum|exceed|greater than|less than"
    r"|between|<=",
    re.IGNORECASE,
)
_NOT_PRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def quote(text: str, secret: str | None = None) -> str:
    """Return ``text`` as one short log line, without ``secret``."""
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

    OpenAI names it in ``error.param``, FastAPI in ``detail[].loc``, others
    only in their message. Where none is named, ``response_format`` is the one
    that servers do not know, or whose schema they cannot take.
    """
    if status not in ABOUT_PARAMETERS:
        return None
    mentioned: list[str] = _NAME.findall(body.decode(errors="replace"))
    for name in (*_named(body), *mentioned):
        if name in optional:
            return name
    return "response_format" if "response_format" in optional else None


def is_too_large(body: bytes) -> bool:
    """Whether a refusal says that a number is over a limit."""
    return _TOO_LARGE.search(body.decode(errors="replace")) is not None


def _named(body: bytes) -> Iterator[str]:
    """The parameters that a refusal names in a field of its own."""
    try:
        document: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    if not isinstance(document, dict):
        return
    error, details = document.get("error"), document.get("detail")
    if isinstance(error, dict) and isinstance(error.get("param"), str):
        yield error["param"].partition(".")[0]
    for detail in details if isinstance(details, list) else []:
        place = detail.get("loc") if isinstance(detail, dict) else None
        if isinstance(place, list):
            yield from (step for step in place if isinstance(step, str))
