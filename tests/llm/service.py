"""The real service before real models, and clients that note when events arrive."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import gevent

from tests.llm.model_server import ModelServer
from tests.system.server import Server, serve
from tests.system.wire import get_json, wait_until

MODES = ["LlmTokens", "CompleteObjects", "ArrayItems"]

#: llama.cpp's server takes any key; each backend of these tests has this one.
KEY = "sk-3b1f0c2d9e"

#: One answer on a machine that is busy with other things, in seconds.
PATIENCE_S = 100.0


#: Prompts that cost little, where they are not what is tested.
SHORT_PROMPTS = {
    "CustomPromptTemplate": "{randomSeed}: a number",
    "CustomStreamingPromptTemplate": "{randomSeed}: a number",
}


def integers(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def backend(name: str, model: ModelServer, **more: Any) -> dict[str, Any]:
    """One entry of LlmBackends."""
    return {
        "Name": name,
        "Provider": "llamacpp",
        "BaseUrl": model.url,
        "ApiKey": KEY,
        "TimeoutSeconds": PATIENCE_S,
        **more,
    }


@contextmanager
def service(*backends: dict[str, Any], **settings: Any) -> Iterator[Server]:
    """The service with these backends. Its log has no key in it."""
    config = {"MockLlmApi": {"LlmBackends": backends, **settings}}
    with serve(json.dumps(config)) as server:
        yield server
    assert KEY not in server.log()


def target(path: str = "readings", **options: Any) -> str:
    """The address of a stream. A shape may be given as a value."""
    shape = options.pop("shape", None)
    if shape is not None:
        options["shape"] = json.dumps(shape)
    return f"/api/mock/stream/{path}?{urlencode(options)}"


class Client:
    """A client of one stream. It reads in the background until the end."""

    def __init__(
        self, server: Server, address: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.events: list[Any] = []
        #: When each of them arrived, in monotonic seconds.
        self.times: list[float] = []
        host, port = server.address
        self._connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
        self._connection.request("GET", address, headers=dict(headers or {}))
        self._response = self._connection.getresponse()
        assert self._response.status == 200, self._response.read()
        self._reading = gevent.spawn(self._read)

    def _read(self) -> None:
        for line in self._response:
            if line.startswith(b"data: "):
                self.events.append(json.loads(line[len(b"data: ") :]))
                self.times.append(time.monotonic())

    def all_events(self) -> list[Any]:
        """The events of a stream that ends by itself."""
        self._reading.join(PATIENCE_S)
        assert self._reading.successful(), self.events
        return self.events

    def batches(self) -> list[Any]:
        """The values of the batches that have arrived whole."""
        found: dict[int, Any] = {}
        for event in self.events:
            if "content" in event:
                found[event["batchNumber"]] = json.loads(event["content"])
            elif "data" in event:
                found[event["index"]] = event["data"]
            elif "item" in event:
                items = found.setdefault(event["batchNumber"], [])
                items.append(event["item"])
        return list(found.values())

    def wait_for_batches(self, number: int, seconds: float = PATIENCE_S) -> None:
        """Wait for that many; fails where they do not come."""

        def have_come() -> bool:
            assert not self._reading.ready(), self.events
            return len(self.batches()) >= number

        wait_until(have_come, seconds)

    def errors(self) -> list[Any]:
        return [event for event in self.events if event.get("type") == "error"]

    def longest_silence(self, since: float = 0.0) -> float:
        """The longest time without an event, in seconds; also until now."""
        later = [moment for moment in self.times if moment > since]
        times = [since, *later] if since else later
        return max(b - a for a, b in zip(times, [*times[1:], time.monotonic()]))

    def leave(self) -> None:
        self._reading.kill()
        self._response.close()
        self._connection.close()


def status(server: Server, name: str) -> Any:
    """What the service says of one backend."""
    found = get_json(server, "/api/manage/backends")["backends"]
    return next(each for each in found if each["name"] == name)
