"""Files of routes beside the configuration: ``RouteFiles``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import SettingsError
from .files import read_document
from .free import KeepingPlace, Placed
from .place import Place, one_line
from .routes import RouteDeclaration
from .sections import ListOf, Section

_KEY = "Routes"
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
            found += _read(file)
    return tuple(found)


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


def _read(file: Path) -> tuple[Placed[RouteDeclaration], ...]:
    root = read_document(file).root
    if isinstance(root, Mapping):
        ours = [key for key in root if str(key).casefold() == _KEY.casefold()]
        others = [str(key) for key in root if key not in ours]
        if others or len(ours) != 1:
            raise SettingsError(
                one_line(
                    f"{file}: holds {', '.join(map(str, root)) or 'nothing'};"
                    f" accepted: a list of routes, or the key {_KEY} with one"
                )
            )
        root = root[ours[0]]
    place = Place(str(file), _KEY)
    return _ROUTES.build(_ROUTES.from_file(root, place))
