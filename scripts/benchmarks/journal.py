"""``scripts/bench journal``: what the journal costs, per event and per request.

The service with its journal and without it take turns, round by round. The ratio of
the medians is the result: the journal does nothing while a stream runs.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
from dataclasses import replace

from serve import LOADS, OBJECTS, Contender, Running, measure, running, say

#: The most that the journal may cost per event.
MAX_RATIO = 1.02

ON = OBJECTS
OFF = replace(OBJECTS, env={**OBJECTS.env, "MockLlmApi__JournalSize": "0"})
LOAD = {**LOADS["saturated"], "seconds": 2}
REQUESTS = 2_000


def per_event(contender: Contender) -> float:
    """CPU of an event of a saturated server, in microseconds."""
    cost: float = measure(contender, **LOAD)["cpu_us_per_event"]
    return cost


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
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for name, cost in (("event", per_event), ("request", per_request)):
        found: dict[str, list[float]] = {"on": [], "off": []}
        for turn in range(rounds):
            for label, contender in (("on", ON), ("off", OFF)):
                found[label].append(cost(contender))
                say(f"round {turn + 1}, {name}, {label}: {found[label][-1]:.2f} us")
        on, off = (statistics.median(found[label]) for label in ("on", "off"))
        print(f"CPU per {name}: {on:.2f} us with the journal, {off:.2f} us without")
        print(f"ratio per {name}: {on / off:.3f}")
        if name == "event" and on / off > MAX_RATIO:
            print(f"more than {MAX_RATIO}: the journal costs too much")


if __name__ == "__main__":
    main()
