"""A plain Flask generator, for gunicorn's gevent worker: ``flask_generator:app``."""

from __future__ import annotations

import time
from collections.abc import Iterator

from feed import Feed
from flask import Flask, Response, request

app = Flask(__name__)


@app.get("/")
def stream() -> Response:
    """Events every ``interval`` milliseconds."""
    interval = int(request.args["interval"]) / 1000

    def events() -> Iterator[bytes]:
        feed = Feed()
        while True:
            yield b"data: %b\n\n" % feed.event()
            time.sleep(interval)

    return Response(events(), content_type="text/event-stream")
