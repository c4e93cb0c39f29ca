"""``scripts/bench journal``: what the journal costs, per event and per request.

The service with its journal and without it take turns, round by round. The median of
their ratios is the result: the journal does nothing while a stream runs.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
from dataclasses import replace

from serve import OBJECTS, Contender, Running, paired, paired_ratio, running

#: The most that the journal may cost per event.
MAX_RATIO = 1.02

ON = OBJECTS
OFF = replace(
    OBJECTS, name="without", env={**OBJECTS.env, "MockLlmApi__JournalSize": "0"}
)
REQUESTS = 2_000


def per_request(contender: Contender) -> float:
    """CPU of a small answer in JSON, in microseconds."""
    with running(contender) as server:
        ask(server, 100)
        used = server.cpu_seconds()
        ask(server, REQUESTS)
        return (server.cpu_seconds() - used) / REQUESTS * 1e6


def ask(server: Running, times: int) -> None:
    """Send the same request again and again, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(times):
        connection.request("GET", "/api/mock/users/1?count=1")
        connection.getresponse().read()
    connection.close()


def main() -> None:
    """Print both costs and their ratios."""
    parser = argparse.ArgumentParser(prog="scripts/bench journal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    ratio = show("event", paired(rounds, (ON, OFF)))
    if ratio > MAX_RATIO:
        print(f"more than {MAX_RATIO}: the journal costs too much")
    requests: dict[str, list[float]] = {ON.name: [], OFF.name: []}
    for _ in range(rounds // 4):
        for contender in (ON, OFF):
            requests[contender.name].append(per_request(contender))
    show("request", requests)


def show(what: str, costs: dict[str, list[float]]) -> float:
    """Print both costs; gives their ratio."""
    on, off = costs[ON.name], costs[OFF.name]
    with_it, without = statistics.median(on), statistics.median(off)
    print(
        f"CPU per {what}: {with_it:.2f} us with the journal, {without:.2f} us without"
    )
    ratio = paired_ratio(on, off)
    print(f"ratio per {what}: {ratio:.3f}")
    return ratio


if __name__ == "__main__":
    main()
