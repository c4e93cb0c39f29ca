"""Puts the book of routes together, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import BadRequest, PayloadTooLarge
from ..ports import Clock
from ..request.inputs import Inputs
from ..request.options import LOCALE, read_shape
from ..request.parsers import Limits
from ..routes.compiling import compile_route
from ..routes.contents import Compilation
from ..routes.route import Origin, Route
from ..schema.refusal import Impossible
from ..schema.validation import schema_validator
from ..settings import Settings
from ..settings.files import read_document
from ..settings.place import Place
from ..words import Json, Shape
from .book import RouteBook, RouteLimits
from .store import RouteStore


def build_book(
    settings: Settings, limits: Limits, store: RouteStore, clock: Clock
) -> RouteBook:
    """The routes of the settings, and those of ``store``.

    Raises ``SettingsError`` for a route that cannot be used.
    """
    return RouteBook(
        configured_routes(settings, limits),
        store,
        compilation=_compilation(settings, limits, None),
        limits=RouteLimits(settings.max_routes, settings.max_route_bytes),
        now_ms=clock.now_ms,
    )


def check_routes(settings: Settings) -> None:
    """Raise ``SettingsError`` for a route of the settings that cannot be used."""
    backends = [backend.name for backend in settings.effective_backends()]
    configured_routes(settings, limits_of(settings, backends))


def limits_of(settings: Settings, backends: Sequence[str]) -> Limits:
    """The limits of what a request may ask for; ``backends`` are the names."""
    return Limits(
        max_items=settings.max_items,
        max_shape_bytes=settings.max_shape_bytes,
        max_shape_depth=settings.max_shape_depth,
        backends=tuple(backends),
    )


def configured_routes(settings: Settings, limits: Limits) -> list[Route]:
    """The routes of the settings, compiled. Raises ``SettingsError``."""
    compilation = _compilation(settings, limits, _read_shape_file)
    routes: dict[str, Route] = {}
    # Names that are written come first: a name made from a path avoids them.
    given = {
        placed.value.name for placed in settings.routes if placed.value.name is not None
    }
    for placed in settings.routes:
        taken = {*routes, *given}
        route = compile_route(
            placed.value, placed.place, Origin.CONFIGURATION, taken, compilation
        )
        if route.name in routes:
            raise placed.place.key("Name").error(
                f'is "{route.name}"; accepted: a name that no other route has'
            )
        if len(routes) >= settings.max_routes:
            raise placed.place.error(
                f"is one too many; accepted: MaxRoutes, which is {settings.max_routes}"
            )
        routes[route.name] = route
    return list(routes.values())


def _compilation(
    settings: Settings,
    limits: Limits,
    read_shape_file: Callable[[str, Place], Json] | None,
) -> Compilation:
    def shape_of(value: Json) -> Shape:
        shape = _checked({"shape": value}, limits)
        if shape is None:
            raise ValueError("it has control keys only, which a route does not read")
        return shape

    def schema_of(value: Json) -> Shape:
        if not isinstance(value, (dict, bool)):
            raise ValueError("a JSON Schema is an object, true or false")
        shape = _checked({"shape": value}, limits)
        if shape is None or shape.is_example:
            # It does not look like a schema, but is said to be one.
            try:
                schema_validator(value)
            except Impossible as error:
                raise ValueError(str(error)) from None
            shape = Shape(given=value, schema=value, is_example=False)
        return shape

    def locale_of(name: str) -> str | None:
        try:
            return LOCALE.read(Inputs(query={"locale": name}, headers={}), limits)
        except BadRequest:
            return None

    return Compilation(
        shape_of=shape_of,
        schema_of=schema_of,
        read_shape_file=read_shape_file,
        locale_of=locale_of,
        locale=settings.locale,
        backends=limits.backends,
        max_items=limits.max_items,
        interval_ms=settings.continuous_streaming_interval_ms,
        jitter_ms=settings.continuous_streaming_jitter_ms,
        max_duration_s=settings.continuous_streaming_max_duration_seconds,
    )


def _checked(body: Json, limits: Limits) -> Shape | None:
    try:
        return read_shape(Inputs(query={}, headers={}, body=body), limits)[0]
    except (BadRequest, PayloadTooLarge) as error:
        raise ValueError(error.detail.removesuffix(".")) from None


def _read_shape_file(name: str, place: Place) -> Json:
    """The JSON or YAML of a file beside the one that names it."""
    return read_document(Path(place.source).parent / name).root
