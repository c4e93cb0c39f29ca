"""Reads streams with one Python reader, once each: read.py READER < {name: url}.

Prints {name: {"events": [[type, data, id]], "error": text or null}} as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

#: How long a stream may take, in seconds.
PATIENCE = 6


def httpx_sse(url: str) -> Iterator[tuple[Any, Any, Any]]:
    import httpx
    from httpx_sse import connect_sse

    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as client:
        with connect_sse(client, "GET", url) as source:
            for event in source.iter_sse():
                yield event.event, event.data, event.id


def sseclient_py(url: str) -> Iterator[tuple[Any, Any, Any]]:
    import requests
    from sseclient import SSEClient

    response = requests.get(url, stream=True, timeout=PATIENCE)
    for event in SSEClient(response).events():
        yield event.event, event.data, event.id


def sseclient(url: str) -> Iterator[tuple[Any, Any, Any]]:
    from sseclient import SSEClient

    for event in SSEClient(url, timeout=PATIENCE):
        yield event.event, event.data, event.id


def requests_sse(url: str) -> Iterator[tuple[Any, Any, Any]]:
    from requests_sse import EventSource

    with EventSource(url, timeout=PATIENCE, max_connect_retry=1) as source:
        for event in source:
            yield event.type, event.data, event.last_event_id


def aiohttp_sse_client2(url: str) -> Iterator[tuple[Any, Any, Any]]:
    from aiohttp_sse_client2.client import EventSource

    found: list[tuple[Any, Any, Any]] = []

    async def read() -> None:
        async with EventSource(url, max_connect_retry=1) as source:
            async for event in source:
                found.append((event.type or "message", event.data, event.last_event_id))

    try:
        asyncio.run(asyncio.wait_for(read(), PATIENCE))
    finally:
        yield from found


def openai(url: str) -> Iterator[tuple[Any, Any, Any]]:
    import httpx
    from openai._streaming import SSEDecoder

    with httpx.stream("GET", url, timeout=PATIENCE, follow_redirects=True) as response:
        for event in SSEDecoder().iter_bytes(response.iter_bytes()):
            yield event.event or "message", event.data, event.id


READERS = {
    "httpx-sse": httpx_sse,
    "sseclient-py": sseclient_py,
    "sseclient": sseclient,
    "requests-sse": requests_sse,
    "aiohttp-sse-client2": aiohttp_sse_client2,
    "openai": openai,
}


def read(name: str, url: str, told: dict[str, Any]) -> None:
    """Read one stream into ``told``."""
    told["error"] = "no end"
    try:
        for event in READERS[name](url):
            told["events"].append([part or "" for part in event])
        told["error"] = None
    except Exception as error:
        told["error"] = type(error).__name__


def main() -> None:
    """Read all streams side by side."""
    urls = json.load(sys.stdin)
    found = {name: {"events": [], "error": None} for name in urls}
    threads = [
        threading.Thread(
            target=read, args=(sys.argv[1], urls[name], found[name]), daemon=True
        )
        for name in urls
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE + 2)
    print(json.dumps(found))


main()
