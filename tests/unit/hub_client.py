"""A hub's client over long polling, in the process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from flask.testing import FlaskClient

HANDSHAKE = b'{"protocol":"json","version":1}\x1e'


class PollingClient:
    """Polls and sends; ``headers`` go with each request."""

    def __init__(
        self,
        client: FlaskClient,
        *,
        path: str = "/hub/mock",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.client = client
        self.path = path
        self.headers = headers or {}
        asked = client.post(f"{path}/negotiate?negotiateVersion=1", headers=headers)
        assert asked.status_code == 200, asked.data
        self.id: str = asked.json["connectionId"]
        self.token: str = asked.json["connectionToken"]
        self._received: list[Any] = []

    def connect(self) -> dict[str, Any]:
        """What the hub says first."""
        assert self.poll() == b""
        self.post(HANDSHAKE)
        assert next(self.messages()) == {}
        return self.next_message()

    def poll(self) -> bytes | None:
        """What a poll finds; None where the connection is over."""
        response = self.client.get(
            self.path, query_string={"id": self.token}, headers=self.headers
        )
        assert response.status_code in (200, 204), response.data
        return response.data if response.status_code == 200 else None

    def post(self, data: bytes) -> int:
        """Send bytes; returns the status."""
        return self.client.post(
            self.path, query_string={"id": self.token}, data=data, headers=self.headers
        ).status_code

    def send(self, **message: object) -> None:
        assert self.post(orjson.dumps(message) + b"\x1e") == 200

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the hub sends, until it ends the connection."""
        while True:
            while self._received:
                yield self._received.pop(0)
            data = self.poll()
            if data is None:
                return
            self._received += map(orjson.loads, data.split(b"\x1e")[:-1])

    def next_message(self) -> dict[str, Any]:
        return next(self.messages())

    def invoke(self, target: str, *arguments: object) -> dict[str, Any]:
        """Call a method and return its completion, whatever comes before."""
        self.send(type=1, invocationId="1", target=target, arguments=arguments)
        return next(each for each in self.messages() if each["type"] == 3)
