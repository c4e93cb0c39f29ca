"""Access: keys for the mock endpoints, a key or this machine for management.

Keys are compared as SHA-256 digests in constant time. Without a management key,
only a direct client on this machine may manage: a proxied visitor has a
forwarding header, and a page that rebinds its name to this machine sends that
name as ``Host``.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from flask import Flask, Request, g, request

from ..errors import Forbidden, Unauthorized, UnsupportedMediaType
from ..request.inputs import short
from ..routes.route import Route
from ..settings import Settings
from ..settings.secret import Secret

_SHA256_PREFIX = "sha256:"
#: What proxies say of the client; a direct client sends none of them.
_FORWARDING_HEADERS = frozenset(
    {
        "cf-connecting-ip",
        "cf-connecting-ipv6",
        "fastly-client-ip",
        "forwarded",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-envoy-external-address",
        "x-real-ip",
    }
)
#: What the names of other such headers begin with.
_FORWARDING_PREFIX = "x-forwarded"
#: The query parameter with which a hub's client gives its key.
HUB_KEY = "access_token"
#: Methods that change something and have a body, as a form does.
_FORM_METHODS = frozenset({"POST", "PUT", "PATCH"})
#: Methods that change hub contexts.
_CHANGES = frozenset({"POST", "DELETE"})


def current_route() -> Route | None:
    """The route that serves the current request, if one does."""
    route: Route | None = g.get("route")
    return route


def key_checker(settings: Settings) -> Callable[[Route], bool]:
    """A function that tells whether the current request may use a route."""
    keys = _digests(settings.api_keys)
    return lambda route: not (keys and route.require_key) or _is_key(keys, _given_key())


def hub_key_finder(settings: Settings) -> Callable[[], bytes]:
    """A function that gives the digest of the current hub client's key.

    It is empty where no key is needed.
    """
    has_keys = bool(settings.api_keys)
    return lambda: _digest_of(_hub_key() or "") if has_keys else b""


def register(app: Flask, settings: Settings) -> None:
    """Check every request to ``app`` before it is handled."""
    mock_keys = _digests(settings.api_keys)
    key = settings.management_api_key
    management_keys = _digests([] if key is None else [key])
    addresses = settings.addresses

    def check() -> None:
        route = current_route()
        if route is not None:
            if mock_keys and route.require_key:
                _require(mock_keys)
        elif changes_hub_contexts(settings, request.method):
            _require_change(management_keys)
        elif addresses.is_hub(request.path):
            if mock_keys and request.method != "OPTIONS":
                _require(mock_keys, _hub_key())
        elif addresses.is_built_in(request.path) or _is_caught(settings):
            # A preflight never carries a key.
            if mock_keys and request.method != "OPTIONS":
                _require(mock_keys)
        elif addresses.is_management(request.path):
            if management_keys:
                _require(management_keys)
            elif not is_direct_and_local(request):
                raise Forbidden(
                    "Without a ManagementApiKey, management is open to direct clients "
                    "on the server's own machine only."
                )
            _refuse_forms()

    app.before_request(check)


def changes_hub_contexts(settings: Settings, method: str) -> bool:
    """Whether a ``method`` at the current path is for managing hub contexts."""
    return method in _CHANGES and settings.addresses.is_contexts(request.path)


def _require_change(management_keys: list[bytes]) -> None:
    """Refuse a change beside the mock endpoints to whom management is closed."""
    if management_keys:
        _require(management_keys)
    elif not (is_direct_and_local(request) and is_same_origin(request)):
        raise Forbidden(
            "Without a ManagementApiKey, hub contexts are changed by direct clients on"
            " the server's own machine only, and by no page of another origin."
        )


def is_same_origin(request: Request) -> bool:
    """Whether a request comes from this service's own pages, or from no page."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()


def _is_caught(settings: Settings) -> bool:
    """Whether a path is answered only because ``CatchAll`` answers any."""
    return settings.catch_all and request.url_rule is None


def _digests(keys: Iterable[Secret]) -> list[bytes]:
    return [_digest_of_setting(key.reveal()) for key in keys]


def _digest_of_setting(text: str) -> bytes:
    if text.startswith(_SHA256_PREFIX):
        return bytes.fromhex(text.removeprefix(_SHA256_PREFIX))
    return hashlib.sha256(text.encode()).digest()


def _hub_key() -> str | None:
    """The key of a hub's client: browsers put it into the query of a WebSocket."""
    return _given_key() or request.args.get(HUB_KEY)


def _require(digests: list[bytes], given: str | None = None) -> None:
    """Refuse a request unless its key, or the one that is ``given``, is known."""
    given = given or _given_key()
    if given is None:
        raise Unauthorized("A key is needed, as Authorization: Bearer or X-Api-Key.")
    if not _is_key(digests, given):
        raise Unauthorized("The key is not one that is accepted here.")


def _is_key(digests: list[bytes], given: str | None) -> bool:
    digest = _digest_of(given or "")
    # Every key is compared, so that timing does not reveal which one fits.
    return bool(sum(hmac.compare_digest(digest, known) for known in digests))


def _digest_of(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _given_key() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("X-Api-Key") or None


def _refuse_forms() -> None:
    # Any page may send a form anywhere; JSON and DELETE need a preflight first.
    if request.method in _FORM_METHODS and request.mimetype != "application/json":
        given = request.headers.get("Content-Type")
        came = "is missing" if given is None else f"is {short(given)}"
        raise UnsupportedMediaType(
            f"The header Content-Type {came}; changes are accepted as application/json."
        )


def is_direct_and_local(request: Request) -> bool:
    """Whether the client is on this machine, without a proxy or a foreign ``Host``."""
    host, _ = split_host(request.headers.get("Host", ""))
    return (
        is_loopback(request.remote_addr or "")
        and (host.lower() == "localhost" or is_loopback(host))
        and not any(map(_is_forwarding, request.headers.keys()))
    )


def _is_forwarding(name: str) -> bool:
    name = name.lower()
    return name in _FORWARDING_HEADERS or name.startswith(_FORWARDING_PREFIX)


def split_host(text: str) -> tuple[str, str]:
    """A ``Host`` header's name, without brackets, and its port."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = text.partition(":")
    return host, port


def is_loopback(text: str) -> bool:
    """Whether ``text`` is an address of the loopback interface."""
    try:
        return parsed_address(text).is_loopback
    except ValueError:
        return False


def parsed_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address; an IPv4 one as such, also where an IPv6 socket has mapped it.

    Raises ``ValueError``.
    """
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def client_finder(settings: Settings) -> Callable[[Request], str]:
    """A function that returns the address of a request's client.

    That is the peer, or behind trusted proxies the first hop of
    ``X-Forwarded-For``, read from its end, that is no trusted proxy. A unix
    socket's peer is ``unix``.
    """
    networks = [
        ipaddress.ip_network(peer)
        for peer in settings.trusted_proxies
        if peer != "unix"
    ]
    unix = "unix" in settings.trusted_proxies

    def is_trusted(peer: str) -> bool:
        if peer == "unix":
            return unix
        try:
            address = parsed_address(peer)
        except ValueError:
            return False
        return any(address in network for network in networks)

    def find(request: Request) -> str:
        client = _address(request.remote_addr or "") or "unix"
        if not is_trusted(client):
            return client
        for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
            hop = _address(hop.strip())
            if not hop:
                break
            client = hop
            if not is_trusted(hop):
                break
        return client

    return find


def _address(hop: str) -> str:
    """A hop's address without its port, or an empty text if it has none."""
    for text in (hop, split_host(hop)[0]):
        try:
            return str(parsed_address(text))
        except ValueError:
            continue
    return ""
