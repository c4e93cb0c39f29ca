"""Thousands of feeds at the same time, in one worker and in a log."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from app.bootstrap import build
from app.errors import TooManyFeeds
from app.settings import Settings
from app.words import FeedChoice
from tests.unit.fake_feed_log import FakeFeedLog, FakeLogEngine
from tests.unit.fakes import FakeBackends, FakeSource, mock_request


@pytest.mark.parametrize(("many", "is_shared"), [(10_000, False), (500, True)])
def test_as_many_feeds_as_may_be_are_served_and_one_more_is_refused(
    many: int, is_shared: bool
) -> None:
    engine = FakeLogEngine(many)
    backends: Any = FakeBackends(FakeSource(lambda number: {"n": number}))
    settings = Settings(max_feeds=many, max_concurrent_streams=2 * many)
    worker = build(
        settings,
        backends=backends,
        feed_log=FakeFeedLog(engine) if is_shared else None,
    )

    def opened(number: int) -> Any:
        request = mock_request(
            interval_ms=60_000, feed=FeedChoice(f"f{number}", frozenset())
        )
        return worker.feeds.open(request, path="", client=f"c{number}", sock=None)

    streams = [opened(number) for number in range(many)]
    assert len(worker.feeds) == many
    with pytest.raises(TooManyFeeds, match=f"There are {many}"):
        opened(many)
    with gevent.Timeout(30):
        for stream in streams:
            frames = stream.frames()
            next(frames)
            # Comments come on a machine that takes more than a heartbeat for all.
            assert b'"n":0' in next(each for each in frames if each[:1] != b":")
    for stream in streams:
        stream.close()
    worker.feeds.close()
