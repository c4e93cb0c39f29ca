"""Identifiers that go on as an example begins: s1, s2, s3; p-01, p-02; 41, 42."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from ...words import Json

#: Makes the identifier of the n-th record, from 0; n = 0 is the example.
Series: TypeAlias = Callable[[Callable[[], float], int, int], str]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ULID = re.compile(
    r"(?:[a-z]+_)?(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})"
)
#: A UUID, or a number in hexadecimal digits.
RANDOM_ID = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=.*\d)(?=.*[a-f])[0-9a-f]{16,}",
    re.IGNORECASE,
)
#: Headers by which requests are traced: of W3C, of B3, of X-Ray.
TRACE_HEADER = re.compile(
    r"(?:00-)?(?:[0-9a-f]{16}){1,2}-[0-9a-f]{16}-(?:[0d]?[01])(?:-[0-9a-f]{16})?"
    r"|(?:(?:Root|Self)=1-[0-9a-f]{8}-[0-9a-f]{24};?){1,2}"
    r"(?:Parent=[0-9a-f]{16};?)?(?:Sampled=[01?];?)?(?:Lineage=[\w:|]{1,99})?"
)
_TRACED = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{16,32}")
#: How many characters a ULID has.
_ULID_SIZE = 26
#: Bytes in the characters of RFC 4648.
_BASE64 = re.compile(
    r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?:[\w+/-]{4}){5,}[\w+/-]{2,3}={1,2}"
)
#: ``SM2f8a...``: what kind of thing it is, in capitals.
_PREFIX = re.compile(r"[A-Z][a-z]{1,2}(?=\d)|[A-Z]{1,4}(?=[0-9a-z])|0\d(?=[0-9A-Z])")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{6,}|0x[0-9a-fA-F]{6,}|[0-9]{20,}")
#: The digits, and the characters of RFC 4648 in lower case; so many first ones tell
#: the kind.
_DECIMAL, _BASE32, _LEAD = "0123456789", "abcdefghijklmnopqrstuvwxyz234567", 3
#: Longer ones begin with what they are made of: ``bafyrei``, content in IPFS.
_LONG, _LONG_LEAD = 50, 7
#: Zeros at the beginning of a hash, which have cost work.
_ZEROS = re.compile(r"(?:0x)?0{4,}(?=[0-9a-f]{16,})")
#: Long ids change between small and capital letters.
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z]{16,}")
#: Shorter ids are names of things that last: ``s1``.
_MIN_SERIAL = 6
#: Letters without an order, small and capital.
_LETTERS = re.compile(r"(?=.*[A-Z]{2})(?=(?:[a-z]*[A-Z]){6})[A-Za-z]{20,}")
#: A long token may have marks between its characters, but not among the last ones.
_LONG_TOKEN, _TAIL = re.compile(r"[\w:-]{14,}[0-9A-Za-z]{10}={0,2}", re.ASCII), 12
#: ``2023p124578``: a number of a year.
_DATED = re.compile(r"20\d\d[a-z]\d+")
#: The short code of a booking, ``RZPNX8``, of which no other is the next.
_CODE = re.compile(r"(?=.*\d)(?=(?:.*[A-Z]){4})[A-Z0-9]{6,8}")
#: Shorter tokens begin alike.
_SHORT = 10
#: A hash with a number behind it: of an alert's version, for one.
_HASH_INSIDE = re.compile(
    r"([\w.:-]{0,200}[.:])"
    r"((?=\d{0,20}[a-f])(?=[a-f]{0,20}\d)[0-9a-f]{32,128})"
    r"([.:-][\d.]{1,20})",
    re.ASCII,
)
_LAST_NUMBER = re.compile(r"(.*\D|)(\d{1,19})(\D*)", re.DOTALL)
#: A number of so many digits that only the last ones are counted with.
_LONG_NUMBER = re.compile(r"(.*\D\d{2,})(\d{18})(\D*)", re.DOTALL)
#: ``ch_3MmlLrLkdIwHu7ix0snN0B15``: letters and digits without an order.
#: Bytes of a hash in pairs, of which an address of a machine has fewer.
_PAIRS = re.compile(
    r"(?:[0-9A-F]{2}:){9,63}[0-9A-F]{2}|(?:[0-9a-f]{2}:){9,63}[0-9a-f]{2}"
)
#: Numbers in hexadecimal digits behind one another.
_IN_PARTS = re.compile(r"(?:[0-9A-F]{4,16}[:_]){3,8}[0-9A-F]{4,16}")
_TOKEN = re.compile(
    r"(?:(?:[A-Za-z]+[._:-]){0,3}|\d{1,4}-)(?:[A-Za-z0-9]{8,}[_-])?"
    r"(?=[^_:-]*[a-z0-9])[A-Za-z0-9]{7,}={0,2}"
)


def uuid4(random: Callable[[], float]) -> str:
    """A random UUID (RFC 9562, version 4)."""
    number = int(random() * 2**48) << 80 | int(random() * 2**48) << 32
    number |= int(random() * 2**32)
    number = number & ~(0xF << 76) | 4 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    text = "%032x" % number
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def ulid(random: Callable[[], float], now_ms: int) -> str:
    """A ULID of this millisecond."""
    number = now_ms << 80 | int(random() * 2**40) << 40 | int(random() * 2**40)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _ulids(example: str) -> Series:
    """ULIDs of the present, behind what an example has before its own."""
    kind, own = example[:-_ULID_SIZE], example[-_ULID_SIZE:]
    change = str.upper if own == own.upper() else str.lower
    return lambda random, now_ms, number: kind + change(ulid(random, now_ms))


def _traced(example: str) -> Series:
    """Other numbers in a header by which a request is traced, some of the present."""

    def make(random: Callable[[], float], now_ms: int, number: int) -> str:
        def other(found: re.Match[str]) -> str:
            digits = found[0].rpartition("-")[2]
            text = "".join("%x" % int(random() * 16) for _ in digits)
            is_dated = len(found[0]) > len(digits)
            return f"1-{now_ms // 1000:08x}-{text}" if is_dated else text

        return _TRACED.sub(other, example)

    return make


def series(example: str) -> Series | None:
    """How identifiers like ``example`` go on, or None where it has no pattern."""
    if TRACE_HEADER.fullmatch(example):
        return _traced(example)
    if _UUID.fullmatch(example):
        upper = example != example.lower()
        return lambda random, now_ms, number: (
            uuid4(random).upper() if upper else uuid4(random)
        )
    behind = _UUID.search(example)
    if behind is not None and behind.end() == len(example):
        kind = example[: behind.start()]
        return lambda random, now_ms, number: kind + uuid4(random)
    if _ULID.fullmatch(example):
        return _ulids(example)
    is_long = _LONG_TOKEN.fullmatch(example) and is_token(example[-_TAIL:])
    is_random = is_long or (is_token(example) and not _DATED.fullmatch(example))
    is_random = is_random or _CODE.fullmatch(example) is not None
    if is_random or _HEX.fullmatch(example) or _BASE64.fullmatch(example):
        return _scrambled(example)
    head, slash, tail = example.rpartition("/")
    if slash:
        inner = series(tail)
        if inner is None:
            return None
        follow = inner
        return lambda random, now_ms, number: (
            f"{head}/{follow(random, now_ms, number)}"
        )
    local, at, host = example.partition("@")
    if at:  # of a mail
        own = series(local)
        return own and (
            lambda random, now_ms, number: (f"{own(random, now_ms, number)}@{host}")
        )
    if _MIXED.fullmatch(re.split("[_-]", example)[0]):
        return _scrambled(example, 0)
    if RANDOM_ID.fullmatch(re.split("[_:.=-]", example)[-1]):
        return _scrambled(example)
    if _PAIRS.fullmatch(example) or _IN_PARTS.fullmatch(example):
        return _scrambled(example)
    inside = _HASH_INSIDE.fullmatch(example)
    if inside is not None:
        start, body, end = inside.groups()
        other = _scrambled(body)
        return lambda random, now_ms, number: (
            f"{start}{other(random, now_ms, number)}{end}"
        )
    found = _LONG_NUMBER.fullmatch(example) or _LAST_NUMBER.fullmatch(example)
    if found is None:
        return None
    head, digits, tail = found.groups()
    first, width = int(digits), len(digits)
    return lambda random, now_ms, number: f"{head}{first + number:0{width}d}{tail}"


def is_serial(value: Json) -> bool:
    """Whether a value is an id of a record, of which there are many."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value >= 10**3
    if not isinstance(value, str) or len(value) < _MIN_SERIAL:
        return False
    return series(value) is not None


def other_digits(example: str) -> Callable[[Callable[[], float]], str]:
    """Numbers like an example, a telephone number for one, whose last digits differ."""
    places = [match.start() for match in re.finditer(r"\d", example)]
    kept = max(len(places) * 2 // 5, len(places) - 7)

    def make(random: Callable[[], float]) -> str:
        text = list(example)
        for place in places[kept:]:
            text[place] = str(int(random() * 10))
        return "".join(text)

    return make


def is_token(example: str) -> bool:
    """Whether a text is letters and digits without an order."""
    body = re.split("[_:-]", example)[-1]
    if _LETTERS.fullmatch(body):
        return True
    changes = len(re.findall(r"[a-zA-Z](?=\d)|\d(?=[a-zA-Z])", body))
    if _MIXED.fullmatch(body):
        changes += len(re.findall(r"[a-z](?=[A-Z])|[A-Z](?=[a-z])", body))
    return bool(_TOKEN.fullmatch(example)) and changes >= (2 if len(body) > 9 else 3)


def is_code(text: str) -> bool:
    """Whether a text is a name in parts, of a kind of message for one: ``A.2.B01``."""
    return re.fullmatch(r"[A-Za-z]+(\.\w+)+", text) is not None and not is_token(text)


def _scrambled(example: str, start: int | None = None) -> Series:
    """Random characters of the same kinds behind the example's prefix.

    That ends at ``start``, by default at the last mark.
    """
    is_coded = _BASE64.fullmatch(example) is not None or start is not None
    start = 0 if is_coded else max(example.rfind(mark) for mark in "_:-.") + 1
    if example[:2] == "0x":
        start = 2
    prefix = _ZEROS.match(example) or _PREFIX.match(example, start)
    if prefix:
        start = prefix.end()
    head, body = example[:start], example[start:]
    alphabet = None if _CODE.fullmatch(example) else _alphabet(body)
    kinds = [alphabet or _kind(character) for character in body]
    lead = _LONG_LEAD if len(body) >= _LONG else _LEAD
    kept = lead if alphabet == _BASE32 else _LEAD if alphabet == _DECIMAL else 0
    if alphabet is None and len(body) < _SHORT:  # its beginning tells when it was made
        kept = len(body) // 2
    kinds[:kept] = body[:kept]

    def make(random: Callable[[], float], now_ms: int, number: int) -> str:
        return head + "".join([kind[int(random() * len(kind))] for kind in kinds])

    return make


def _alphabet(body: str) -> str | None:
    """The characters of all of ``body``, where it is one number."""
    if body.isdigit():
        return _DECIMAL
    if re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", body):
        return "0123456789abcdef" if body.lower() == body else "0123456789ABCDEF"
    if re.fullmatch(r"(?=.*\d)[a-z2-7]{13,}", body):
        return _BASE32
    if re.fullmatch(r"[0-9a-v]{26,}", body) and not body.isalpha():
        return "0123456789abcdefghijklmnopqrstuv"  # RFC 4648, extended hex
    return None


def _kind(character: str) -> str:
    if character.isdigit():
        return "0123456789"
    if character.islower():
        return "abcdefghijklmnopqrstuvwxyz"
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if character.isupper() else character
