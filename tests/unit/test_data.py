"""The files of ``app/data``: what their schemas say, and what no schema can."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DATA = Path(__file__).parents[2] / "app" / "data"
SCHEMAS = {file.name: file for file in (DATA / "schemas").glob("*.json")}
FILES = [file for file in sorted(DATA.glob("*/*.json")) if file not in SCHEMAS.values()]


def read(file: Path) -> Any:
    return orjson.loads(file.read_bytes())


def name_of(file: Path) -> str:
    return str(file.relative_to(DATA))


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_fits_the_schema_that_it_names(file: Path) -> None:
    content = read(file)
    schema = (file.parent / content["$schema"]).resolve()
    assert schema in SCHEMAS.values()
    registry = Registry().with_resources(
        (name, Resource.from_contents(read(path))) for name, path in SCHEMAS.items()
    )
    validator = Draft202012Validator(read(schema), registry=registry)
    errors = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(content)]
    assert errors == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one_and_is_used(name: str) -> None:
    Draft202012Validator.check_schema(read(SCHEMAS[name]))
    users = [file for file in FILES if read(file)["$schema"].endswith("/" + name)]
    assert users


def test_a_phrase_has_one_role_as_a_number_and_one_as_a_text() -> None:
    for table in ("numbers", "texts"):
        roles = read(DATA / "roles" / f"{table}.json")["roles"]
        rows = roles.values() if isinstance(roles, dict) else roles
        phrases = Counter(name for row in rows for name in row["names"])
        assert [name for name, count in phrases.items() if count > 1] == []


def test_a_phrase_means_one_kind_of_time() -> None:
    kinds = read(DATA / "roles" / "moments.json")["moments"].values()
    phrases = Counter(name for names in kinds for name in names)
    assert [name for name, count in phrases.items() if count > 1] == []


def test_what_refers_to_things_names_a_table_and_its_columns() -> None:
    nouns = [
        noun
        for file in (DATA / "nouns").glob("*.json")
        for noun in read(file)["nouns"].values()
    ]
    for known in (noun["known"] for noun in nouns if "known" in noun):
        rows = read(DATA / "things" / f"{known['table']}.json")["rows"]
        columns = set(known["members"].values()) - {"key"}
        assert all(columns <= row.keys() for row in rows.values())


def test_a_noun_in_a_new_file_is_known_without_any_python(tmp_path: Path) -> None:
    copy = shutil.copytree(DATA.parent, tmp_path / "app")
    example = {"ferryId": "F-1", "name": "Star", "knots": 14.2, "crew": 9, "full": True}
    noun = {"aliases": ["ferry-line"], "idField": "ferryId", "example": example}
    (copy / "data" / "nouns" / "ships.json").write_bytes(
        orjson.dumps({"nouns": {"ferries": noun}})
    )
    program = (
        "from app.resources.archetype import archetype\n"
        "found = archetype('ferry-lines/F-7')\n"
        "print(found.noun, found.example['ferryId'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == ["ferries", "F-7"], done.stderr
