"""Takes secrets out of what the journal keeps.

A secret becomes ``***`` and eight hex digits of a keyed digest: equal secrets stay
equal, and none can be guessed without the key. What a secret is, its name tells: a
header, a parameter or a member that is called like a token, key, secret or password.
The ``id`` in the requests of a hub's client is one, too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import orjson
import re2

from ..errors import ApiError
from ..request.bodies import parse_body
from ..words import Json
from .entry import Asked

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
)
#: Found anywhere in a name, in any case and however it is divided.
_PARTS = ("token", "secret", "passw", "passphrase", "pwd", "credential")
#: The parameter that holds a secret where only the path tells.
_ID = frozenset({"id"})
#: Digits of a digest that are shown.
_DIGITS = 8

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Text without any of these has nothing to mask; ``\\u`` may spell a name.
_SUSPECT = (*_PARTS, "key", "bearer", "@", "\\u")
#: A name, and a value that may be quoted; what opens a container masks the rest.
#: In linear time, because the text is a stranger's.
_NAMED = re2.compile(
    r"""(?i)([\w.-]*(?:token|secret|passw|passphrase|pwd|credential|key)[\w.-]*"""
    r"""\\?["']?\s*[=:]\s*|\bbearer\s+)"""
    r"""("(?:[^"\\]|\\.)*"?|'[^']*'?|\\"[^"]*"?|[\[{](?:.|\s)*|[^\s"'&;,}<>@]+)"""
)
_PASSWORD_IN_URL = re2.compile(r"(://[^/\s:@]*:)([^@/\s]+)(@)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

#: A JSON text nests no deeper than this where it is written back, in levels.
_MAX_DEPTH = 200


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether what is called so is a secret: ``apiKey``, ``access_token``."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    if any(part in plain for part in _PARTS):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    return plain.endswith(("key", "keys")) or "key" in words or "keys" in words


def is_secret_header(name: str) -> bool:
    """Whether a header, in any case, holds a secret."""
    return name.lower() in _SECRET_HEADERS or is_secret_name(name)


class Mask:
    """Masks with one key, which all workers share whose journals are compared."""

    def __init__(
        self, key: bytes, has_secret_id: Callable[[str], bool] = lambda path: False
    ) -> None:
        """``key`` is 16 bytes or more, known to the service alone.

        ``has_secret_id`` tells of a path whose query parameter ``id`` is a secret.
        """
        self._key = key
        self._has_secret_id = has_secret_id

    def value(self, secret: Json) -> str:
        """What stands in place of a secret. Raises ``ValueError`` if it is too deep."""
        if isinstance(secret, str):
            data = secret.encode("utf-8", "replace")
        else:
            data = _dumps(secret)
        digest = hmac.new(self._key, data, hashlib.sha256).hexdigest()
        return f"***{digest[:_DIGITS]}"

    def asked(self, asked: Asked) -> Asked:
        """A request without its secrets."""
        body = asked.body
        if body is not None:
            body = self.body(body, asked.headers.get("content-type", ""))
        return replace(
            asked,
            query=self._query_of(asked),
            headers=self.headers(asked.headers),
            body=body,
            response_headers=self.headers(asked.response_headers),
        )

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers, whose names are in lower case, without their secrets."""
        return {
            name: (self.value(text) if is_secret_header(name) else self.text(text))
            for name, text in headers.items()
        }

    def query(self, query: str, secrets: Collection[str] = ()) -> str:
        """A query string without its secrets; the rest is as it was sent.

        Parameters named by ``secrets`` are masked, too.
        """
        if not query:
            return ""
        return "&".join(self._parameter(text, secrets) for text in query.split("&"))

    def _query_of(self, asked: Asked) -> str:
        secrets = _ID if self._has_secret_id(asked.path) else ()
        return self.query(asked.query, secrets)

    def _parameter(self, text: str, secrets: Collection[str]) -> str:
        name, equals, value = text.partition("=")
        if not equals:
            return text
        plain_name, plain = unquote_plus(name), unquote_plus(value)
        if plain_name in secrets or is_secret_name(plain_name):
            return f"{name}={self.value(plain)}"
        masked = self._json_or_text(plain)
        return text if masked == plain else f"{name}={quote_plus(masked)}"

    def body(self, text: str, content_type: str) -> str | None:
        """A body without its secrets; None for a form that cannot be read."""
        kind = content_type.strip().lower()
        if kind.startswith(_FORM):
            return self.query(text)
        if kind.startswith(_MULTIPART):
            return self._fields(text, content_type)
        return self._json_or_text(text)

    def _fields(self, text: str, content_type: str) -> str | None:
        """The fields of a multipart form as JSON."""
        try:
            fields = parse_body(text.encode(), content_type).value
        except ApiError:
            return None
        if not isinstance(fields, dict):
            return None  # broken, or cut off
        self._mask_members(fields)
        return _dumps(fields).decode()

    def text(self, text: str) -> str:
        """Text in which what follows such a name is masked: ``token=...``."""
        if not _is_suspect(text):
            return text
        masked: str = _NAMED.sub(
            lambda found: found.group(1) + self.value(found.group(2)), text
        )
        masked = _PASSWORD_IN_URL.sub(
            lambda found: found.group(1) + self.value(found.group(2)) + "@", masked
        )
        return masked

    def _json_or_text(self, text: str) -> str:
        if not _is_suspect(text):
            return text
        try:
            value = orjson.loads(text)
            if isinstance(value, (dict, list)):
                has_masked = self._mask_members(value)
                return _dumps(value).decode() if has_masked else text
        except ValueError:  # no JSON, or nested too deeply to be written back
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
            text = text.encode("utf-8", "replace").decode()
        return self.text(text)

    def _mask_members(self, value: Json) -> bool:
        """Mask what is in a parsed value, in place; whether there was anything.

        Raises ``ValueError`` where it is nested too deeply.
        """
        has_masked = False
        within = [(value, 0)]
        while within:
            node, depth = within.pop()
            if depth > _MAX_DEPTH:
                raise ValueError("nested too deeply")
            members: Iterable[tuple[Any, Json]] = ()
            if isinstance(node, dict):
                members = node.items()
            elif isinstance(node, list):
                members = enumerate(node)
            for name, member in members:
                masked = member
                if isinstance(name, str) and is_secret_name(name):
                    masked = self.value(member)
                elif isinstance(member, str):
                    masked = self.text(member)
                else:
                    within.append((member, depth + 1))
                if masked is not member:
                    node[name] = masked
                    has_masked = True
        return has_masked


def _is_suspect(text: str) -> bool:
    """Whether there may be something to mask: much faster than looking for it."""
    lowered = text.lower()
    for part in _SUSPECT:
        if part in lowered:
            return True
    return False


def _dumps(value: Json) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        raise ValueError("nested too deeply") from None
