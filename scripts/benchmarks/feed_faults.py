"""``scripts/bench feed_faults``: shared feeds of several workers, longer than tests.

``--rounds``: one feed whose workers and Redis fail, fault after fault, while clients
come and go; a model judges what they saw. ``--seam``: clients that come back while an
event is made every millisecond. ``--feeds``: many feeds at the same time.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import time
from http.client import HTTPResponse

from tests.integration.redis_server import redis_server
from tests.system.feed_scene import FAULTS, TARGET, config_of, scene
from tests.system.server import Server, serve
from tests.system.wire import get_json


def main() -> None:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench feed_faults", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=0, help="faults in a row")
    parser.add_argument("--seam", type=int, default=0, help="clients that come back")
    parser.add_argument("--feeds", type=int, default=0, help="feeds at a time")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.rounds:
        play(wanted.rounds, random.Random(wanted.seed))
    if wanted.seam:
        come_back(wanted.seam)
    if wanted.feeds:
        make_many(wanted.feeds)


def play(rounds: int, rng: random.Random) -> None:
    """Let one fault follow the other, and print what the clients saw."""
    with scene(workers=3) as played:
        for number in range(rounds):
            played.wait_for_workers(3)
            name = rng.choice([*FAULTS])
            began = time.monotonic()
            FAULTS[name](played)
            played.let_pass(rng.choice((1, 20, 100)), 60)
            print(f"{number + 1}: {name}, {time.monotonic() - began:.1f} s", flush=True)
        print(played.judge())


def come_back(tries: int) -> None:
    """Come back again and again with the last id, and look for what is missing."""
    target = TARGET.replace("interval=10&", "interval=1&")
    with redis_server() as engine, serve(config_of(engine.url), workers=2) as server:
        with _connected(server, target, "") as keeper:
            last = _ids(keeper, 1)[0]
            began, wrong = time.monotonic(), 0
            for _ in range(tries):
                with _connected(server, target, last) as response:
                    found = _ids(response, 3)
                first = _number(last) + 1
                wrong += [*map(_number, found)] != [first, first + 1, first + 2]
                last = found[-1]
            seconds = time.monotonic() - began
        print(
            f"{tries} came back in {seconds:.0f} s; {wrong} with a gap or a duplicate"
        )


def make_many(count: int) -> None:
    """Make many feeds of an event a second, and look at what they cost."""
    config = (
        "MockLlmApi: {Redis: '%s', LogLevel: warning, FeedLingerSeconds: 3600,"
        f" MaxFeeds: {count}}}"
    )
    with redis_server() as engine, serve(config % engine.url, workers=2) as server:
        began = time.monotonic()
        for number in range(count):
            target = TARGET.replace("interval=10&", "interval=1000&")
            with _connected(server, target.replace("ticker", f"f{number}"), ""):
                pass
        print(f"{count} feeds made in {time.monotonic() - began:.1f} s")
        before, began = _events(server), time.monotonic()
        time.sleep(10)
        rate = (_events(server) - before) / (time.monotonic() - began)
        print(f"{rate:,.0f} events a second of {count} feeds of one a second")


def _events(server: Server) -> int:
    feeds = get_json(server, "/api/manage/feeds")["feeds"]
    return sum(feed["events"] for feed in feeds)


def _connected(server: Server, target: str, last: str) -> HTTPResponse:
    """A response whose head has come."""
    sock = socket.create_connection(server.address, timeout=20)
    header = f"Last-Event-ID: {last}\r\n" if last else ""
    sock.sendall(f"GET {target} HTTP/1.1\r\nHost: feed\r\n{header}\r\n".encode())
    response = HTTPResponse(sock)
    response.begin()
    sock.close()  # the response keeps the connection
    if response.status != 200:
        raise SystemExit(f"{response.status}: {response.read().decode()}")
    return response


def _ids(response: HTTPResponse, count: int) -> list[str]:
    """The ids of the next events."""
    found: list[str] = []
    while len(found) < count:
        line = response.readline().decode()
        if line.startswith("id: "):
            found.append(line[4:].strip())
        elif '"type":"gap"' in line:
            raise SystemExit(f"a gap: {json.loads(line[6:])}")
    return found


def _number(last: str) -> int:
    return int(last.rsplit("-", 1)[1])


if __name__ == "__main__":
    main()
