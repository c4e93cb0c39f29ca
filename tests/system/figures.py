"""What a worker holds, seen from outside: nothing of it may grow by a fault."""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.system.load import Crowd, request
from tests.system.server import Server, serve
from tests.system.wire import open_streams, wait_until

MODES = ("LlmTokens", "CompleteObjects", "ArrayItems")

_INSIDE = Path(__file__).resolve().parent / "inside"

#: Blocks that the allocator keeps for the next stream; 500 streams that stayed
#: would take more.
SLACK_KB = 9000


@dataclass(frozen=True)
class Figures:
    """Open streams, live greenlets, sockets, descriptors, resident memory in KB."""

    streams: int
    greenlets: int
    sockets: int
    descriptors: int
    rss_kb: int


def workers(server: Server) -> list[int]:
    """The process ids of the server's workers."""
    pid = server.process.pid
    return [int(pid) for pid in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _read(path: str) -> str:
    return Path(path).read_text()


def _links(pid: int) -> Iterator[str]:
    for entry in os.scandir(f"/proc/{pid}/fd"):
        with suppress(FileNotFoundError):  # it was closed meanwhile
            yield os.readlink(entry.path)


@dataclass(frozen=True)
class Observed:
    """A server with one worker, and the means to look into it."""

    server: Server
    directory: Path

    def sockets(self) -> int:
        """How many there are; cheaper to ask for than all figures."""
        (pid,) = workers(self.server)
        return sum(link.startswith("socket:") for link in _links(pid))

    def figures(self) -> Figures:
        (pid,) = workers(self.server)
        links = list(_links(pid))
        rss = re.search(r"VmRSS:\s+(\d+)", _read(f"/proc/{pid}/status"))
        assert rss is not None
        return Figures(
            streams=open_streams(self.server),
            greenlets=self._greenlets(pid),
            sockets=sum(link.startswith("socket:") for link in links),
            descriptors=len(links),
            rss_kb=int(rss[1]),
        )

    def _greenlets(self, pid: int) -> int:
        path = self.directory / str(pid)
        path.unlink(missing_ok=True)
        os.kill(pid, signal.SIGRTMIN)
        wait_until(path.exists, 10)
        return int(path.read_text())

    def wait_until_back_at(
        self, before: Figures, seconds: float, slack_kb: int = SLACK_KB
    ) -> float:
        """How long it took until nothing is held but what was ``before``."""

        def is_back() -> bool:
            nonlocal now
            now = self.figures()
            return (
                now.streams <= before.streams
                and now.greenlets <= before.greenlets
                and now.sockets <= before.sockets
                and now.descriptors <= before.descriptors
                and now.rss_kb <= before.rss_kb + slack_kb
            )

        now = before
        try:
            return wait_until(is_back, seconds)
        except AssertionError:
            raise AssertionError(f"before: {before}, now: {now}") from None


@contextmanager
def observed(
    config: str, *, used_to: int, env: Mapping[str, str] | None = None
) -> Iterator[Observed]:
    """A server whose figures can be taken.

    It has served ``used_to`` streams at the same time, so that memory which it takes
    once and keeps does not look like a leak.
    """
    with tempfile.TemporaryDirectory() as directory:
        extra = {"PYTHONPATH": str(_INSIDE), "FIGURES_DIRECTORY": directory}
        extra.update(env or {})
        with serve(config, extra) as server:
            _use(server, used_to)
            yield Observed(server, Path(directory))


def _use(server: Server, streams: int) -> None:
    targets = [
        f"/api/mock/stream/{path}?continuous=true&interval=100&sseMode={mode}"
        for mode in MODES
        for path in ("stocks", "x")
    ]
    with Crowd(server) as crowd:
        crowd.open([request(targets[n % len(targets)]) for n in range(streams)])
        wait_until(lambda: crowd.tally().begun == streams, 30)
        crowd.leave("close", within=0)
        wait_until(lambda: open_streams(server) == 0, 5)
