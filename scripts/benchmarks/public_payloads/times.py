"""Times as payloads write them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

_FORMATS = (
    "%Y-%m-%d",
    "%Y%m%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S.%f %z UTC",
    "%Y-%m-%d %H:%M:%S UTC",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%dT%H:%M",
)

#: What a number of so many digits counts, in parts of a second.
_UNITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}


def seconds(value: Any) -> float:
    """The seconds since 1970 of a time. Raises ``ValueError`` where it is none."""
    text = str(value)
    if re.fullmatch(r"\d{10,19}(\.\d+)?", text):
        digits = len(text.partition(".")[0])
        return float(text) / _UNITS[digits]
    for template in _FORMATS:
        try:
            return _utc(datetime.strptime(text, template))
        except ValueError:
            continue
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.replace("Z", "+00:00"))
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    return _utc(datetime.fromisoformat(text))


def is_zoned(value: Any) -> bool:
    """Whether a time says how far from UTC it is."""
    text = str(value)
    return bool(
        re.fullmatch(r"[\d.]{10,}", text)
        or re.search(r"(Z|UTC|GMT|[+-]\d\d:?\d\d)$", text)
    )


def resolution(value: Any) -> float:
    """The seconds between two times that a form can tell apart."""
    text = str(value)
    if re.fullmatch(r"\d{10,19}(\.\d+)?", text):
        whole, _, part = text.partition(".")
        return 0.1 ** len(part) / _UNITS[len(whole)]
    if not re.search(r"\d\d:\d\d", text):
        return 86_400
    if not re.search(r"\d\d:\d\d:\d\d", text):
        return 60
    part = re.search(r":\d\d\.(\d+)", text)
    return 0.1 ** len(part[1]) if part else 1


def form(value: Any) -> str:
    """How a time is written, whatever its digits and names."""
    text = re.sub(r"[A-Z][a-z]{2}\b", "Abc", str(value))
    return f"{type(value).__name__}:" + re.sub(r"\d", "0", text)


def _utc(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.timestamp()
