"""sse-starlette's EventSourceResponse, for uvicorn: ``sse_starlette_app:app``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from feed import Feed
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route


async def stream(request: Request) -> EventSourceResponse:
    """Events every ``interval`` milliseconds."""
    interval = int(request.query_params["interval"]) / 1000

    async def events() -> AsyncIterator[dict[str, str]]:
        feed = Feed()
        while True:
            text = feed.event().decode()
            yield {"id": f"0123456789abcdef-{feed.index}", "data": text}
            await asyncio.sleep(interval)

    return EventSourceResponse(events())


app = Starlette(routes=[Route("/", stream)])
