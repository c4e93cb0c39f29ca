"""The secrets that a source was asked with: it may repeat them, a recording may not."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from ..journal.masking import is_secret_header, is_secret_name

#: What stands in place of a secret.
MASK = "***"

#: Shorter values are no secrets, in characters.
_MIN_LENGTH = 4
#: Shorter ones are masked where they are a word, and not within one.
_MIN_WITHIN = 6
#: Parameters that are secrets in addresses, though not elsewhere.
_IN_ADDRESSES = re.compile(r"(?i).*(sig|signature)|auth|jwt|sid|session(_?id)?")


def masked_url(url: str) -> str:
    """``url`` without a user's name and password, secrets of its query masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&"))
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _masked_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and _is_secret(unquote(name)) else pair


def _is_secret(parameter: str) -> bool:
    found = _IN_ADDRESSES.fullmatch(parameter)
    return found is not None or is_secret_name(parameter)


class Secrets:
    """What a recording must not say, in each form in which a source may repeat it."""

    def __init__(self, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """Know the secrets of an address and of the headers that are sent to it."""
        self._forms: set[str] = set()
        for name, value in headers:
            if is_secret_header(name):
                self._learn(_of_header(value))
        self.learn(url)

    def learn(self, url: str) -> None:
        """Know the secrets of another address, too."""
        parts = urlsplit(url)
        found = []
        if parts.password:
            name, password = unquote(parts.username or ""), unquote(parts.password)
            found = [parts.password, password, _basic(f"{name}:{password}")]
        for pair in parts.query.split("&"):
            name, _, value = pair.partition("=")
            if _is_secret(unquote(name)):
                found += [value, *(plain for _, plain in parse_qsl(pair))]
        self._learn(found)

    def without(self, text: str) -> str:
        """``text`` with each secret masked."""
        return self._pattern.sub(MASK, text) if self._forms else text

    def _learn(self, secrets: Iterable[str]) -> None:
        for secret in secrets:
            if len(secret) >= _MIN_LENGTH:
                self._forms |= {*_forms(secret)}
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_found_as, longest_first)))


def _found_as(form: str) -> str:
    """The expression of one form of a secret."""
    within = re.escape(form)
    return within if len(form) >= _MIN_WITHIN else rf"(?<!\w){within}(?!\w)"


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, in an address, and in JSON."""
    yield from (secret, quote(secret), quote(secret, safe=""))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])


def _of_header(value: str) -> Iterator[str]:
    """What is secret in a header: its value, and each part that may be told alone."""
    yield value
    # "Bearer abc": the scheme is no secret, and what follows is one by itself.
    last = value.rpartition(" ")[2]
    yield last
    for cookie in value.split(";"):
        _, equals, text = cookie.partition("=")
        plain = text.strip().strip('"')
        if equals and len(plain) >= _MIN_WITHIN:  # not "true", nor "dark"
            yield plain
    if value[:6].casefold() == "basic ":
        try:
            _, colon, password = b64decode(last).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            return
        if colon:
            yield password


def _basic(pair: str) -> str:
    """A name and a password as they are sent."""
    return b64encode(pair.encode()).decode()
