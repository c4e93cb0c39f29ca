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
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse

from tests.integration.redis_server import redis_server
from tests.system.feed_scene import FAULTS, TARGET, scene
from tests.system.server import Server, serve
from tests.system.wire import get_json, get_text

#: Feeds that are made at the same time.
_AT_A_TIME = 8
#: How often busy workers are asked for what they know.
_MAX_ASKED = 30


def main() -> None:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench feed_faults", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=0, help="faults in a row")
    parser.add_argument("--seam", type=int, default=0, help="clients that come back")
    parser.add_argument("--feeds", type=int, default=0, help="feeds at a time")
    parser.add_argument(
        "--every", type=float, default=1.0, help="seconds between two events of a feed"
    )
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.rounds:
        play(wanted.rounds, random.Random(wanted.seed))
    if wanted.seam:
        come_back(wanted.seam)
    if wanted.feeds:
        make_many(wanted.feeds, wanted.every)


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
    # A client that needs a second to come back has to find what it missed.
    config = "MockLlmApi: {Redis: '%s', LogLevel: warning, FeedHistory: 1000}"
    with redis_server() as engine, serve(config % engine.url, workers=2) as server:
        with _connected(server, target, "") as keeper:
            last = _ids(keeper, 1)[0]
            began, wrong = time.monotonic(), 0
            left = began
            for _ in range(tries):
                with _connected(server, target, last) as response:
                    away = time.monotonic() - left
                    # All that was made meanwhile, or it would fall behind.
                    found = _ids(response, 3 + round(away * 1000))
                    left = time.monotonic()
                first = _number(last) + 1
                wrong += [*map(_number, found)] != [*range(first, first + len(found))]
                last = found[-1]
            seconds = time.monotonic() - began
        print(
            f"{tries} came back in {seconds:.0f} s; {wrong} with a gap or a duplicate"
        )


def make_many(count: int, every: float) -> None:
    """Make many feeds of an event ``every`` so many seconds, and see if all go on."""
    target = TARGET.replace("interval=10&", f"interval={round(every * 1000)}&")
    config = (
        "MockLlmApi: {Redis: '%s', LogLevel: warning, FeedLingerSeconds: 3600,"
        f" MaxFeeds: {count}}}"
    )
    with redis_server() as engine, serve(config % engine.url, workers=2) as server:
        began = time.monotonic()

        def make(number: int) -> None:
            # Who leaves before the first event leaves a feed that nobody has begun.
            with _connected(server, target.replace("ticker", f"f{number}"), "") as made:
                _ids(made, 1)

        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            deque(pool.map(make, range(count)), maxlen=0)
        print(f"{count} feeds made in {time.monotonic() - began:.1f} s", flush=True)
        before, began = _events(server), time.monotonic()
        time.sleep(max(2 * every, 10))
        after, took = _events(server), time.monotonic() - began
        going = sum(after[name] > made for name, made in before.items())
        rate = (sum(after.values()) - sum(before.values())) / took
        print(f"{rate:,.0f} events a second; {going} of {len(after)} feeds went on")
        lines = get_text(server, "/metrics").splitlines()
        print(*(line for line in lines if line.startswith("llmock_feed_takeovers_")))


def _events(server: Server) -> dict[str, int]:
    """How many events each feed has, once both workers tell of theirs."""
    for _ in range(_MAX_ASKED):
        found = get_json(server, "/api/manage/feeds", seconds=60)
        if found["complete"]:
            return {feed["name"]: feed["events"] for feed in found["feeds"]}
    raise SystemExit(f"a worker was silent {_MAX_ASKED} times")


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
