"""What a request has to show: the security schemes of a description."""

from __future__ import annotations

from collections.abc import Mapping

from ..words import Json
from .description_text import BadDescription
from .operations import Credential
from .references import References, Spot

_SCHEMES = Spot("", "/components/securitySchemes")
_AUTHORIZATION = "Authorization"


class Schemes:
    """The security schemes of one description."""

    def __init__(self, references: References) -> None:
        """Those of its ``components``."""
        self._references = references

    def needed(
        self, operation: Mapping[str, Json]
    ) -> tuple[tuple[Credential, ...], ...]:
        """The alternatives of an operation; empty where nothing has to be shown.

        A requirement that nothing in a request could show, such as a client's
        certificate, is none.
        """
        given = operation.get("security", self._references.root.get("security"))
        if not isinstance(given, list):
            return ()
        alternatives: list[tuple[Credential, ...]] = []
        for requirement in given:
            if not isinstance(requirement, Mapping):
                continue
            found = tuple(
                credential
                for name in requirement
                if (credential := self._credential(name)) is not None
            )
            if not found:
                return ()
            alternatives.append(found)
        return tuple(alternatives)

    def _credential(self, name: str) -> Credential | None:
        try:
            scheme, _ = self._references.resolve(_SCHEMES.inside(name))
        except BadDescription:
            return None
        if not isinstance(scheme, Mapping):
            return None
        kind = scheme.get("type")
        if kind == "apiKey":
            where, key = scheme.get("in"), scheme.get("name")
            if where in ("header", "query", "cookie") and isinstance(key, str):
                return Credential(str(where), key)
        if kind == "http":
            word = str(scheme.get("scheme", "")).lower()
            return Credential("header", _AUTHORIZATION, word)
        if kind in ("oauth2", "openIdConnect"):
            return Credential("header", _AUTHORIZATION, "bearer")
        return None
