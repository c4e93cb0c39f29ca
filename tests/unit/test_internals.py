"""The private parts of other packages that are used are listed, and are there."""

from __future__ import annotations

import ast
import configparser
import pkgutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from app.serving.internals import INTERNALS

ROOT = Path(__file__).parents[2]
PACKAGES = ("gevent", "greenlet", "gunicorn", "prometheus_client", "redis")
#: Documented, although they begin with an underscore.
DOCUMENTED = {"_asdict", "_replace", "_fields", "_exit"}


@pytest.mark.parametrize("name", INTERNALS)
def test_every_internal_is_there_in_the_installed_version(name: str) -> None:
    assert pkgutil.resolve_name(name) is not None


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in ROOT.glob("app/**/*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        if any(package in PACKAGES for package in imported(tree)):
            yield path, tree


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def private_names(tree: ast.Module) -> Iterator[str]:
    """Private attributes of objects that are not the module's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for part in (*(node.module or "").split("."), *aliases(node)):
                if is_private(part):
                    yield part


def aliases(node: ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_no_private_name_is_used_that_is_not_listed() -> None:
    listed = {name.rpartition(".")[2] for name in INTERNALS}
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in modules()
        for name in private_names(tree)
        if name not in listed | DOCUMENTED
    }
    assert found == set()


@pytest.mark.parametrize("package", ["gevent", "gunicorn", "prometheus-client"])
def test_setup_bounds_what_is_used_from_inside_and_the_installed_one_fits(
    package: str,
) -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    lines = parser["options"]["install_requires"].splitlines()
    wanted = [Requirement(line) for line in lines if line and line[0] != "#"]
    (requirement,) = [each for each in wanted if each.name == package]
    assert any(each.operator == "<" for each in requirement.specifier)
    assert requirement.specifier.contains(version(package))
