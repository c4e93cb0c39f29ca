"""The shared feeds of this worker: listing, showing and ending them."""

from __future__ import annotations

from flask import Blueprint, Response

from ...events.event import EndReason
from ...feeds.feed import Feed
from ...feeds.open_feeds import Feeds
from ...words import Json
from ..body import json_response
from ..openapi.operation import Operation, Tag, Variable, describes, empty, problem

_NAME = Variable(
    "name",
    {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,100}$"},
    {"description": "The feed's name, or the digest that stands for it"},
)
_UNKNOWN = {"404": problem("There is no feed of that name")}

LIST_FEEDS = Operation(
    name="listFeeds", summary="The shared feeds of this worker", tag=Tag.MANAGE
)
SHOW_FEED = Operation(
    name="showFeed",
    summary="One shared feed",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
END_FEED = Operation(
    name="endFeed",
    summary="End a shared feed: each of its subscribers gets its END event",
    tag=Tag.MANAGE,
    produces="",
    responses={"204": empty("It has ended"), **_UNKNOWN},
    variables=(_NAME,),
)


def blueprint(feeds: Feeds) -> Blueprint:
    """``/api/manage/feeds``."""
    manage = Blueprint("feeds", __name__, url_prefix="/api/manage/feeds")

    @manage.get("")
    @describes(LIST_FEEDS)
    def list_feeds() -> Response:
        return json_response({"feeds": [describe(feed) for feed in feeds]})

    @manage.get("/<name>")
    @describes(SHOW_FEED)
    def show_feed(name: str) -> Response:
        return json_response(describe(feeds.get(name)))

    @manage.delete("/<name>")
    @describes(END_FEED)
    def end_feed(name: str) -> Response:
        feeds.end(feeds.get(name), EndReason.STOPPED)
        return Response(status=204)

    return manage


def describe(feed: Feed) -> dict[str, Json]:
    """A feed as an operator sees it; ``history`` has the numbers of its ends."""
    request, history = feed.request, feed.history
    return {
        "name": feed.name,
        "id": feed.short_name,
        "epoch": feed.epoch,
        "path": request.path,
        "mode": request.mode.value,
        "intervalMs": request.interval_ms,
        "backend": feed.backend,
        "subscribers": feed.subscribers,
        "resting": feed.is_resting,
        "batches": feed.batches,
        "events": history.next,
        "skipped": feed.skipped,
        "lagEvents": feed.lag,
        "history": {
            "first": history.first,
            "last": history.next - 1 if history.next else None,
            "bytes": history.size,
        },
    }
