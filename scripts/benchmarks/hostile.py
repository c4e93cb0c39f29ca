"""``scripts/bench hostile``: searches for short requests that cost much work.

Begins with a few requests and changes them at random: parts are repeated, nested,
replaced and combined. A change is kept where the request takes more CPU for it, in
all or between two turns of other work. Prints the worst of both, and the requests.
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.cuts import ELEMENTS
from app.embedded.backend import EmbeddedBackend
from app.errors import ApiError
from app.request.parse import parse_request
from app.request.parsers import Limits
from app.schema.budget import Budget
from app.schema.refusal import Refusal
from app.settings import Settings

NOW_MS = 1_736_166_896_789
MAX_BYTES = 65_000
#: A request that takes longer is taken for one that never ends, in seconds.
MAX_SECONDS = 30
#: The requests that are changed further; the others are forgotten.
POPULATION = 24

#: What is put together.
LEAVES: tuple[Any, ...] = (
    *(0, 1, -1, 1.5, 1e300, 10**18, True, None, "", "name", "string", "2024-01-01"),
    *("https://example.com/users/ada", "aB-_1", "é" * 20, "1" * 40, "...", "s-1"),
)
NAMES = ("id", "name", "price", "userId", "a", "total_amount", "status", "createdAt")
PATTERNS = (
    *("^[a-z]{3,9}$", "^(a|b)+$", r"^\p{L}+$", r"^\S{1,80}$", "^.{200}$", "(x*)*y"),
    *(r"^\d{3}-\d{4}$", "[^a-c]{2,50}", "^(?:[A-Z]{2}){1,40}$"),
)
KEYWORDS: dict[str, Callable[[random.Random], Any]] = {
    "type": lambda r: r.choice(["object", "array", "string", "integer", "number"]),
    "minItems": lambda r: r.choice([1, 30, 900, 9_000]),
    "maxItems": lambda r: r.choice([1, 30, 900]),
    "uniqueItems": lambda r: True,
    "minLength": lambda r: r.choice([1, 40, 4_000, 20_000]),
    "maxLength": lambda r: r.choice([1, 40, 4_000]),
    "pattern": lambda r: r.choice(PATTERNS),
    "format": lambda r: r.choice(["date", "email", "uuid", "uri", "ipv6"]),
    "minimum": lambda r: r.choice([0, -5, 90, 1e9]),
    "maximum": lambda r: r.choice([0, 5, 99, 1e12]),
    "multipleOf": lambda r: r.choice([1, 7, 0.001, 1e-9]),
    "enum": lambda r: list(range(r.choice([1, 40, 2_000]))),
    "const": lambda r: r.choice(["x" * 9_000, 1, [1] * 50]),
    "required": lambda r: [r.choice(NAMES) for _ in range(3)],
    "minProperties": lambda r: r.choice([1, 40, 190]),
    "$ref": lambda r: r.choice(["#", "#/$defs/a", "#/$defs/b", "#/$defs/c"]),
    "unevaluatedProperties": lambda r: False,
}
ONE = ("items", "not", "if", "then", "else", "contains", "additionalProperties")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")


@dataclass
class Asked:
    """One request, and what it took: seconds of CPU, in all and at once."""

    path: str
    shape: Any
    count: int | None
    cpu: float = 0.0
    stall: float = 0.0
    answer: str = ""
    size: int = field(default=0)

    @property
    def cost(self) -> float:
        """How bad it is: 1 is as much as may be, of either kind."""
        return max(self.cpu / 2.0, self.stall / 0.1)


def main() -> None:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(prog="scripts/bench hostile", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    wanted = parser.parse_args()
    rng = random.Random(wanted.seed)
    found, tried = search(rng, time.monotonic() + wanted.seconds)
    print(f"{tried} requests tried")
    for name in ("cpu", "stall"):
        worst = max(found, key=lambda asked: getattr(asked, name))
        print(f"\nworst {name}: {worst.cpu:.2f} s of CPU, {worst.stall:.3f} s at once")
        print(f"  {worst.answer}; {worst.size} bytes, count {worst.count}")
        print(f"  path {worst.path[:200]}")
        print(f"  shape {json.dumps(worst.shape)[:3_000]}")


def search(rng: random.Random, until: float) -> tuple[list[Asked], int]:
    """The worst requests that were found in time, and how many were tried."""
    found = [Asked("things", example(rng), None) for _ in range(POPULATION // 2)]
    found += [Asked("users/42", schema(rng, 2), None) for _ in range(POPULATION // 2)]
    tried, pool = 0, multiprocessing.Pool(1)
    try:
        while time.monotonic() < until:
            asked = changed(rng.choice(found), rng)
            if asked.size > MAX_BYTES:
                continue
            tried += 1
            try:
                asked = pool.apply_async(measured, (asked,)).get(MAX_SECONDS)
            except multiprocessing.TimeoutError:
                asked.cpu = asked.stall = MAX_SECONDS
                asked.answer = "it did not end"
                pool.terminate()
                pool = multiprocessing.Pool(1)
            found = sorted([*found, asked], key=lambda one: -one.cost)[:POPULATION]
    finally:
        pool.terminate()
    return found, tried


def measured(asked: Asked) -> Asked:
    """``asked``, sent to the service's own rooms, with what it took."""
    body = json.dumps({"shape": asked.shape}).encode()
    turns = [time.process_time()]

    def turn(number: int) -> None:
        if number:  # 0 begins a piece of work, and lets nobody else run
            turns.append(time.process_time())

    try:
        answer(asked, body, turn)
        asked.answer = "served"
    except (Refusal, ApiError) as refused:
        asked.answer = str(refused)[:200]
    turn(1)
    asked.cpu = turns[-1] - turns[0]
    asked.stall = max(after - before for before, after in zip(turns, turns[1:]))
    return asked


def answer(asked: Asked, body: bytes, turn: Callable[[int], None]) -> None:
    """Parse the request, and make two values of it."""
    new_budget = partial(Budget, turn=turn)
    request = parse_request(
        method="POST",
        path=asked.path,
        query=b"" if asked.count is None else b"count=%d" % asked.count,
        headers={"content-type": "application/json"},
        body=body,
        settings=Settings(),
        limits=Limits(1000, 65_536, 64, 1 << 20, ("embedded",), new_budget),
    )
    backend = EmbeddedBackend(new_budget=new_budget)
    source = backend.open(request)
    for number in range(2):
        turn(1)
        list(source.make(ELEMENTS, number, NOW_MS + number))


# -- requests -----------------------------------------------------------------


def example(rng: random.Random, depth: int = 3) -> Any:
    """A random example value."""
    kind = rng.random()
    if depth == 0 or kind < 0.3:
        return rng.choice(LEAVES)
    if kind < 0.6:
        return [example(rng, depth - 1) for _ in range(rng.choice([1, 1, 3]))]
    return {rng.choice(NAMES): example(rng, depth - 1) for _ in range(3)}


def schema(rng: random.Random, depth: int) -> Any:
    """A random schema."""
    made: dict[str, Any] = {}
    for keyword in rng.sample(list(KEYWORDS), 3):
        made[keyword] = KEYWORDS[keyword](rng)
    if depth:
        made[rng.choice(ONE)] = schema(rng, depth - 1)
        made[rng.choice(LISTS)] = [schema(rng, depth - 1) for _ in range(2)]
        made["properties"] = {name: schema(rng, depth - 1) for name in NAMES[:2]}
        made["$defs"] = {name: schema(rng, 0) for name in "abc"}
    return made


def changed(asked: Asked, rng: random.Random) -> Asked:
    """A copy with one to three changes; fewer where it is too large already."""
    path, count, shape = asked.path, asked.count, copy.deepcopy(asked.shape)
    size = 0
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.1:
            count = rng.choice([None, 1, 30, 300, 1000])
        elif kind < 0.15:
            path = (path + rng.choice(["/aB", "aB" * 50, "/x-1", "s"]))[:8_000]
        else:
            shape = grown(shape, rng)
        size = len(json.dumps(shape))
        if size > MAX_BYTES:  # each change may make it 80 times as large
            break
    return Asked(path, shape, count, size=size)


def grown(value: Any, rng: random.Random) -> Any:
    """``value`` with a random place of it changed."""
    if isinstance(value, (dict, list)) and value and rng.random() < 0.75:
        key: Any = (
            rng.choice(list(value))
            if isinstance(value, dict)
            else rng.randrange(len(value))
        )
        value[key] = grown(value[key], rng)
        return value
    return rng.choice(CHANGES)(value, rng)


def _repeated(value: Any, rng: random.Random) -> Any:
    """More of the same: elements, members with other names, a longer text."""
    times = rng.choice([2, 5, 30])
    if isinstance(value, list):
        return (value * times)[:5_000]
    if isinstance(value, dict) and value:
        name = rng.choice(list(value))
        more = {f"{name}{number}": value[name] for number in range(times)}
        return {**value, **more}
    if isinstance(value, str):
        return (value * times)[:60_000]
    return value * times if isinstance(value, int) else value


def _numbered(value: Any, rng: random.Random) -> Any:
    """A list of the value, each with another number in it."""
    text = json.dumps(value)
    return [json.loads(text.replace("1", str(number))) for number in range(1, 80)]


CHANGES: tuple[Callable[[Any, random.Random], Any], ...] = (
    _repeated,
    _repeated,
    _numbered,
    lambda value, rng: [value],
    lambda value, rng: {rng.choice(NAMES): value},
    lambda value, rng: {rng.choice(LISTS): [value, value]},
    lambda value, rng: {rng.choice(ONE): value},
    lambda value, rng: {"type": "array", "items": value, "minItems": 900},
    lambda value, rng: {"type": "object", "properties": {"a": value, "b": value}},
    lambda value, rng: (
        {**value, **schema(rng, 0)} if isinstance(value, dict) else value
    ),
    lambda value, rng: schema(rng, 1),
    lambda value, rng: example(rng),
)

if __name__ == "__main__":
    main()
