"""``scripts/bench routes``: what a match costs, and what the streams of routes do.

The first table is one of matches among 1 000 routes, in this process. The second
compares streams of routes with one of the contract: same data, same server, in turns.
The bounds are printed beside the figures, and a figure beyond its bound is the exit
status 1.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from gevent import monkey

monkey.patch_all(thread=False)

from serve import OBJECTS, Contender, ours, paired, paired_ratio  # noqa: E402

from app.bootstrap import build  # noqa: E402
from app.router.book import RouteBook  # noqa: E402
from app.routes.conditions import Received  # noqa: E402
from app.settings import Settings  # noqa: E402

ROUTES = 1_000
#: Bounds: a match in microseconds, and ratios to the contract's stream.
MOST_US = 10.0
MOST_RATIO = 1.05
#: What has no envelope costs less; a name makes up for it.
MOST_BARE_RATIO = 1.0
SHAPE = {"ticker": "AAPL", "price": 150.25}
#: In every event, whatever its framing.
MARK = '"ticker":'


# -- matching -------------------------------------------------------------------


def book() -> RouteBook:
    """A thousand routes of several kinds, as APIs have them."""
    found = build(Settings()).routes
    condition = {"Query": {"page": {"Matches": "[0-9]+"}}, "Headers": {"X-Tenant": "a"}}
    found.create(
        [
            declaration
            for number in range(ROUTES // 4)
            for declaration in (
                {"Path": f"/v1/things{number}", "Body": 1},
                {"Path": f"/v1/things{number}/{{id}}/stream", "Stream": {}},
                {"Path": f"/v{number}/{{tenant}}/files/{{rest*}}", "Body": 1},
                {"Path": f"/v1/things{number}", "Match": condition, "Body": 1},
            )
        ]
    )
    return found


def requests() -> dict[str, list[Received]]:
    """Requests by what they are like."""
    numbers = random.Random(1).sample(range(ROUTES // 4), ROUTES // 4)

    def received(path: str, **query: str) -> Received:
        values = {name: [value] for name, value in query.items()}
        headers = {"x-tenant": "a", "accept": "*/*"}
        return Received("GET", path, values, headers, lambda: None)

    return {
        "a literal path": [received(f"/v1/things{n}") for n in numbers],
        "a parameter": [received(f"/v1/things{n}/7/stream") for n in numbers],
        "the rest of a path": [received(f"/v{n}/a/files/b/c/d") for n in numbers],
        "two conditions": [received(f"/v1/things{n}", page="12") for n in numbers],
        "none fits": [received(f"/v1/others{n}/7") for n in numbers],
    }


def match_us(routes: RouteBook, received: list[Received]) -> float:
    """CPU time of one request in microseconds, the best of several rounds."""
    best = float("inf")
    for _ in range(20):
        began = time.process_time()
        for each in received:
            routes.find(each)
        best = min(best, (time.process_time() - began) / len(received) * 1e6)
    return best


# -- streams --------------------------------------------------------------------


def route(name: str, **stream: object) -> dict[str, Any]:
    """A route whose streams are the contract's in another form."""
    return {
        "Path": f"/{name}/stocks",
        "Shape": None if "Events" in stream else SHAPE,
        "Stream": {"IntervalMs": 1, "MaxDurationSeconds": 0, **stream},
    }


STREAMS = {
    "route, contract's envelope": route("contract", Envelope="contract"),
    "route, bare": route("bare"),
    "route, bare, named": route("named", Events=[{"Event": "price", "Shape": SHAPE}]),
    "route, bare, ndjson": route("lines", Framing="ndjson"),
}
BOUNDS = {
    "route, bare": MOST_BARE_RATIO,
    "route, bare, ndjson": MOST_BARE_RATIO,
}


def contenders(config: Path) -> tuple[Contender, ...]:
    """The contract's stream and those of the routes, all of one configuration."""
    routes = [
        {key: value for key, value in each.items() if value is not None}
        for each in STREAMS.values()
    ]
    config.write_text(json.dumps({"MockLlmApi": {"Routes": routes}}), encoding="utf-8")
    contract = ours(OBJECTS.name, "CompleteObjects")
    shared = replace(contract, env={**contract.env, "LLMOCK_CONFIG": str(config)})
    return (
        replace(shared, mark=MARK),
        *(
            replace(shared, name=name, path=each["Path"], mark=MARK)
            for name, each in STREAMS.items()
        ),
    )


def main() -> int:
    """Print both tables; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench routes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--no-streams", action="store_true")
    wanted = parser.parse_args()
    holds = True

    routes = book()
    print(f"a match among {len(routes)} routes, at most {MOST_US:.0f} us")
    for name, received in requests().items():
        cost = match_us(routes, received)
        holds &= cost <= MOST_US
        print(f"  {name:<28}{cost:6.2f} us")
    if wanted.no_streams:
        return 0 if holds else 1

    with tempfile.TemporaryDirectory() as directory:
        costs = paired(wanted.rounds, contenders(Path(directory, "config.json")))
    print("CPU per event, and the median of its ratios to the contract's, by round")
    for name, found in costs.items():
        ratio = paired_ratio(found, costs[OBJECTS.name])
        bound = BOUNDS.get(name, MOST_RATIO)
        holds &= ratio <= bound
        print(f"  {name:<28}{median(found):6.1f} us  {ratio:5.3f}, at most {bound}")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
