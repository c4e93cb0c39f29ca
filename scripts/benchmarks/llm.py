"""``scripts/bench llm``: what a real model delivers through us, and how soon.

Ten shapes run as continuous streams of ten batches in CompleteObjects mode.
The table says of each how many values are valid, distinct within their stream,
equal to the example, and in the range that is believable for each of their numbers,
how many answers were of no use and led to another question, how many batches came
as an error event, how many questions were asked, and when the first value came.
With ``--blend`` the model writes the texts only, and the rest is simulated.

Then the time to the first token is taken in pairs, through us and from the model's
server directly, in turns, with the same prompt apart from time and seed. Both are
read at the end of a connection of their own, so that all that we do is in ours.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.backends.pool import build_backends
from app.cuts import PIECES
from app.embedded.backend import EmbeddedBackend
from app.errors import BackendFailed
from app.generation.fields.measures import believable_range
from app.llm.chat import ChatRequest, Usage
from app.llm.providers import PROVIDERS, Defaults, request_body
from app.request.parse import parse_request
from app.request.parsers import Limits
from app.settings.model import BackendSettings, Provider, Settings
from app.words import Json

ROOT = Path(__file__).resolve().parents[2]

#: What a path is called, and the example that is its shape.
SHAPES: Mapping[str, Any] = {
    "stocks": {"ticker": "AAPL", "price": 150.25},
    "users": {"id": 42, "name": "Ada Lovelace", "email": "ada@example.com"},
    "orders": {
        "orderId": "ORD-10042",
        "customer": {"name": "Grace", "city": "Berlin"},
        "total": 99.9,
    },
    "weather": {"city": "Oslo", "temperature": -3.5, "conditions": "light snow"},
    "products": [{"sku": "LAMP-7", "title": "Desk lamp", "inStock": True}],
    "events": {"id": "8c4b1f0e-2f7a-4d55-9a83-5d7f1c0e6b21", "type": "login"},
    "logs": {
        "at": "2025-01-06T12:34:56Z",
        "level": "warn",
        "message": "disk almost full",
    },
    "sensors": {"sensor": "hall", "readings": [20.1, 20.4, 19.8]},
    "tickets": {"title": "Printer on fire", "tags": ["hardware", "urgent"], "open": 3},
    "positions": {"vessel": "Aurora", "position": {"lat": 59.91, "lon": 10.75}},
}

#: What the table says of each shape; the last one is a time in ms.
COLUMNS = "valid distinct equal in-range again errors questions first".split()

#: The longest wait for anything, in seconds.
PATIENCE_S = 300.0


@dataclass
class Tally:
    """What one stream delivered."""

    valid: int = 0
    equal: int = 0
    in_range: int = 0
    errors: int = 0
    asked_again: int = 0
    questions: int = 0
    first_ms: int = 0
    values: list[str] = field(default_factory=list)

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(set(self.values))

    def row(self) -> list[int]:
        """The columns of the table."""
        return [
            self.valid,
            self.distinct,
            self.equal,
            self.in_range,
            self.asked_again,
            self.errors,
            self.questions,
            self.first_ms,
        ]


def main() -> None:
    """Print both tables."""
    options = parse_options()
    # The servers that are started here end with it, also when it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        url = options.url or stack.enter_context(local_model())
        if options.batches:
            service = stack.enter_context(our_service(url, {}))
            print_values(service, options)
        if options.pairs:
            settings = {"CustomStreamingPromptTemplate": options.prompt, **COLD}
            service = stack.enter_context(our_service(url, settings))
            print_first_tokens(service, url, options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench llm")
    parser.add_argument("--url", help="a llama.cpp server that runs; else one is begun")
    parser.add_argument("--batches", type=int, default=10, help="of each shape (10)")
    parser.add_argument("--pairs", type=int, default=20, help="of first tokens (20)")
    parser.add_argument(
        "--shapes", nargs="+", choices=SHAPES, default=[*SHAPES], metavar="NAME"
    )
    parser.add_argument(
        "--prompt",
        metavar="TEMPLATE",
        help="what first tokens are asked for with, in place of the built-in prompt;"
        " '{randomSeed}' leaves the model little to do, where a busy machine makes"
        " its time vary by more than ours",
    )
    parser.add_argument(
        "--blend", action="store_true", help="let the model write the texts only"
    )
    parser.add_argument("--interval", type=int, default=1, help="of batches, in ms (1)")
    parser.add_argument("--show", action="store_true", help="print the values")
    return parser.parse_args()


def print_values(service: str, options: argparse.Namespace) -> None:
    """Run each shape and print its row, and the sums."""
    print(f"{'shape':12}{'batches':>9}" + "".join(f"{name:>11}" for name in COLUMNS))
    rows = []
    for path in options.shapes:
        tally = run(service, path, options)
        rows.append(tally.row())
        print_row(path, options.batches, rows[-1])
        if options.show:
            print("\n".join(f"    {value}" for value in tally.values))
    sums = [sum(column) for column in zip(*rows)]
    sums[-1] //= len(rows)  # the mean of a time
    print_row("all", options.batches * len(rows), sums)


def print_row(name: str, batches: int, numbers: list[int]) -> None:
    """One row of the table."""
    cells = "".join(f"{number:11}" for number in numbers)
    print(f"{name:12}{batches:9}{cells}", flush=True)


def run(service: str, path: str, options: argparse.Namespace) -> Tally:
    """One stream of the batches asked for; those that failed are among them."""
    example = SHAPES[path]
    asked = {"interval": options.interval, "blend": json.dumps(options.blend)}
    address = stream_address(path, example, asked)
    before = status(service)
    tally = Tally()
    began = time.perf_counter()
    for event in events(service, address):
        if event.get("type") == "error":
            tally.errors += 1
        elif "data" in event:
            value = event["data"]
            tally.first_ms = tally.first_ms or round_ms(time.perf_counter() - began)
            tally.in_range += all(map(is_believable, numbers(example, value)))
            tally.valid += is_like(value, example)
            tally.equal += value == example
            tally.values.append(json.dumps(value, sort_keys=True))
        if len(tally.values) + tally.errors == options.batches:
            break
    after = status(service)
    tally.asked_again = sum(
        after[name] - before[name] for name in ("unfitAnswers", "repeatedAnswers")
    )
    tally.questions = after["requests"] - before["requests"]
    return tally


def numbers(
    example: Any, value: Any, name: str = ""
) -> Iterator[tuple[str, float, float]]:
    """The numbers in a value, each with its name and the example's."""
    if isinstance(example, dict):
        for key in example.keys() & value.keys():
            yield from numbers(example[key], value[key], key)
    elif isinstance(example, list):
        for element in value:
            yield from numbers(example[0], element, name)
    elif isinstance(example, (int, float)) and not isinstance(example, bool):
        yield name, example, value


def is_believable(number: tuple[str, float, float]) -> bool:
    """Whether a number is in its name's range, where that is known."""
    name, example, value = number
    found = believable_range(name, [example])
    return found is None or found[0] <= value <= found[1]


def round_ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def is_like(value: Any, example: Any) -> bool:
    """Whether a value has the names, the nesting and the types of an example.

    Not the service's own validator: that one let the value through.
    """
    if isinstance(example, dict):
        return (
            isinstance(value, dict)
            and value.keys() == example.keys()
            and all(is_like(value[name], example[name]) for name in example)
        )
    if isinstance(example, list):
        return isinstance(value, list) and all(
            is_like(element, example[0]) for element in value
        )
    if isinstance(example, float):
        return type(value) in (int, float)
    return type(value) is type(example)


def stream_address(path: str, shape: Any, asked: Mapping[str, Any]) -> str:
    """A continuous stream of whole values, with other options as they are asked."""
    options = {
        "continuous": "true",
        "maxDuration": 0,
        "sseMode": "CompleteObjects",
        "shape": json.dumps(shape),
        **asked,
    }
    return f"/api/mock/stream/{path}?{urlencode(options)}"


def status(service: str) -> dict[str, Any]:
    """What the service says of its backend: the counters since its start."""
    with urllib.request.urlopen(f"{service}/api/manage/backends") as response:
        (found,) = json.load(response)["backends"]
    return dict(found)


def events(service: str, address: str) -> Iterator[Any]:
    """The events of a stream, as they come."""
    with answer(service, "GET", address) as lines:
        for line in lines:
            if line.startswith(b"{"):
                yield json.loads(line)


@contextmanager
def answer(
    url: str, method: str, address: str, body: bytes | None = None
) -> Iterator[Iterator[bytes]]:
    """What follows ``data:`` in the lines of a 200, as they come."""
    host = urlsplit(url).netloc
    connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
    connection.request(method, address, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        sys.exit(f"{address}: {response.status} {response.read().decode()}")
    try:
        yield (line[6:] for line in response if line.startswith(b"data: "))
    finally:
        response.close()
        connection.close()


#: What is asked for when times are taken: an answer of a few tokens.
QUICK = {"on": True}

#: At any other temperature a model may begin with a few blanks, which it keeps for
#: itself, and the first text comes some tokens late: in half of a pair.
COLD = {"Temperature": 0}


def print_first_tokens(service: str, url: str, options: argparse.Namespace) -> None:
    """Take times in turns and print their medians."""
    pairs = options.pairs
    ours: list[float] = []
    direct: list[float] = []
    question = Question(options.prompt)
    for number in range(pairs + 1):
        turns = [
            lambda: ours.append(through_us(service)),
            lambda: direct.append(directly(url, question)),
        ]
        for take in turns if number % 2 else reversed(turns):
            wait_until_idle(url)
            take()
    # The first pair finds nothing in the model's cache of prompts.
    differences = [a - b for a, b in zip(ours[1:], direct[1:])]
    first, median, third = statistics.quantiles(differences, n=4)
    print(f"\ntime to the first token, medians of {pairs} pairs, in ms")
    print(f"through us           {statistics.median(ours[1:]):9.1f}")
    print(f"directly             {statistics.median(direct[1:]):9.1f}")
    print(f"difference in a pair {median:9.1f}   (quartiles {first:.1f}, {third:.1f})")


def wait_until_idle(url: str) -> None:
    """Return when the model's server works on no answer: we hang up at its end."""
    while True:
        with urllib.request.urlopen(f"{url}/slots", timeout=PATIENCE_S) as response:
            if not any(slot["is_processing"] for slot in json.load(response)):
                return
        time.sleep(0.02)


def through_us(service: str) -> float:
    """Milliseconds to the first token of a regular stream, which is read to its end."""
    query = urlencode({"sseMode": "LlmTokens", "shape": json.dumps(QUICK)})
    return first_token_ms(service, "GET", f"/api/mock/stream/readings?{query}")


def directly(url: str, question: Question) -> float:
    """Milliseconds to the first text of the same from the model's own server."""
    body = json.dumps(question.body()).encode()
    return first_token_ms(url, "POST", "/v1/chat/completions", body)


def first_token_ms(
    url: str, method: str, address: str, body: bytes | None = None
) -> float:
    """Milliseconds from connecting to the first text of an answer."""
    found = None
    began = time.perf_counter()
    with answer(url, method, address, body) as lines:
        for line in lines:
            if found is None and has_text(line):
                found = time.perf_counter() - began
    if found is None:
        sys.exit(f"{address}: no token came")
    return found * 1000


def has_text(line: bytes) -> bool:
    """Whether an event of ours or of the model's server has a token in it."""
    if not line.startswith(b"{"):
        return False
    event = json.loads(line)
    deltas = [choice["delta"] for choice in event.get("choices", ())]
    return bool(event.get("chunk") or any(each.get("content") for each in deltas))


class Question:
    """The body that we send to a model for ``QUICK``, made by our own code."""

    def __init__(self, prompt: str | None) -> None:
        """Let our backends ask somebody who only listens."""
        self.usage = Usage()
        self.asked: ChatRequest | None = None
        local = BackendSettings(name="local", provider=Provider.LLAMACPP)
        self._settings = Settings(
            llm_backends=(local,),
            custom_streaming_prompt_template=prompt,
            temperature=COLD["Temperature"],
        )
        self._backends = build_backends(
            self._settings,
            embedded=EmbeddedBackend,
            clock=time.monotonic,
            rng=random.Random(),
            make_chat=lambda backend, settings: self,
        )

    def body(self) -> Json:
        """A new one, with the time and a seed of its own."""
        settings = self._settings
        request = parse_request(
            method="GET",
            path="readings",
            query=urlencode({"shape": json.dumps(QUICK)}).encode(),
            headers={},
            body=b"",
            settings=settings,
            limits=Limits(1, 10_000, 10, 1 << 20, ("local",)),
        )
        self.asked = None
        source = self._backends.open(request)
        with suppress(BackendFailed):
            list(source.make(PIECES, 0, time.time_ns() // 1_000_000))
        assert self.asked is not None
        defaults = Defaults("default", settings.max_tokens, settings.temperature)
        return request_body(PROVIDERS[Provider.LLAMACPP], defaults, self.asked)

    def stream(self, request: ChatRequest) -> Generator[str, None, bool]:
        """Answer nothing."""
        self.asked = self.asked or request
        yield from ()
        return False

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def local_model() -> Iterator[str]:
    """The address of scripts/local-llm, which installs what it needs."""
    subprocess.run([ROOT / "scripts" / "local-llm", "--install-only"], check=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running("local-llm", {"PORT": str(port)}, f"{url}/health"):
        yield url


@contextmanager
def our_service(model: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """The address of the service as it is shipped, with one backend."""
    backend = {"Name": "local", "Provider": "llamacpp", "BaseUrl": model}
    backend["TimeoutSeconds"] = PATIENCE_S
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        section = {"LlmBackends": [backend], **settings}
        json.dump({"MockLlmApi": section}, config)
        config.flush()
        env = {"PORT": str(port), "CONFIG": config.name}
        with running("serve", env, f"{url}/readyz"):
            yield url


@contextmanager
def running(script: str, env: Mapping[str, str], health: str) -> Iterator[None]:
    """One of the scripts, from when it is healthy."""
    process = subprocess.Popen(
        [ROOT / "scripts" / script],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not is_healthy(health):
            if process.poll() is not None:
                sys.exit(f"scripts/{script} ended with status {process.returncode}")
            time.sleep(0.2)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def is_healthy(address: str) -> bool:
    """Whether a server there is ready."""
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
