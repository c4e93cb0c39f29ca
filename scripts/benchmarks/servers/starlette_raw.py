"""Starlette's StreamingResponse with frames made by hand: ``starlette_raw:app``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from feed import Feed
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route


async def stream(request: Request) -> StreamingResponse:
    """Events every ``interval`` milliseconds."""
    interval = int(request.query_params["interval"]) / 1000

    async def events() -> AsyncIterator[bytes]:
        feed = Feed()
        while True:
            data = feed.event()
            yield b"id: 0123456789abcdef-%d\ndata: %b\n\n" % (feed.index, data)
            await asyncio.sleep(interval)

    return StreamingResponse(events(), media_type="text/event-stream")


app = Starlette(routes=[Route("/", stream)])
