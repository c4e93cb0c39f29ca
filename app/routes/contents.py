"""From the data of a route as it is written to data that can be sent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..settings.free import Presence
from ..settings.place import Place
from ..words import Json, Shape
from .placeholders import UnknownPlace, compile_data, read_text
from .route import ExactData, Generated, write_data
from .template import Template


@dataclass(frozen=True, slots=True)
class Compilation:
    """What compiling needs from the service.

    ``shape_of`` makes the shape of a JSON value and ``schema_of`` that of a JSON
    Schema; both raise ``ValueError`` with the reason. ``read_shape_file`` reads a
    file named in a configuration, and is None where a route names none: it came
    over HTTP. ``locale_of`` finds a locale by its name, or None. ``jitter_ms``,
    ``interval_ms`` and ``max_duration_s`` are the defaults of streams.
    """

    shape_of: Callable[[Json], Shape]
    schema_of: Callable[[Json], Shape]
    read_shape_file: Callable[[str, Place], Json] | None
    locale_of: Callable[[str], str | None]
    locale: str
    backends: Collection[str]
    max_items: int
    interval_ms: int
    jitter_ms: int
    max_duration_s: int


def generated(
    shape: Presence[Json] | None,
    schema: Presence[Json] | None,
    place: Place,
    compilation: Compilation,
) -> Generated:
    """What a backend makes by the shape or schema at ``place``; the path without."""
    if shape is not None:
        return Generated(
            shape_at(compilation.shape_of, shape.value, place.key("Shape"))
        )
    if schema is not None:
        return Generated(
            shape_at(compilation.schema_of, schema.value, place.key("Schema"))
        )
    return Generated(None)


def shape_at(make: Callable[[Json], Shape], value: Json, place: Place) -> Shape:
    """The shape that ``make`` makes of ``value``. Raises ``SettingsError``."""
    try:
        return make(value)
    except ValueError as error:
        raise place.error(f"is no usable shape: {error}") from None


def exact(
    value: Json,
    place: Place,
    template: Template,
    roots: Collection[str] | None = None,
) -> ExactData:
    """Exact data; ``roots`` limits the roots of its places where it is given."""
    is_text = isinstance(value, str)
    try:
        fill = compile_data(value)
    except UnknownPlace as error:
        raise place.error(str(error)) from None
    _check_places(value, place, template, roots)
    if fill is None:
        return ExactData(is_text, write_data(value, is_text=is_text), None)
    return ExactData(is_text, None, fill)


def _check_places(
    value: Json, place: Place, template: Template, roots: Collection[str] | None
) -> None:
    """Refuse places that can never have a value."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            _check_places(inner, place.item(index), template, roots)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_places(inner, place.key(name), template, roots)
    elif isinstance(value, str):
        text = read_text(value)
        for names in () if isinstance(text, str) else text.pieces:
            if isinstance(names, str):
                continue
            if roots is not None and names[0] not in roots:
                raise place.error(
                    f"has the place {'.'.join(names)}; accepted here:"
                    f" {', '.join(roots)}"
                )
            if names[0] == "path" and names[1:] not in [(n,) for n in template.names]:
                accepted = ", ".join(template.names) or "none, the path has none"
                raise place.error(
                    f"has the place {'.'.join(names)}; parameters of the path:"
                    f" {accepted}"
                )
