#!/usr/bin/env python3
"""Serves AsyncAPI's own examples, and validates every event.

    scripts/bench channels [--in FOLDER] [--events N]

Two versions of an npm package have them, in AsyncAPI 2 and in AsyncAPI 3. Each channel
is read for some events of generated data. Each event is held against the payloads of
the messages of its name in the original file, by a validator that the generator does
not use (openapi-schema-validator).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from descriptions import Original, fetched, token
from flask.testing import FlaskClient

from app import create_app
from app.settings import load_settings
from app.sse.parser import SseParser

#: The packages, and the folder in them that has the examples.
PACKAGES = ("@asyncapi/cli@0.58.10", "@asyncapi/cli@4.1.1")
EXAMPLES = "package/assets/examples"
#: Before every path, so that no channel has one of the service's own.
BASE = "/example"


@dataclass
class Outcome:
    """What became of one description."""

    name: str
    format: str = ""
    load_s: float = 0.0
    served: int = 0
    unserved: list[str] = field(default_factory=list)
    events: int = 0
    faults: list[str] = field(default_factory=list)


def payloads(value: Any, pointer: str = "") -> Iterator[tuple[str | None, str]]:
    """The name of each message in a document, and the place of its payload."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from payloads(each, f"{pointer}/{index}")
    if not isinstance(value, dict):
        return
    if "payload" in value:
        inner = value["payload"]
        is_told = isinstance(inner, dict) and "schemaFormat" in inner
        yield value.get("name"), f"{pointer}/payload{'/schema' if is_told else ''}"
    for name, each in value.items():
        if name != "examples":
            yield from payloads(each, f"{pointer}/{token(name)}")


def measure(path: Path, most: int) -> Outcome:
    """Serve a description, and read its channels."""
    outcome = Outcome(path.name)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        spec = {"Name": "example", "File": str(path), "BasePath": BASE}
        settings = {"ContinuousStreamingIntervalMs": 1, "Specs": [spec]}
        config.write_text(json.dumps({"MockLlmApi": settings}))
        began = time.perf_counter()
        client = create_app(load_settings(config, {})).test_client()
        outcome.load_s = time.perf_counter() - began
    shown = client.get("/api/manage/specs/example").get_json()
    outcome.format = shown["format"]
    outcome.served = shown["served"]
    outcome.unserved = [
        f"{each['operation']}: {each['reason']}" for each in shown["unservedOperations"]
    ]
    original = Original(path, is_old=False)
    messages = [*payloads(original.root)]
    for operation in shown["operations"]:
        for name, data in read(client, operation, most):
            outcome.events += 1
            outcome.faults += faults_of(original, messages, name, data)
    return outcome


def read(
    client: FlaskClient, operation: Any, most: int
) -> Iterator[tuple[str | None, str]]:
    """Name and data of the first events of a channel."""
    url = operation["path"].replace("{", "").replace("}", "")
    method = operation["methods"][0]
    headers = {"Prefer": "dynamic=true"}
    response = client.open(url, method=method, headers=headers, buffered=False)
    if response.status_code != 200:
        raise SystemExit(f"{url}: {response.status_code} {response.text}")
    parser = SseParser()
    for piece in response.iter_encoded():
        for event in parser.feed(piece):
            if event.data is not None and event.fields is not None:
                yield event.fields.name.decode() or None, event.data.decode()
                most -= 1
        if most <= 0:
            break
    response.close()


def faults_of(
    original: Original,
    messages: list[tuple[str | None, str]],
    name: str | None,
    data: str,
) -> list[str]:
    """Why an event fits none of the messages of its name; empty where it fits one."""
    value = json.loads(data)
    faults: list[str] = []
    for each, pointer in messages:
        if each == name:
            found = [*original.faults(pointer, value)]
            if not found:
                return []
            faults += found
    return [f"{name}: {faults[0] if faults else 'there is no such message'}"]


def main() -> None:
    """Print a row for each description, what is not served, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--in", dest="folder", type=Path, help="where packages are")
    parser.add_argument("--events", type=int, default=40, help="of each channel")
    chosen = parser.parse_args()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = (chosen.folder or Path(temporary)).resolve()
        print(f"{'description':62} {'format':15} served  not  events  faults  load")
        for package in PACKAGES:
            examples = fetched("npm", package, folder) / EXAMPLES
            for path in sorted(examples.glob("*.y*ml")):
                outcomes.append(measure(path, chosen.events))
                print(row(outcomes[-1]), flush=True)
    print()
    for reason in sorted({each for outcome in outcomes for each in outcome.unserved}):
        print(f"not served: {reason}")
    for fault in sorted({each for outcome in outcomes for each in outcome.faults}):
        print(f"fault: {fault}")
    total = Outcome("all of them")
    for each in outcomes:
        total.served += each.served
        total.unserved += each.unserved
        total.events += each.events
        total.faults += each.faults
        total.load_s = max(total.load_s, each.load_s)
    print(row(total))


def row(each: Outcome) -> str:
    """One description as a line."""
    return (
        f"{each.name[-62:]:62} {each.format:15} {each.served:6} {len(each.unserved):4}"
        f" {each.events:7} {len(each.faults):7}  {each.load_s:.2f} s"
    )


if __name__ == "__main__":
    main()
