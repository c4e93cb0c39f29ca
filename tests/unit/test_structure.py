"""The shape of the code: small modules, small folders, one name for one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
MODULES = [path for path in APP.rglob("*.py") if path.name != "__init__.py"]

MAX_MODULES = 15
MIN_LINES, MAX_LINES = 30, 400

#: Folders that hold more, and why.
FULL: Mapping[str, str] = {}

#: Modules that are shorter, and why.
SHORT: Mapping[str, str] = {
    "start/wsgi.py": "what servers import, and nothing else",
    "version.py": "one place for the version",
    "web/probes/metrics.py": "a blueprint a file",
}

#: Modules that are longer, and why.
LONG: Mapping[str, str] = {
    "settings/model.py": "one declaration for each setting",
}

#: Names of modules in several rooms, and why they are the same part of each.
SHARED: Mapping[str, str] = {
    "backend": "a room's implementation of the port Backend",
    "catalogue": "everything of a kind that the room knows",
    "errors": "the tree, and its mapping to responses",
    "exchange": "the port, and its adapter",
    "journal": "the room's part of the journal",
    "recordings": "the room's part of recordings",
    "routes": "the room's part of routes",
    "source": "a Source of the room",
    "store": "what the room keeps by name",
    "hub_contexts": "the feeds, and their management",
    "metrics": "the metrics, and the page that shows them",
}


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def name(path: Path) -> str:
    return path.relative_to(APP).as_posix()


def test_no_folder_holds_too_many_modules() -> None:
    count: dict[str, int] = defaultdict(int)
    for path in MODULES:
        count[name(path.parent)] += 1
    assert {each for each in count if count[each] > MAX_MODULES} == set(FULL)


def test_a_module_is_long_enough_to_be_one() -> None:
    assert {name(each) for each in MODULES if lines(each) < MIN_LINES} == set(SHORT)


def test_a_module_is_short_enough_to_be_read() -> None:
    assert {name(each) for each in MODULES if lines(each) > MAX_LINES} == set(LONG)


def test_a_module_has_its_name_for_itself() -> None:
    rooms: dict[str, int] = defaultdict(int)
    for path in MODULES:
        rooms[path.stem] += 1
    assert {each for each in rooms if rooms[each] > 1} == set(SHARED)


def test_an_install_brings_every_package() -> None:
    parser = ConfigParser()
    parser.read(APP.parent / "setup.cfg", "utf-8")
    folders = [path.parent.relative_to(APP) for path in APP.rglob("__init__.py")]
    names = [".".join(("llmock_api", *folder.parts)) for folder in folders]
    assert parser["options"]["packages"].split() == sorted(names)
