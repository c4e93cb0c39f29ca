"""From a file and the environment to one checked, frozen value."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from ..errors import SettingsError
from .environment import variables_of
from .files import Document, read_document
from .model import Provider, Settings
from .place import Branch, Place, Tree, one_line, overlaid
from .route_files import read_route_files
from .sections import Section

#: The one section of a configuration file.
SECTION = "MockLlmApi"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings from ``path`` (YAML, or JSON with comments) and ``environ``.

    The environment overrides the file and the file overrides the defaults,
    key by key (contract, section 7). With ``path`` None there is no file.
    Raises ``SettingsError``: one line that names the file or the variable, the
    key, the value unless it is secret, and what would be accepted.
    """
    root = Section(Settings)
    tree: Tree = Branch(Place("defaults", SECTION), {})
    if path is not None:
        value = _section_of(read_document(path), path)
        tree = overlaid(tree, root.from_file(value, Place(str(path), SECTION)))
    variables = variables_of(SECTION, environ)
    if variables:
        tree = overlaid(tree, root.from_environment(variables, SECTION))
    settings = root.build(tree)
    if settings.route_files:
        named = read_route_files(settings.route_files, path)
        settings = replace(settings, routes=(*settings.routes, *named))
    if settings.redis is not None and find_spec("redis") is None:
        raise SettingsError(
            f"{SECTION}.Redis is set, but the package redis is not installed; "
            "python -m pip install '.[redis]' brings it"
        )
    for index, backend in enumerate(settings.llm_backends):
        # The other providers have a default model.
        if backend.provider is Provider.OPENAI and not backend.model_name:
            raise _place_of_backend(tree, index).error(
                "is missing; accepted: the name of a model that openai serves"
            )
    return settings


def _place_of_backend(tree: Tree, index: int) -> Place:
    """Where the ``ModelName`` of a backend belongs that lacks it."""
    assert isinstance(tree, Branch)
    backends = tree.children["LlmBackends"]
    assert isinstance(backends, Branch)
    return backends.children[index].place.key("ModelName")


def _section_of(document: Document, path: Path) -> object:
    """The section's value, or None for an empty file.

    Other sections of a JSON file belong to other programs (``Logging``,
    ``AllowedHosts``). A YAML file is ours alone, so there they are mistakes.
    """
    root = document.root
    if root is None or root == {}:
        return None
    if not isinstance(root, Mapping):
        raise _error(path, f"holds no mapping; accepted: a section {SECTION}")
    ours = [key for key in root if str(key).casefold() == SECTION.casefold()]
    others = [key for key in root if key not in ours]
    if len(ours) > 1:
        raise _error(path, f"has the section {SECTION} twice: {' and '.join(ours)}")
    if others and not (ours and document.is_json):
        raise _error(path, _about_other_root_keys(others))
    return root[ours[0]]


def _about_other_root_keys(others: list[str]) -> str:
    belongs = [key for key in others if Section(Settings).find(key)]
    if belongs:
        return f"{belongs[0]} belongs inside the section {SECTION}"
    near = {key.casefold(): key for key in others}
    match = difflib.get_close_matches(SECTION.casefold(), near, n=1)
    if match:
        return f"{near[match[0]]} is not a known section; did you mean {SECTION}?"
    return f"{others[0]} is not a known section; accepted: {SECTION}"


def _error(path: Path, problem: str) -> SettingsError:
    return SettingsError(one_line(f"{path}: {problem}"))
