"""Counts of workers that are gone stay; nothing else of them does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from app.bootstrap import Services
from app.serving.board import EMPTY, Board, Numbers, Slot, Snapshot, added_up
from tests.unit.fakes import FakeSource, fake_services, mock_request


class Worker(NamedTuple):
    """A worker with a stream that is open."""

    services: Services
    slot: Slot
    frames: Iterator[bytes]


def worker(board: Board) -> Worker:
    """A worker that has opened a stream and sent three of its events."""
    services = fake_services(FakeSource(lambda n: {"n": n}))
    slot = board.take()
    assert slot is not None
    services.start(slot)
    stream = services.streams.open(mock_request(), path="/", client="x", sock=None)
    frames = stream.frames()
    for _ in range(4):
        next(frames)
    return Worker(services, slot, frames)


def values(worker: Worker) -> dict[str, float]:
    text = worker.services.metrics.text().decode()
    worker.services.close()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_the_gone_counted_is_summed_and_their_gauges_are_not_kept() -> None:
    board = Board(2)
    first = worker(board)
    alone = values(first)
    board.retire(first.slot)
    second = worker(board)
    both = values(second)
    board.retire(second.slot)
    third = worker(board)
    three = values(third)
    for name, value in alone.items():
        counts = "_total" in name or "_bucket" in name or "_count" in name
        assert both[name] == value * (2 if counts else 1) or "_sum" in name
        assert three[name] == value * (3 if counts else 1) or "_sum" in name
    assert alone["llmock_events_sent_total[]"] == 3
    open_now = "[('kind', 'continuous'), ('mode', 'CompleteObjects')]"
    assert three[f"llmock_open_streams{open_now}"] == 1


def test_whichever_worker_is_asked_answers_for_all() -> None:
    board = Board(2)
    workers = [worker(board) for _ in range(2)]
    for each in workers:
        each.services.metrics.text()
    assert [values(each)["llmock_events_sent_total[]"] for each in workers] == [6, 6]


def test_a_board_that_is_full_has_no_slot_until_a_worker_is_gone() -> None:
    board = Board(1)
    slot = board.take()
    assert slot is not None and board.take() is None
    board.retire(slot)
    assert board.take() is not None


def test_counts_that_do_not_fit_are_refused_and_those_before_stay() -> None:
    board = Board(1)
    slot = board.take()
    assert slot is not None
    slot.show(Snapshot({}, {"a": [1]}))
    with pytest.raises(ValueError, match="too many to share"):
        slot.show(Snapshot({}, {"a" * 200_000: [1]}))
    assert slot.total().counters == {"a": [1]}


def in_a_process(work: Callable[[], None]) -> None:
    """Run ``work`` in a fork, which may be killed in the midst of it."""
    process = get_context("fork").Process(target=work)
    process.start()
    process.join(20)
    assert process.exitcode in (0, -signal.SIGKILL)


def test_other_processes_see_what_one_shows() -> None:
    board = Board(1)
    slot = board.take()
    assert slot is not None
    in_a_process(lambda: slot.show(Snapshot({"open": [2]}, {"sent": [3, 0.5]})))
    assert board.total() == Snapshot({"open": [2]}, {"sent": [3, 0.5]})


def test_a_worker_that_is_killed_while_it_writes_leaves_its_counts_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = Board(1)
    slot = board.take()
    assert slot is not None
    slot.show(Snapshot({}, {"sent": [1]}))

    def write_and_be_killed() -> None:
        monkeypatch.setattr("app.serving.board.crc32", die)
        slot.show(Snapshot({}, {"sent": [2]}))

    def die(_: bytes) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    in_a_process(write_and_be_killed)
    assert board.total().counters == {"sent": [1]}
    board.retire(slot)
    assert board.total() == Snapshot({}, {"sent": [1]})


def test_a_new_board_is_empty_and_takes_no_file() -> None:
    before = set(os.listdir("/proc/self/fd"))
    board = Board(4)
    assert board.total() == EMPTY
    assert set(os.listdir("/proc/self/fd")) == before


NUMBERS = st.dictionaries(
    st.sampled_from("abc"), st.lists(st.integers(0, 9), min_size=1, max_size=3)
)


@given(st.lists(NUMBERS, max_size=4))
def test_a_sum_has_every_name_and_every_number(numbers: list[Numbers]) -> None:
    total = added_up(numbers)
    assert set(total) == {name for each in numbers for name in each}
    assert sum(map(sum, total.values())) == sum(
        sum(map(sum, each.values())) for each in numbers
    )
