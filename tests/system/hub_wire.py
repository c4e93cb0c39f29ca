"""The hub over plain TCP: what its clients send, as bytes."""

from __future__ import annotations

import json
import struct
import urllib.request

from tests.system.load import request
from tests.system.server import Server

HUB = "/hub/mock"
CONTEXT = "{Name: stocks, Path: /stocks, IntervalMs: 100, Shape: {ticker: AAPL}}"


def frame(opcode: int, data: bytes, *, fin: bool = True, mask: bool = True) -> bytes:
    """A frame of a WebSocket, masked with zeros."""
    head = bytes([(0x80 if fin else 0) | opcode])
    bit = 0x80 if mask else 0
    if len(data) < 126:
        head += bytes([bit | len(data)])
    elif len(data) < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", len(data))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(data))
    return head + (bytes(4) if mask else b"") + data


def record(**message: object) -> bytes:
    """A message of the protocol ``json``."""
    return json.dumps(message).encode() + b"\x1e"


HANDSHAKE = record(protocol="json", version=1)
SUBSCRIBE = record(type=1, target="SubscribeToContext", arguments=["stocks"])


def upgrade(token: str = "", *headers: str) -> bytes:
    """The request for a WebSocket; without a token, of a client that skips that."""
    target = f"{HUB}?id={token}" if token else HUB
    return request(
        target,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *headers,
    )


#: What follows on the request for a WebSocket.
SUBSCRIBED = frame(1, HANDSHAKE) + frame(1, SUBSCRIBE)


def negotiate(server: Server, **headers: str) -> str:
    """A token."""
    asked = urllib.request.Request(
        f"{server.url}{HUB}/negotiate?negotiateVersion=1", data=b"", headers=headers
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        token: str = json.load(answer)["connectionToken"]
    return token


def events(token: str) -> bytes:
    """The request for Server-Sent Events."""
    return request(f"{HUB}?id={token}", "Accept: text/event-stream")


def post(server: Server, token: str, data: bytes) -> int:
    """Send as a client of the other transports does; returns the status."""
    url = f"{server.url}{HUB}?id={token}"
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return int(answer.status)
