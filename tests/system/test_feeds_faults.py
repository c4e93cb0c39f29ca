"""A shared feed of several workers while everything about it fails.

Clients come and go all the time, and a model of its own judges what they saw.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.integration.redis_server import redis_server
from tests.system.feed_scene import (
    FAULTS,
    TAKEOVER_SECONDS,
    WATCHERS,
    Scene,
    config_of,
    scene,
)
from tests.system.networks import OURS, THEIRS, FarAway, far_network
from tests.system.server import serve

pytestmark = pytest.mark.needs_redis


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_fails_nothing_is_lost_or_doubled(fault: str) -> None:
    with scene() as played:
        played.wait_for_workers(2)
        before = played.producer()
        FAULTS[fault](played)
        played.let_pass(50)
        if fault in ("kill", "freeze"):
            assert played.producer() != before
        tally = played.judge()
    assert tally.epochs == 1 and tally.events > 70
    # A client that was with the frozen worker may find its history gone.
    assert tally.missed == 0 or fault == "freeze"
    assert (tally.errors >= WATCHERS / 2) == (fault == "hang")


def test_a_redis_that_comes_back_empty_begins_another_epoch() -> None:
    with scene() as played:
        played.engine.stop()
        time.sleep(2)
        played.engine.start()
        played.let_pass(50)
        tally = played.judge()
    assert tally.epochs >= 2 and tally.gaps >= 1


@pytest.fixture
def far_away() -> Iterator[FarAway]:
    with far_network() as found:
        yield found


@pytest.mark.needs_netns
def test_a_node_that_is_cut_off_catches_up_or_tells_what_is_missing(
    far_away: FarAway,
) -> None:
    with redis_server(f"127.0.0.1 {OURS}") as engine:
        there = config_of(engine.url.replace("127.0.0.1", OURS))
        with (
            serve(config_of(engine.url)) as near,
            serve(there, {"HOST": THEIRS}, before=far_away.inside) as far,
        ):
            played = Scene(engine, [near, far])
            played.wait_for_workers(2)
            far_away.cut()
            played.wait_for_more(TAKEOVER_SECONDS)
            time.sleep(4)
            far_away.mend()
            played.let_pass(50, 60)
            tally = played.judge()
    assert tally.epochs == 1
