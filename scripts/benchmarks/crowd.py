"""``scripts/bench crowd``: ten thousand streams on one worker, for minutes.

Says what came of the batches that were due, how late they were, and what became
of the memory. Server and client are pinned to a core each.
"""

from __future__ import annotations

import argparse
import threading
import time

from serve import OBJECTS, Running, expect, loaded, results_of, running

INTERVAL_MS = 2000


def main() -> None:
    """Hold the streams and print the figures."""
    parser = argparse.ArgumentParser(prog="scripts/bench crowd", description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=5)
    wanted = parser.parse_args()
    with running(OBJECTS) as server:
        load = loaded(
            server,
            OBJECTS,
            streams=wanted.streams,
            interval=INTERVAL_MS,
            seconds=wanted.minutes * 60,
            ramp=wanted.streams / 1000,
            settle=2,
            numbered=True,
        )
        with load as (empty, client):
            watch = Watch(server)
            used = server.cpu_seconds()
            expect(client, "counted")
            used = server.cpu_seconds() - used
            watch.stop()
            found = results_of(client)
    due = wanted.streams * found["seconds"] * 1000 / INTERVAL_MS
    late = {name: gap - INTERVAL_MS for name, gap in found["gap_ms"].items()}
    print(f"{wanted.streams} streams, a batch every {INTERVAL_MS} ms each")
    print(f"batches             {found['events']:,} in {found['seconds']:.0f} s")
    print(f"due in that time    {due:,.0f}")
    print(f"missing             {found['missed']}, streams lost {found['lost']}")
    print(
        "gap over interval   "
        + ", ".join(f"{name} {over:.1f} ms" for name, over in late.items())
    )
    print(f"server's core       {used / found['seconds']:.0%}")
    print(f"load client's core  {found['client_cpu']:.0%}")
    print(f"memory              {empty / 1024:.0f} MB without streams, with them:")
    for minute, kilobytes in watch.memory:
        print(f"  after {minute:4.1f} min    {kilobytes / 1024:.1f} MB")


class Watch:
    """Notes the server's memory twice a minute."""

    def __init__(self, server: Running) -> None:
        """Begin."""
        self.memory: list[tuple[float, int]] = []
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        began = time.monotonic()
        while True:
            minutes = (time.monotonic() - began) / 60
            self.memory.append((minutes, self._server.resident_kb()))
            if self._over.wait(30):
                return

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()


if __name__ == "__main__":
    main()
