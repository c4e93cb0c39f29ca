"""What an install brings, and with which versions."""

from __future__ import annotations

import configparser
import importlib.metadata
import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.system.server import ROOT


def declared(*extras: str) -> list[Requirement]:
    """What setup.cfg asks for with these extras."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    lists = [config["options"]["install_requires"]]
    lists += [config["options.extras_require"][extra] for extra in extras]
    lines = "\n".join(lists).splitlines()
    return [Requirement(line) for line in lines if line and line[0] != "#"]


def needed() -> dict[str, str]:
    """Every package that an install for the tests brings, and its version here."""
    found: dict[str, str] = {}
    open_ones = declared("test")
    while open_ones:
        requirement = open_ones.pop()
        name = canonicalize_name(requirement.name)
        distribution = importlib.metadata.distribution(name)
        if name not in found or requirement.extras:
            found[name] = distribution.version
            for text in distribution.requires or []:
                inner = Requirement(text)
                extras = {"", *requirement.extras}
                if not inner.marker or any(
                    inner.marker.evaluate({"extra": extra}) for extra in extras
                ):
                    open_ones.append(inner)
    return found


def pinned() -> dict[str, str]:
    """What the constraints say for this Python."""
    lines = (ROOT / "scripts" / "constraints.txt").read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            if not requirement.marker or requirement.marker.evaluate():
                (version,) = requirement.specifier
                assert version.operator == "=="
                found[canonicalize_name(requirement.name)] = version.version
    return found


def test_every_package_that_an_install_brings_is_pinned_to_what_is_tested() -> None:
    versions = pinned()
    assert {name: versions.get(name) for name in needed()} == needed()


def test_every_dependency_says_what_it_is_for_and_its_licence() -> None:
    text = (ROOT / "setup.cfg").read_text("utf-8")
    licence = re.compile(r"    # .+ \([^()]*(MIT|BSD|Apache|MPL)[^()]*\)$")
    uncommented = []
    commented = False
    for line in text[
        text.index("install_requires") : text.index("\n# The rooms")
    ].splitlines():
        if licence.match(line):
            commented = True
        elif not line.startswith("    "):
            commented = False
        elif not commented:
            uncommented.append(line.strip())
    assert uncommented == []
