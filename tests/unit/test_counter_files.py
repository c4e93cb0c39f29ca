"""Counts of workers that are gone stay; nothing else of them does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]

#: A process that opens a stream, reads a little of it, and shows the metrics.
WORKER = """
from tests.unit.fakes import FakeSource, fake_services, mock_request

services = fake_services(FakeSource(lambda n: {"n": n}))
stream = services.streams.open(mock_request(), client="x", sock=None)
frames = stream.frames()
for _ in range(4):
    next(frames)
print(services.metrics.text().decode())
"""
FORGET = (
    "import sys; from app.serving import counter_files as f; f.forget(int(sys.argv[1]))"
)


def run(directory: Path, code: str, *arguments: str) -> tuple[int, str]:
    """The process's number, and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(directory)},
        stdout=subprocess.PIPE,
        text=True,
    )
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return process.pid, printed


def values(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_the_gone_counted_is_summed_and_their_files_are_not_kept(
    tmp_path: Path,
) -> None:
    first, alone = run(tmp_path, WORKER)
    run(tmp_path, FORGET, str(first))
    second, both = run(tmp_path, WORKER)
    run(tmp_path, FORGET, str(second))
    run(tmp_path, FORGET, str(second))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["counter_0.db", "histogram_0.db", "lock"]

    _, three = run(tmp_path, WORKER)
    for name, value in values(alone).items():
        counts = "_total" in name or "_bucket" in name or "_count" in name
        assert values(both)[name] == value * (2 if counts else 1) or "_sum" in name
        assert values(three)[name] == value * (3 if counts else 1) or "_sum" in name
    assert values(alone)["llmock_events_sent_total[]"] == 3
    open_now = "[('kind', 'continuous'), ('mode', 'CompleteObjects')]"
    assert values(three)[f"llmock_open_streams{open_now}"] == 1


def test_a_start_finds_nothing_of_the_server_before(tmp_path: Path) -> None:
    run(tmp_path, WORKER)
    run(tmp_path, "from app.serving import counter_files; counter_files.empty()")
    _, text = run(tmp_path, WORKER)
    assert values(text)["llmock_events_sent_total[]"] == 3
