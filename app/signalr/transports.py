"""The document with which a client learns its id and the transports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

import orjson

from ..words import Json
from .protocols import TransferFormat

#: The newest version of the document.
NEWEST = 1

_VERSION = re.compile(r"[0-9]{1,9}")


class Transport(Enum):
    """A way to carry messages, in the order in which clients are to try them."""

    WEBSOCKETS = "WebSockets"
    SERVER_SENT_EVENTS = "ServerSentEvents"
    LONG_POLLING = "LongPolling"


#: What each transport can carry.
FORMATS: Mapping[Transport, tuple[TransferFormat, ...]] = {
    Transport.WEBSOCKETS: (TransferFormat.TEXT, TransferFormat.BINARY),
    Transport.SERVER_SENT_EVENTS: (TransferFormat.TEXT,),
    Transport.LONG_POLLING: (TransferFormat.TEXT, TransferFormat.BINARY),
}

_TRANSPORTS: Json = [
    {"transport": each.value, "transferFormats": [one.value for one in formats]}
    for each, formats in FORMATS.items()
]


def negotiated(asked: str | None) -> int | None:
    """The version of the document for a client that asks for ``asked``.

    None asks for the oldest; the result is None for what is no version.
    """
    if not asked:
        return 0
    return min(int(asked), NEWEST) if _VERSION.fullmatch(asked) else None


def document(version: int, connection_id: str, token: str) -> bytes:
    """What a client needs to connect.

    ``token`` is a secret that names the connection in the client's requests, and
    ``connection_id`` what others may know. The oldest version has only one of them.
    """
    names = {"connectionId": connection_id, "connectionToken": token}
    if version == 0:
        names = {"connectionId": token}
    return orjson.dumps(
        {"negotiateVersion": version, **names, "availableTransports": _TRANSPORTS}
    )


def refusal(asked: str) -> bytes:
    """The document for a client that asks for what is no version."""
    return orjson.dumps(
        {"error": f"The negotiateVersion is {asked!r}; accepted: 0 or 1."}
    )
