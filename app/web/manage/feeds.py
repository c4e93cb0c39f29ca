"""The shared feeds of all workers: listing, showing and ending them."""

from __future__ import annotations

from flask import Blueprint, Response

from ...cluster.feed_directory import FeedDirectory
from ..body import json_response
from ..openapi.operation import (
    UNANSWERED,
    Operation,
    Tag,
    Variable,
    describes,
    empty,
    unknown,
)

_NAME = Variable(
    "name",
    {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,100}$"},
    {"description": "The feed's name, or the digest that stands for it"},
)
_UNKNOWN = {**UNANSWERED, **unknown("feed")}

LIST_FEEDS = Operation(
    name="listFeeds", summary="The shared feeds of all workers", tag=Tag.MANAGE
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


def blueprint(feeds: FeedDirectory) -> Blueprint:
    """``/api/manage/feeds``."""
    manage = Blueprint("feeds", __name__, url_prefix="/api/manage/feeds")

    @manage.get("")
    @describes(LIST_FEEDS)
    def list_feeds() -> Response:
        found = feeds.find()
        return json_response({"feeds": found.feeds, "complete": found.complete})

    @manage.get("/<name>")
    @describes(SHOW_FEED)
    def show_feed(name: str) -> Response:
        return json_response(feeds.get(name))

    @manage.delete("/<name>")
    @describes(END_FEED)
    def end_feed(name: str) -> Response:
        feeds.end(name)
        return Response(status=204)

    return manage
