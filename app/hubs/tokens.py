"""Tokens: secrets that name a connection, and prove themselves.

A token says what it stands for and is signed, so that nothing is kept for a client
that has negotiated and not come yet, and any worker with the same secret can take it.
The signature covers the client's access key too: to anyone with another key, the
token is worth nothing.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

#: Bytes of a connection's public id.
_ID_BYTES = 8
#: Bytes of the moment when a token was made.
_TIME_BYTES = 6
#: Bytes of the signature: as many random bits as the protocol asks of a token.
_SIGNATURE_BYTES = 16
_SIZE = _ID_BYTES + _TIME_BYTES + _SIGNATURE_BYTES


class Claim(NamedTuple):
    """What a token says: a connection's public id, and when it was made, in ms."""

    connection_id: str
    made_ms: int


class Tokens:
    """Makes and reads tokens; ``secret`` may be set before the first one is made."""

    def __init__(self, secret: bytes | None = None) -> None:
        """Without ``secret``, use one that nobody else has."""
        self.secret = secret or secrets.token_bytes(32)

    def make(self, connection_id: str, now_ms: int, key: bytes) -> str:
        """A token of the client whose access key has the digest ``key``."""
        says = bytes.fromhex(connection_id) + now_ms.to_bytes(_TIME_BYTES, "big")
        return urlsafe_b64encode(says + self._signature(says, key)).decode()

    def read(self, token: str, key: bytes) -> Claim | None:
        """What a token says, or None where it is none of that client's."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except (UnicodeEncodeError, binascii.Error):
            return None
        says, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        expected = self._signature(says, key)
        if len(raw) != _SIZE or not hmac.compare_digest(signature, expected):
            return None
        made_ms = int.from_bytes(says[_ID_BYTES:], "big")
        return Claim(says[:_ID_BYTES].hex(), made_ms)

    def _signature(self, says: bytes, key: bytes) -> bytes:
        whole = hmac.digest(self.secret, says + key, hashlib.sha256)
        return whole[:_SIGNATURE_BYTES]
