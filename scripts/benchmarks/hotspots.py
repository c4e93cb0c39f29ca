"""``scripts/bench hotspots``: where the time of a saturated worker goes, by py-spy.

Prints the functions in which most samples were taken. Native frames are there
too, so that what the kernel and gevent's loop take can be told from our own code.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from serve import LOADS, OBJECTS, SERVER_CORE, family, loaded, running

RATE = 250


def main() -> None:
    """Sample the service under the load that saturates it, and print a table."""
    parser = argparse.ArgumentParser(prog="scripts/bench hotspots", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--lines", type=int, default=40)
    wanted = parser.parse_args()
    load = {**LOADS["saturated"], "seconds": wanted.seconds + 3}
    with running(OBJECTS) as server, loaded(server, OBJECTS, **load):
        stacks = list(samples(family(server.pid)[-1], wanted.seconds))
    own: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for stack, count in stacks:
        own[stack[-1]] += count
        below.update({name: count for name in set(stack)})
    total = sum(own.values())
    print("own %  with callees %  function")
    for name, count in own.most_common(wanted.lines):
        print(f"{count / total:6.1%}  {below[name] / total:14.1%}  {name}")


def samples(pid: int, seconds: int) -> Iterator[tuple[list[str], int]]:
    """Stacks from the outermost frame on, and how often each was seen."""
    with tempfile.NamedTemporaryFile("r", suffix=".raw") as out:
        subprocess.run(
            ["taskset", "-c", SERVER_CORE, "py-spy", "record", "--native", "--pid"]
            + [str(pid), "--duration", str(seconds), "--rate", str(RATE)]
            + ["--format", "raw", "--output", out.name],
            check=True,
            capture_output=True,
        )
        for line in Path(out.name).read_text().splitlines():
            stack, _, count = line.rpartition(" ")
            yield [named(frame) for frame in stack.split(";")], int(count)


def named(frame: str) -> str:
    """A frame's function and file, without the line."""
    name, _, place = frame.partition(" (")
    file = "/".join(place.partition(":")[0].rstrip(")").split("/")[-2:])
    return f"{name} ({file})" if file else name


if __name__ == "__main__":
    main()
