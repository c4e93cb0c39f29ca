"""From a file and the environment to one checked, frozen value."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from ..errors import SettingsError
from .environment import variables_of
from .files import Document, read_document
from .free import KeepingPlace, Placed
from .model import Provider, Settings
from .place import Branch, Place, Tree, one_line, overlaid
from .routes import RouteDeclaration, SpecDeclaration
from .sections import ListOf, Section

#: The environment variable with files of descriptions, as PATH has directories.
SPECS_VARIABLE = "LLMOCK_SPECS"

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
    if environ.get(SPECS_VARIABLE):
        named_specs = specs_of(environ[SPECS_VARIABLE])
        settings = replace(settings, specs=(*settings.specs, *named_specs))
    if settings.redis is not None and find_spec("redis") is None:
        raise SettingsError(
            f"{SECTION}.Redis is set, but the package redis is not installed; "
            "python -m pip install 'llmock-api[redis]' brings it"
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


def specs_of(text: str) -> Sequence[Placed[SpecDeclaration]]:
    """The descriptions whose files a command line named."""
    place = Place("--spec", "")
    return [
        Placed(SpecDeclaration(file=file), place)
        for file in text.split(os.pathsep)
        if file
    ]


# -- RouteFiles ---------------------------------------------------------------

#: The key of a file of routes, and what stands below it.
_ROUTES_KEY = "Routes"
_ROUTES = ListOf(KeepingPlace(Section(RouteDeclaration)), of="routes")
_WILD = frozenset("*?[")


def read_route_files(
    patterns: Sequence[str], config: Path | None
) -> tuple[Placed[RouteDeclaration], ...]:
    """The routes of all files that ``patterns`` name, in the order of names.

    Patterns are relative to the file ``config``. A file holds a list of routes,
    or a mapping with the key ``Routes``. Raises ``SettingsError``.
    """
    base = Path() if config is None else config.parent
    source = "settings" if config is None else str(config)
    found: list[Placed[RouteDeclaration]] = []
    for pattern in patterns:
        for file in _files(base, pattern, source):
            found += _read_routes(file)
    return tuple(found)


def unmatched_route_files(
    patterns: Sequence[str], config: Path | None
) -> Iterator[str]:
    """A line for each of the ``patterns`` that no file fits."""
    base = Path() if config is None else config.parent
    source = "settings" if config is None else str(config)
    for pattern in patterns:
        if not any(_files(base, pattern, source)):
            yield one_line(
                f"{source}: {SECTION}.RouteFiles has {pattern}, which no file fits"
            )


def _files(base: Path, pattern: str, source: str) -> Iterator[Path]:
    if not _WILD.intersection(pattern):
        yield base / pattern
        return
    root = Path(pattern)
    if root.is_absolute():
        base, pattern = Path(root.anchor), str(root.relative_to(root.anchor))
    try:
        yield from sorted(base.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        raise SettingsError(
            one_line(f"{source}: RouteFiles has the pattern {pattern}: {error}")
        ) from None


def _read_routes(file: Path) -> tuple[Placed[RouteDeclaration], ...]:
    root = read_document(file).root
    if isinstance(root, Mapping):
        ours = [key for key in root if str(key).casefold() == _ROUTES_KEY.casefold()]
        others = [str(key) for key in root if key not in ours]
        if others or len(ours) != 1:
            raise SettingsError(
                one_line(
                    f"{file}: holds {', '.join(map(str, root)) or 'nothing'};"
                    f" accepted: a list of routes, or the key {_ROUTES_KEY} with one"
                )
            )
        root = root[ours[0]]
    place = Place(str(file), _ROUTES_KEY)
    return _ROUTES.build(_ROUTES.from_file(root, place))
