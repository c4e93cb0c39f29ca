"""The address of a Redis as a setting."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .kinds import NotAccepted, Password
from .secret import Secret


class RedisUrl(Password):
    """Address of a Redis; never shown, because it may hold a password."""

    type_name = "URL"
    accepted = "a redis, rediss or unix URL such as redis://localhost:6379/0"

    def read(self, value: object) -> Secret:
        """Accept a usable address, unchanged."""
        secret = super().read(value)
        try:
            url = urlsplit(secret.reveal())
            port = url.port
        except ValueError:  # unmatched brackets, or an invalid port
            raise NotAccepted from None
        network = url.scheme in ("redis", "rediss")
        if network and not re.fullmatch(r"/?|/[0-9]{1,4}", url.path):
            raise NotAccepted
        if not (network and url.hostname and port != 0) and not (
            url.scheme == "unix" and url.path
        ):
            raise NotAccepted
        return secret
