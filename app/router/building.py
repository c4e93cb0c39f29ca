"""Puts the book of routes together, as the settings say."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..describer import sampler
from ..errors import BadRequest, PayloadTooLarge
from ..generation.plan import Subject, compile_plan
from ..ports import Clock
from ..recordings.recording import BadRecording, Recording, read_recording
from ..request.inputs import Inputs
from ..request.options import LOCALE
from ..request.parsers import Limits
from ..request.readers import read_shape
from ..routes.compiling import compile_route
from ..routes.contents import Compilation
from ..routes.route import Origin, Route
from ..schema.budget import Budget
from ..schema.jsontext import dumps
from ..schema.refusal import Refusal
from ..schema.shapes import schema_shape
from ..schema.validation import schema_validator
from ..settings import Provider, Settings
from ..settings.files import read_document
from ..settings.place import Place
from ..words import Json, Shape
from .book import RouteBook, RouteLimits
from .descriptions import Descriptions, digest_of
from .recordings import LocalRecordingStore, RecordingStore, let_others_run
from .store import DeclarationStore


def build_book(
    settings: Settings,
    limits: Limits,
    store: DeclarationStore,
    recordings: RecordingStore,
    clock: Clock,
    on_forget: Callable[[str], None],
) -> RouteBook:
    """The routes of the settings, and those of ``store``, which replay ``recordings``.

    ``on_forget`` is told the name of a route that is gone or has been replaced.

    Raises ``SettingsError`` for a route that cannot be used.
    """
    return RouteBook(
        configured_routes(settings, limits),
        store,
        compilation=_compilation(settings, limits, recordings, reads_files=False),
        limits=RouteLimits(settings.max_routes, settings.max_route_bytes),
        now_ms=clock.now_ms,
        on_forget=on_forget,
    )


def check_routes(settings: Settings) -> None:
    """Raise ``SettingsError`` for a route of the settings that cannot be used."""
    backends = [backend.name for backend in settings.effective_backends()]
    configured_routes(settings, limits_of(settings, backends))


def check_specs(settings: Settings) -> None:
    """Raise ``SettingsError`` for a description that cannot be used."""
    for placed in settings.specs:
        digest_of(placed, settings.max_spec_bytes)


def build_descriptions(
    settings: Settings,
    limits: Limits,
    store: DeclarationStore,
    book: RouteBook,
    recordings: RecordingStore,
    clock: Clock,
    rng: random.Random,
) -> Descriptions:
    """The descriptions of the settings and of ``store``, their routes in ``book``.

    Raises ``SettingsError`` for one that cannot be used.
    """
    return Descriptions(
        settings.specs,
        book,
        store,
        settings=settings,
        compilation=_described_compilation(settings, limits, recordings),
        sample=sampler(limits.new_budget, rng),
        now_ms=clock.now_ms,
    )


def limits_of(
    settings: Settings,
    backends: Sequence[str],
    new_budget: Callable[[], Budget] = Budget,
) -> Limits:
    """The limits of what a request may ask for; ``backends`` are the names.

    ``new_budget`` gives what reading or trying out one shape may cost.
    """
    return Limits(
        max_items=settings.max_items,
        max_shape_bytes=settings.max_shape_bytes,
        max_shape_depth=settings.max_shape_depth,
        max_event_bytes=settings.max_event_bytes,
        backends=tuple(backends),
        new_budget=new_budget,
        embedded=tuple(
            backend.name
            for backend in settings.effective_backends()
            if backend.provider is Provider.EMBEDDED
        ),
    )


def configured_routes(settings: Settings, limits: Limits) -> list[Route]:
    """The routes of the settings, compiled. Raises ``SettingsError``."""
    # Nobody else waits for a turn before the server serves.
    budget = partial(Budget, most_size=settings.max_event_bytes)
    limits = replace(limits, new_budget=budget)
    # What is uploaded is not there yet when the configuration is read.
    none = LocalRecordingStore(lambda: 0)
    compilation = _compilation(settings, limits, none, reads_files=True)
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
    recordings: RecordingStore,
    *,
    reads_files: bool,
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
                schema_validator(value, budget=limits.new_budget())
            except Refusal as error:
                raise ValueError(str(error)) from None
            shape = Shape(given=value, schema=value, is_example=False)
        return shape

    # A language model may know what the generator does not.
    backends = settings.effective_backends()
    is_generated = any(each.provider is Provider.EMBEDDED for each in backends)

    def try_out(shape: Shape, count: int | None) -> None:
        is_small = len(dumps(shape.given)) < settings.max_event_bytes // 2
        if not is_generated or (shape.is_example and count is None and is_small):
            return  # what is like an example is about as long
        try:
            budget = limits.new_budget()
            plan = compile_plan(Subject("", shape.schema, count), budget)
            plan.start(0, budget=budget).value(0)
        except Refusal as error:
            raise ValueError(f"no value can be generated: {error.clause}") from None

    def locale_of(name: str) -> str | None:
        try:
            return LOCALE.read(Inputs(query={"locale": name}, headers={}), limits)
        except BadRequest:
            return None

    return Compilation(
        shape_of=shape_of,
        schema_of=schema_of,
        try_out=try_out,
        read_shape_file=_read_shape_file if reads_files else None,
        read_recording_file=(
            partial(_read_recording, settings) if reads_files else None
        ),
        recording_of=recordings.get,
        recording_names=lambda: [about.name for about in recordings.list()],
        # Nobody waits yet where files are read: the server does not serve.
        turn=(lambda: None) if reads_files else let_others_run,
        locale_of=locale_of,
        locale=settings.locale,
        addresses=settings.addresses,
        backends=limits.backends,
        embedded=limits.embedded,
        max_items=limits.max_items,
        interval_ms=settings.continuous_streaming_interval_ms,
        jitter_ms=settings.continuous_streaming_jitter_ms,
        max_duration_s=settings.continuous_streaming_max_duration_seconds,
        max_event_bytes=settings.max_event_bytes,
    )


def _checked(body: Json, limits: Limits) -> Shape | None:
    try:
        return read_shape(Inputs(query={}, headers={}, body=body), limits)[0]
    except (BadRequest, PayloadTooLarge) as error:
        raise ValueError(error.detail.removesuffix(".")) from None


def _described_compilation(
    settings: Settings, limits: Limits, recordings: RecordingStore
) -> Compilation:
    """The compilation of described routes, whose schemas have no limit of requests."""

    def schema_of(schema: Json) -> Shape:
        return schema_shape(schema, limits.new_budget())

    return replace(
        _compilation(settings, limits, recordings, reads_files=False),
        schema_of=schema_of,
        try_out=lambda shape, count: None,
    )


def _read_shape_file(name: str, place: Place) -> Json:
    """The JSON or YAML of a file beside the one that names it."""
    return read_document(Path(place.source).parent / name).root


def _read_recording(settings: Settings, name: str, place: Place) -> Recording:
    """The recording of a file beside the one that names it."""
    path = Path(place.source).parent / name
    most = settings.max_recording_bytes
    try:
        size = path.stat().st_size
        if size > most:
            raise place.error(
                f"is {path}, which has {size} bytes; accepted: up to {most}"
                " (MaxRecordingBytes)"
            )
        return read_recording(path.read_bytes())
    except OSError as error:
        raise place.error(
            f"is {path}, which cannot be read: {error.strerror}"
        ) from None
    except BadRecording as error:
        raise place.error(f"is {path}, which is no recording: {error}") from None
