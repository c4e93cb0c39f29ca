"""The secrets that a source was asked with: it may repeat them, a recording may not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ..journal.masking import is_secret_header, is_secret_name

#: What stands in place of a secret.
MASK = "***"

#: Shorter values are no secrets, and would mask what only happens to equal them.
_MIN_LENGTH = 6


def masked_url(url: str) -> str:
    """``url`` without a user's name and password, secrets of its query masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&"))
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _masked_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_secret_name(unquote(name)) else pair


def secrets_of(url: str, headers: Iterable[tuple[str, str]]) -> Collection[str]:
    """The texts that a source must not repeat into a recording."""
    parts = urlsplit(url)
    found = [parts.password or ""]
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        if is_secret_name(unquote(name)):
            found += [value, unquote(value)]
    for name, value in headers:
        if is_secret_header(name):
            # "Bearer abc": the scheme is no secret, and its value is one alone.
            found += [value, value.rpartition(" ")[2]]
    long = {text for text in found if len(text) >= _MIN_LENGTH}
    return sorted(long | {quote(text) for text in long}, key=len, reverse=True)


def without(text: str, secrets: Collection[str]) -> str:
    """``text`` with each of ``secrets`` masked."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
