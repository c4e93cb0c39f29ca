"""The servers of AsyncAPI: the path of an address, and what a request has to show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ...words import Json
from ..description_text import BadDescription
from ..operations import Credential
from ..references import References, Spot
from .channels import ROOT, Channel

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_AUTHORIZATION = "Authorization"


class Servers:
    """Where the channels of a description are, and who may read them."""

    def __init__(self, references: References) -> None:
        """Look servers up by ``references``."""
        self._references = references
        self._is_old = str(references.root["asyncapi"]).startswith("2.")

    def path(self, channel: Channel, base_path: str | None) -> tuple[str, str]:
        """The path before a channel's own, and its own.

        ``base_path`` stands in place of the server's, where it is given. An address
        that is a URL has its own path alone.
        """
        if _URL.match(channel.address):
            return "", _parts(channel.address)[1] or "/"
        own = channel.address
        if own and not own.startswith(("/", "?")):
            own = f"/{own}"
        base = base_path.rstrip("/") if base_path is not None else self._base(channel)
        return base, "" if base and own == "/" else own or ("" if base else "/")

    def credentials(self, channel: Channel) -> tuple[tuple[Credential, ...], ...]:
        """The alternatives of what a request shows; empty where it is nothing."""
        for holder in (*channel.operations, *self._servers(channel)):
            value, at = self._references.resolve(holder)
            given = value.get("security") if isinstance(value, Mapping) else None
            if isinstance(given, list) and given:
                return self._alternatives(given, at)
        return ()

    def _alternatives(
        self, given: list[Json], at: Spot
    ) -> tuple[tuple[Credential, ...], ...]:
        found: list[tuple[Credential, ...]] = []
        for index, requirement in enumerate(given):
            if not isinstance(requirement, Mapping):
                continue
            places = [at.inside("security", index)]
            if self._is_old:
                schemes = ROOT.inside("components", "securitySchemes")
                places = [schemes.inside(name) for name in requirement]
            shown = tuple(
                credential
                for place in places
                if (credential := self._credential(place)) is not None
            )
            if not shown:
                return ()  # what nothing in a request could show
            found.append(shown)
        return tuple(found)

    def _credential(self, spot: Spot) -> Credential | None:
        try:
            scheme, _ = self._references.resolve(spot)
        except BadDescription:
            return None
        kind = scheme.get("type") if isinstance(scheme, Mapping) else None
        if kind == "httpApiKey" and scheme.get("in") in ("header", "query", "cookie"):
            return Credential(str(scheme["in"]), str(scheme.get("name", "")))
        if kind == "http":
            word = str(scheme.get("scheme", "")).lower()
            return Credential("header", _AUTHORIZATION, word)
        if kind in ("oauth2", "openIdConnect"):
            return Credential("header", _AUTHORIZATION, "bearer")
        return None

    def _servers(self, channel: Channel) -> Iterator[Spot]:
        """The servers of a channel: its own list, or all."""
        own = self._references.at(channel.spot).get("servers")
        every = self._references.root.get("servers")
        known = every if isinstance(every, Mapping) else {}
        if not isinstance(own, list) or not own:
            yield from (ROOT.inside("servers", name) for name in known)
            return
        for index, server in enumerate(own):
            if isinstance(server, Mapping):
                yield channel.spot.inside("servers", index)
            elif server in known:
                yield ROOT.inside("servers", server)

    def _base(self, channel: Channel) -> str:
        """The path of the first server that has one."""
        for spot in self._servers(channel):
            server, _ = self._references.resolve(spot)
            if not isinstance(server, Mapping):
                continue
            path = _filled(str(server.get("pathname", "")), server)
            if self._is_old:
                url = _filled(str(server.get("url", "")), server)
                path = _parts(url if _URL.match(url) else f"x://{url}")[0]
            if path.strip("/"):
                return f"/{path.strip('/')}"
        return ""


def _parts(url: str) -> tuple[str, str]:
    """The path of a URL, and the path with the query."""
    try:
        _, _, path, query, _ = urlsplit(url)
    except ValueError:
        return "", ""
    return path, f"{path}?{query}" if query else path


def _filled(text: str, server: Mapping[str, Json]) -> str:
    """``text`` with the variables of a server at their defaults."""
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}

    def default(found: re.Match[str]) -> str:
        variable = known.get(found.group(1))
        given = variable.get("default") if isinstance(variable, Mapping) else None
        return found.group(1) if given is None else str(given)

    return _VARIABLE.sub(default, text)
