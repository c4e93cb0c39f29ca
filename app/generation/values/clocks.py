"""Points in time, in the format of an example.

Times are given in milliseconds since 1970. A format is found once, when a plan
is compiled; writing is then a few divisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache, partial
from typing import TypeAlias

#: Writes a point in time, in milliseconds since 1970.
Clock: TypeAlias = Callable[[int], str]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Longer texts are no times.
_LONGEST = 64
_HOUR, _DAY = 3_600_000, 86_400_000
#: How far the clocks of zones are ahead of UTC, by their names (ms).
_ZONES = {
    name: ahead * _HOUR
    for names, ahead in zip(
        ("PST", "MST PDT", "CST MDT", "EST CDT", "EDT", "GMT UTC", "BST CET", "CEST"),
        (-8, -7, -6, -5, -4, 0, 1, 2),
    )
    for name in names.split()
} | {"JST": 9 * _HOUR}
#: Years 1 to 9999, which is what a date can be.
_EARLIEST = -62_135_596_800_000
_LATEST = 253_402_300_799_999

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)([T ])\d\d:\d\d(:\d\d)?([.,]\d{1,9}|:\d{3})?\s?"
    r"(Z|[+-]\d\d(?::?\d\d(?: UTC)?)?|UTC)?"
)
#: Seconds since 1970 in hexadecimal digits.
_HEX = re.compile(r"0x[0-9a-f]{8}")
#: ``Wed May  1 10:45:12 2024``, as C writes it.
_ASCTIME = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}")
#: ``20240501-10:45:12.345`` as FIX has it, and the id of an entry of a stream.
_FIX = re.compile(r"\d{8}-\d\d:\d\d:\d\d\.\d{3}")
_ENTRY = re.compile(r"\d{13}-\d{1,6}")
_FRACTION = re.compile(r":\d\d:\d\d[.,:](\d{1,9})")
_ZONE = re.compile(r"([+-])(\d\d)(?::?(\d\d))?")


@lru_cache(maxsize=256)
def _second(seconds: int) -> str:
    """``2025-01-06T12:34:56``."""
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.replace(tzinfo=None).isoformat()


def iso_ms(ms: int) -> str:
    """``2025-01-06T12:34:56.789Z``."""
    return "%s.%03dZ" % (_second(ms // 1000), ms % 1000)


def iso_date(ms: int) -> str:
    """``2025-01-06``."""
    return _second(ms // 1000)[:10]


def iso_time(ms: int) -> str:
    """``12:34:56Z``, as JSON Schema's format ``time`` has it."""
    return _second(ms // 1000)[11:] + "Z"


def within(ms: int) -> int:
    """The nearest point in time that has a date."""
    if _EARLIEST <= ms <= _LATEST:
        return ms
    return _EARLIEST if ms < _EARLIEST else _LATEST


def text_clock(example: str) -> Clock | None:
    """The format of ``example``, or None where it is not a time."""
    return _text_clock(example) if len(example) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _text_clock(example: str) -> Clock | None:
    found = _ISO.fullmatch(example)
    if found:
        return _iso_clock(found)
    for pattern, templates in _FORMATS:
        if pattern.fullmatch(example):
            for template in templates:
                if _reads(example, template):
                    return partial(_strftime, template)
    if _FIX.fullmatch(example) and text_moment(example) is not None:
        return lambda ms: _strftime("%Y%m%d-%H:%M:%S.", ms) + "%03d" % (ms % 1000)
    if _ENTRY.fullmatch(example):
        return lambda ms: f"{ms}-0"
    zoned = _zoned(example)
    if zoned is not None:
        template, ahead = zoned
        return lambda ms: _strftime(template, ms + ahead)
    named = _named_zone(example)
    if named is not None:
        return _in_named_zone(*named)
    if _HEX.fullmatch(example) and number_moment(int(example, 16)) is not None:
        return lambda ms: hex(ms // 1000)
    if re.fullmatch(r"\d{10}(\d{3}){0,3}", example):
        return number_clock(int(example))
    if re.fullmatch(r"\d{19}\.0{10}", example):
        return lambda ms: "%d000000.0000000000" % ms
    if _ASCTIME.fullmatch(example):
        return _asctime
    if _american(example) is not None:
        return _in_american
    if re.fullmatch(r"\d{10}\.\d{3,9}", example):
        return _decimal_clock(len(example) - 11)
    return None


def text_moment(text: str) -> int | None:
    """The milliseconds since 1970 that a text names, None for no date."""
    return _text_moment(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _text_moment(text: str) -> int | None:
    if re.fullmatch(r"\d{10}((\d{3}){0,3}|\.\d{3,9})", text):
        return number_moment(float(text) if "." in text else int(text))
    if _ISO.fullmatch(text):
        try:
            moment = datetime.fromisoformat(_iso_form(text))
        except ValueError:
            return None
        fraction = _FRACTION.search(text)
        extra = int(fraction[1][:3].ljust(3, "0")) if fraction else 0
        return _milliseconds(moment) + extra
    if re.fullmatch(r"\d{19}\.0{10}", text):
        return number_moment(int(text[:19]))
    if _ASCTIME.fullmatch(text):
        try:
            moment = datetime.strptime(text, "%a %b %d %H:%M:%S %Y")
        except ValueError:
            return None
        return _milliseconds(moment)
    american = _american(text)
    if american is not None:
        return _milliseconds(american)
    if _HEX.fullmatch(text):
        return number_moment(int(text, 16))
    for pattern, templates in _FORMATS:
        if pattern.fullmatch(text):
            for template in templates:
                if _reads(text, template) and "%Y" in template:
                    return _milliseconds(_parsed(text, template))
    if _FIX.fullmatch(text):
        second = text_moment(text[:-4])
        return None if second is None else second + int(text[-3:])
    if _ENTRY.fullmatch(text):
        return number_moment(int(text[:13]))
    zoned = _zoned(text)
    if zoned is not None:
        return _milliseconds(_parsed(text, zoned[0])) - zoned[1]
    named = _named_zone(text)
    inner = None if named is None else text_moment(named[0])
    return None if named is None or inner is None else inner - _ZONES[named[1]]


def time_of_day(text: str) -> int | None:
    """The milliseconds since midnight that a text names, None for anything else."""
    named = _named_zone(text)
    if named is not None:
        return time_of_day(named[0])
    for pattern, templates in _FORMATS:
        if pattern.fullmatch(text):
            for template in templates:
                if "%d" not in template and "%m" not in template:
                    if _reads(text, template):
                        return _milliseconds(_parsed(text, template)) % _DAY
    return None


def number_moment(number: float) -> int | None:
    """The milliseconds since 1970 of a number of seconds to nanoseconds."""
    for unit, _ in _UNITS:
        if _SINCE * unit <= number <= _UNTIL * unit:
            return int(number * 1000 / unit)
    for template, low, high in _DIGITS:
        if low <= number <= high and number == int(number):
            if _reads(str(int(number)), template):
                return _milliseconds(datetime.strptime(str(int(number)), template))
    return None


def number_clock(example: float) -> Clock | None:
    """The unit of an example, from seconds to nanoseconds, or None for no time."""
    for unit, per_ms in _UNITS:
        if _SINCE * unit <= example <= _UNTIL * unit:
            if isinstance(example, int):
                return per_ms
            if unit == 1 and example % 1:
                return lambda ms: "%.3f" % (ms / 1000)
            return lambda ms: per_ms(ms) + ".0"
    for template, low, high in _DIGITS:
        if low <= example <= high and _reads(str(int(example)), template):
            return partial(_strftime, template)
    return None


def _decimal_clock(digits: int) -> Clock:
    """Seconds with decimals, in a text."""
    return lambda ms: "%d.%s" % (ms // 1000, ("%03d" % (ms % 1000)).ljust(digits, "0"))


def zone_offset(text: str) -> int:
    """The milliseconds that the clock of a time in a text is ahead of UTC."""
    found, zoned, named = _ISO.fullmatch(text), _zoned(text), _named_zone(text)
    if named is not None:
        return _ZONES[named[1]]
    if zoned is not None:
        return zoned[1]
    return _offset(found[5]) if found else 0


def is_local(text: str) -> bool:
    """Whether a time in a text is by a clock of a zone that it does not say."""
    found = _ISO.fullmatch(text)
    if found is None:
        return ":" in text and _zoned(text) is None and text_moment(text) is not None
    return not found[5]


def _zoned(text: str) -> tuple[str, int] | None:
    """The format of a time with its zone in digits, and how far that is ahead (ms)."""
    zone = _ZONE.fullmatch(text[-5:])
    if zone is None:
        return None
    for form in (_MAIL, _MAIL_2, "%d/%b/%Y:%H:%M:%S"):
        template = f"{form} {text[-5:]}"
        if _reads(text, template):
            return template, _offset(text[-5:])
    return None


def _named_zone(text: str) -> tuple[str, str] | None:
    """A time without the zone that it names behind itself, and that zone."""
    inner, _, zone = text.rpartition(" ")
    return (inner, zone) if inner and zone in _ZONES else None


def _in_named_zone(inner: str, zone: str) -> Clock | None:
    clock = text_clock(inner)
    if clock is None:
        return None
    write, ahead = clock, _ZONES[zone]
    return lambda ms: f"{write(ms + ahead)} {zone}"


def _iso_clock(found: re.Match[str]) -> Clock:
    _, separator, seconds, fraction, zone = found.groups()
    digits = len(fraction) - 1 if fraction else 0
    mark = fraction[0] if fraction else ""
    offset = _offset(zone)
    suffix = found.group(0)[
        found.end(4) if fraction else found.end(3) if seconds else 16 :
    ]
    if (separator, mark, digits, suffix) == ("T", ".", 3, "Z") and seconds:
        return iso_ms

    def write(ms: int) -> str:
        ms += offset
        text = _second(ms // 1000).replace("T", separator)
        if seconds is None:
            return text[:16] + suffix
        if digits:
            text += mark + ("%03d" % (ms % 1000)).ljust(digits, "0")[:digits]
        return text + suffix

    return write


def _iso_form(text: str) -> str:
    """An ISO 8601 text as Python 3.10 reads it."""
    body, zone = text[:19].replace(" ", "T"), ""
    found = _ZONE.search(text[16:])
    if found:
        zone = f"{found[1]}{found[2]}:{found[3] or '00'}"
    return (body if body[16:17] == ":" else body[:16]) + zone


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _offset(zone: str | None) -> int:
    """The milliseconds that a zone's clock is ahead of UTC."""
    found = _ZONE.match(zone or "")
    if not found:
        return 0
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return minutes * 60_000 * (-1 if found[1] == "-" else 1)


def _asctime(ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=ms)
    return f"{moment:%a %b} {moment.day:2d} {moment:%H:%M:%S %Y}"


def _american(text: str) -> datetime | None:
    """The time that a text like ``Sep 1, 2024 4:14:16 PM`` says, None for any other."""
    try:
        moment = datetime.strptime(text, "%b %d, %Y %I:%M:%S %p")
    except ValueError:
        return None
    return moment if _in_american(_milliseconds(moment)) == text else None


def _in_american(ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=ms)
    hour = moment.hour % 12 or 12
    return f"{moment:%b} {moment.day}, {moment.year} {hour}:{moment:%M:%S %p}"


def _strftime(template: str, ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms)).strftime(template)


def _parsed(text: str, template: str) -> datetime:
    """The time in a text; a format with hyphens writes numbers without a zero."""
    return datetime.strptime(text, template.replace("%-", "%"))


def _reads(text: str, template: str) -> bool:
    try:
        return _parsed(text, template).strftime(template) == text
    except ValueError:
        return False


_AMERICAN = "%-m/%-d/%Y %-I:%M"
_MAIL, _MAIL_2 = "%a, %d %b %Y %H:%M:%S", "%a, %-d %b %Y %H:%M:%S"
#: Forms of times that are not ISO 8601, each with the formats to try.
_FORMATS = tuple(
    (re.compile(pattern), tuple(templates.split("|")))
    for pattern, templates in (
        (r"\d{4}-\d\d-\d\dZ?", "%Y-%m-%d|%Y-%m-%dZ"),
        (r"\d{4}-\d\d(-\d\d[T:]\d\d)?", "%Y-%m|%Y-%m-%dT%H|%Y-%m-%d:%H"),
        (r"\d\d:\d\d:\d\d", "%H:%M:%S"),
        (r"\d\d:\d\d:\d\dZ", "%H:%M:%SZ"),
        (r"\d\d:\d\d", "%H:%M"),
        (r"\d\d?:\d\d [AP]M", "%I:%M %p|%-I:%M %p"),
        (r"\d\d?:\d\d:\d\d [AP]M", "%I:%M:%S %p|%-I:%M:%S %p"),
        (r"\d{4}/\d\d/\d\d", "%Y/%m/%d"),
        (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "%Y/%m/%d %H:%M:%S"),
        (r"\d\d/\d\d/\d{4}", "%m/%d/%Y|%d/%m/%Y"),
        (r"\d\d/\d\d/\d{4} \d\d:\d\d", "%m/%d/%Y %H:%M|%d/%m/%Y %H:%M"),
        (r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "%m/%d/%Y %H:%M:%S|%d/%m/%Y %H:%M:%S"),
        (r"\d\d/\d\d/\d{4} .*[AP]M", "%m/%d/%Y %I:%M:%S %p|%m/%d/%Y %I:%M %p"),
        (r"\d\d?/\d\d?/\d{4} .*[AP]M", f"{_AMERICAN}:%S %p|{_AMERICAN} %p"),
        (r"\d\d? [A-Z][a-z]{2} \d{4}, \d\d:\d\d", "%d %b %Y, %H:%M|%-d %b %Y, %H:%M"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d [AP]M", "%Y-%m-%d %I:%M %p"),
        (r"\d{4}-\d\d-\d\d \d:\d\d", "%Y-%m-%d %-H:%M"),
        (r"\d{8}[ -]\d\d:\d\d:\d\d", "%Y%m%d %H:%M:%S|%Y%m%d-%H:%M:%S"),
        (r"\d\d-\d\d-\d{4} \d\d:\d\d:\d\d", "%d-%m-%Y %H:%M:%S"),
        (r"\d\d\.\d\d\.\d{4}", "%d.%m.%Y"),
        (r"\d\d\.\d\d\.\d{4} \d\d:\d\d", "%d.%m.%Y %H:%M"),
        (r"[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} .*T", f"{_MAIL} GMT|{_MAIL_2} GMT"),
        (r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d .*", "%a %b %d %H:%M:%S +0000 %Y"),
        (r"\d\d/[A-Z][a-z]{2}/\d{4}:.*", "%d/%b/%Y:%H:%M:%S +0000"),
        (r"[A-Z][a-z]{2} \d\d, \d{4} .*", "%b %d, %Y %H:%M:%S UTC"),
        (r"[A-Z][a-z]+ \d\d, \d{4}", "%B %d, %Y|%b %d, %Y"),
        (r"\d{8}T\d{6}Z?", "%Y%m%dT%H%M%SZ|%Y%m%dT%H%M%S"),
        (r"\d{8} \d\d:\d\d", "%Y%m%d %H:%M"),
        (r"\d{8}_\d{6}", "%Y%m%d_%H%M%S"),
        (r"20\d{12}", "%Y%m%d%H%M%S"),
        (r"\d{8}", "%Y%m%d"),
    )
)

#: Numbers of seconds that are read as points in time: 2001 to 2100.
_SINCE, _UNTIL = 1_000_000_000, 4_102_444_800
_UNITS: tuple[tuple[int, Clock], ...] = (
    (1, lambda ms: str(ms // 1000)),
    (1_000, str),
    (1_000_000, lambda ms: "%d000" % ms),
    (1_000_000_000, lambda ms: "%d000000" % ms),
)
#: Times as numbers whose digits are those of a date and a time of day.
_DIGITS = (
    ("%Y%m%d%H%M%S", 20_010_101_000_000, 20_991_231_235_959),
    ("%y%m%d%H%M%S", 100_101_000_000, 491_231_235_959),
)
