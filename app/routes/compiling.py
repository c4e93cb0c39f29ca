"""From a route as it is written to one that can be served.

What a declaration's kinds cannot know is checked here: keys that exclude each
other, shapes, expressions, places. Every fault is a ``SettingsError`` with the
place of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import cast

from ..errors import SettingsError
from ..settings.free import Presence
from ..settings.place import Place, shown
from ..settings.routes import (
    ConditionDeclaration,
    Envelope,
    EventKindDeclaration,
    ExactEventDeclaration,
    Framing,
    Gaps,
    HeartbeatDeclaration,
    Ids,
    MatchDeclaration,
    RouteDeclaration,
    StepDeclaration,
    StreamDeclaration,
    Then,
    Variety,
)
from ..settings.sections import Section
from ..words import Json, Shape
from .conditions import BadPattern, Conditions, TextCondition, read_pattern
from .places import SINGLE_ROOTS, UnknownPlace, compile_data, read_text
from .reserved import is_service_path
from .route import (
    Content,
    EventKind,
    ExactData,
    ExactEvent,
    Generated,
    Heartbeat,
    Origin,
    Route,
    Script,
    StreamPlan,
    write_data,
)
from .template import BadTemplate, Template, read_template

DECLARED: Section[RouteDeclaration] = Section(RouteDeclaration)

_IN_CONTEXT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SLUG = re.compile(r"[^A-Za-z0-9._~-]+")
_MAX_SLUG_LENGTH = 90


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


def compile_route(
    declaration: RouteDeclaration,
    place: Place,
    origin: Origin,
    taken: Collection[str],
    compilation: Compilation,
) -> Route:
    """The route that ``declaration`` at ``place`` writes.

    ``taken`` are the names of other routes, which a name made from the path
    avoids. Raises ``SettingsError``.
    """
    template = _template(declaration.path, place.key("Path"))
    if origin is not Origin.RUN_TIME and declaration.expires_seconds is not None:
        raise place.key("ExpiresSeconds").error(
            "is given, but only a route that was made at run time expires"
        )
    stream = None
    content = _content(declaration, place, compilation, template)
    if declaration.stream is not None:
        if declaration.body is not None:
            raise place.key("Body").error(
                "is given beside Stream; accepted: one of them"
                " (an exact event of a stream is a Script step's Data)"
            )
        stream = _Streams(compilation, template).plan(
            declaration.stream, place.key("Stream"), content
        )
    return Route(
        name=declaration.name or _slug(declaration, taken),
        origin=origin,
        template=template,
        methods=frozenset(declaration.methods),
        conditions=_conditions(declaration.match, place.key("Match")),
        times=declaration.times,
        expires_s=declaration.expires_seconds,
        status=declaration.status,
        headers=declaration.headers,
        delay_ms=declaration.delay_ms,
        require_key=declaration.require_key,
        content=content,
        stream=stream,
        context=_context(declaration.context, template, place.key("Context")),
        backend=_backend(declaration.backend, place, compilation),
        blend=declaration.blend,
        seed=declaration.seed,
        locale=_locale(declaration.locale, place, compilation),
        count=_count(declaration.count, place, compilation),
        vary_all=declaration.variety is Variety.ALL,
        written=written(declaration),
    )


def written(declaration: RouteDeclaration) -> Mapping[str, Json]:
    """The declaration as a file would hold it, without what is left out."""
    return cast("dict[str, Json]", _pruned(DECLARED, declaration))


def _pruned(
    section: Section[object] | Section[RouteDeclaration], value: object
) -> Json:
    kept: dict[str, Json] = {}
    for each in section.settings:
        inner = getattr(value, each.name)
        if each.required or inner != each.default:
            kept[each.key] = _written(each.kind, inner)
    return kept


def _written(kind: object, value: object) -> Json:
    if isinstance(kind, Section):
        return _pruned(kind, value)
    items = getattr(kind, "kind", None)
    if isinstance(items, Section) and isinstance(value, tuple):
        return [_pruned(items, item) for item in value]
    return kind.written(value)  # type: ignore[attr-defined]


def _slug(declaration: RouteDeclaration, taken: Collection[str]) -> str:
    """``get-v1-prices-symbol-stream``, with ``-2`` where that is taken."""
    words = f"{declaration.methods[0].lower()} {declaration.path}"
    slug = _SLUG.sub("-", words).strip("-.")[:_MAX_SLUG_LENGTH].strip("-.")
    number, name = 1, slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name


def _template(text: str, place: Place) -> Template:
    try:
        template = read_template(text)
    except BadTemplate as error:
        raise place.error(f"{shown(text)} {error}") from None
    if is_service_path(text):
        raise place.error(
            f"is {shown(text)}, a path of the service itself; accepted: any other path"
        )
    return template


def _conditions(declaration: MatchDeclaration, place: Place) -> Conditions:
    body = declaration.body
    return Conditions(
        query=_texts(declaration.query, place.key("Query")),
        headers=_texts(declaration.headers, place.key("Headers")),
        body=None if body is None else body.value,
        has_body=body is not None,
    )


def _texts(
    pairs: tuple[tuple[str, str | ConditionDeclaration], ...], place: Place
) -> dict[str, TextCondition]:
    return {name: _condition(given, place.key(name)) for name, given in pairs}


def _condition(given: str | ConditionDeclaration, place: Place) -> TextCondition:
    if isinstance(given, str):
        return TextCondition(equals=given)
    if (given.matches is None) is (given.present is None):
        raise place.error("accepted: an exact text, or one of Matches and Present")
    if given.matches is not None:
        try:
            read_pattern(given.matches)
        except BadPattern as error:
            raise place.key("Matches").error(str(error)) from None
    return TextCondition(matches=given.matches, present=given.present)


def _content(
    declaration: RouteDeclaration,
    place: Place,
    compilation: Compilation,
    template: Template,
) -> Content:
    given = {
        "Shape": declaration.shape,
        "ShapeFile": declaration.shape_file,
        "Schema": declaration.schema,
        "Body": declaration.body,
    }
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise place.key(names[1]).error(
            f"is given beside {names[0]}; accepted: one of {', '.join(given)}"
        )
    if declaration.body is not None:
        return _exact(declaration.body.value, place.key("Body"), template)
    if declaration.shape_file is not None:
        at = place.key("ShapeFile")
        if compilation.read_shape_file is None:
            raise at.error(
                "names a file; accepted: Shape, because files are named in a"
                " configuration file only"
            )
        value = compilation.read_shape_file(declaration.shape_file, at)
        return Generated(_shape(compilation.shape_of, value, at))
    return _generated(declaration.shape, declaration.schema, place, compilation)


def _generated(
    shape: Presence[Json] | None,
    schema: Presence[Json] | None,
    place: Place,
    compilation: Compilation,
) -> Generated:
    if shape is not None:
        return Generated(_shape(compilation.shape_of, shape.value, place.key("Shape")))
    if schema is not None:
        return Generated(
            _shape(compilation.schema_of, schema.value, place.key("Schema"))
        )
    return Generated(None)


def _shape(make: Callable[[Json], Shape], value: Json, place: Place) -> Shape:
    try:
        return make(value)
    except ValueError as error:
        raise place.error(f"is no usable shape: {error}") from None


def _exact(
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


def _context(text: str | None, template: Template, place: Place) -> str | None:
    if text is None:
        return None
    for name in _IN_CONTEXT.findall(text):
        if name not in template.names:
            accepted = ", ".join(template.names) or "none, the path has none"
            raise place.error(
                f"has {{{name}}}; accepted: parameters of the path: {accepted}"
            )
    return text


def _backend(name: str | None, place: Place, compilation: Compilation) -> str | None:
    if name is None:
        return None
    for known in compilation.backends:
        if known.casefold() == name.casefold():
            return known
    raise place.key("Backend").error(
        f"is {shown(name)}; accepted: {', '.join(compilation.backends)}"
    )


def _locale(name: str | None, place: Place, compilation: Compilation) -> str:
    if name is None:
        return compilation.locale
    found = compilation.locale_of(name)
    if found is None:
        raise place.key("Locale").error(
            f"is {shown(name)}; accepted: a locale such as en, de or pt-br"
        )
    return found


def _count(count: int | None, place: Place, compilation: Compilation) -> int | None:
    if count is not None and count > compilation.max_items:
        raise place.key("Count").error(
            f"is {count}; accepted: at most MaxItems, which is {compilation.max_items}"
        )
    return count


@dataclass(frozen=True, slots=True)
class _Streams:
    """Compiles the key ``Stream``."""

    compilation: Compilation
    template: Template

    def plan(
        self, declaration: StreamDeclaration, place: Place, content: Content
    ) -> StreamPlan:
        self._check_framing(declaration, place)
        self._check_script(declaration, place)
        interval = declaration.interval_ms or self.compilation.interval_ms
        return StreamPlan(
            kinds=self._kinds(declaration, place.key("Events"), content),
            script=self._script(declaration, place.key("Script")),
            mode=declaration.mode,
            continuous=declaration.continuous,
            interval_ms=interval,
            jitter_ms=self._jitter(declaration, interval, place.key("JitterMs")),
            gaps=declaration.gaps,
            max_duration_s=(
                self.compilation.max_duration_s
                if declaration.max_duration_seconds is None
                else declaration.max_duration_seconds
            ),
            max_events=declaration.max_events,
            framing=declaration.framing,
            envelope=declaration.envelope,
            opening=self._events(declaration.opening, place.key("Opening")),
            closing=self._events(declaration.closing, place.key("Closing")),
            ids=declaration.ids,
            retry_ms=declaration.retry_ms,
            heartbeat=self._heartbeat(declaration.heartbeat, place.key("Heartbeat")),
        )

    def _check_framing(self, declaration: StreamDeclaration, place: Place) -> None:
        if declaration.framing is Framing.SSE:
            return
        lists = {
            "Events": declaration.events,
            "Script": declaration.script,
            "Opening": declaration.opening,
            "Closing": declaration.closing,
        }
        for key, items in lists.items():
            for index, item in enumerate(items):
                self._check_members(
                    item, declaration.framing, place.key(key).item(index)
                )
        if declaration.heartbeat is not None:
            self._check_members(
                declaration.heartbeat, declaration.framing, place.key("Heartbeat")
            )
        if declaration.ids not in (Ids.STREAM, Ids.NONE):
            raise place.key("Ids").error(
                f"is given, but {declaration.framing.value} has no ids"
            )

    def _check_members(self, item: object, framing: Framing, place: Place) -> None:
        for key in ("Event", "Id", "Retry", "Comment"):
            if getattr(item, key.lower(), None) is not None:
                raise place.key(key).error(
                    f"is given, but {framing.value} has no such thing;"
                    " accepted: Framing sse"
                )

    def _check_script(self, declaration: StreamDeclaration, place: Place) -> None:
        if declaration.script:
            if declaration.envelope is Envelope.CONTRACT:
                raise place.key("Envelope").error(
                    "is contract beside Script; accepted: bare, because a script's"
                    " steps are sent exactly"
                )
            if declaration.events and declaration.then is not Then.GENERATE:
                raise place.key("Events").error(
                    "is given beside Script; accepted: with Then: generate"
                )
        elif declaration.repeat or declaration.then is not Then.CLOSE:
            key = "Repeat" if declaration.repeat else "Then"
            raise place.key(key).error("is given without Script")

    def _jitter(
        self, declaration: StreamDeclaration, interval: int, place: Place
    ) -> int:
        jitter = declaration.jitter_ms
        if jitter is None:
            return min(self.compilation.jitter_ms, interval)
        if jitter > interval:
            raise place.error(
                f"is {jitter}; accepted: at most the interval, which is {interval}"
            )
        if jitter and declaration.gaps is not Gaps.FIXED:
            raise place.error("is given beside Gaps; accepted: one of them")
        return jitter

    def _kinds(
        self, declaration: StreamDeclaration, place: Place, content: Content
    ) -> tuple[EventKind, ...]:
        if not declaration.events:
            return (EventKind(None, content, 1, None, None),)
        return tuple(
            self._kind(kind, place.item(index), content)
            for index, kind in enumerate(declaration.events)
        )

    def _kind(
        self, declaration: EventKindDeclaration, place: Place, content: Content
    ) -> EventKind:
        given = {
            "Shape": declaration.shape,
            "Schema": declaration.schema,
            "Data": declaration.data,
        }
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise place.key(names[1]).error(
                f"is given beside {names[0]}; accepted: one of {', '.join(given)}"
            )
        if declaration.data is not None:
            content = _exact(declaration.data.value, place.key("Data"), self.template)
        elif names:
            content = _generated(
                declaration.shape, declaration.schema, place, self.compilation
            )
        return EventKind(
            declaration.event,
            content,
            declaration.weight,
            self._id(declaration.id, place.key("Id")),
            declaration.every_ms,
        )

    def _id(self, text: str | None, place: Place) -> ExactData | None:
        """An id, whose places are made by the service: none can break the line."""
        if text is None:
            return None
        return _exact(text, place, self.template, SINGLE_ROOTS)

    def _script(self, declaration: StreamDeclaration, place: Place) -> Script | None:
        if not declaration.script:
            return None
        repeat = declaration.repeat
        if repeat is True:
            runs = None
        else:
            runs = 1 + int(repeat)
        return Script(self._events(declaration.script, place), runs, declaration.then)

    def _events(
        self, declarations: tuple[ExactEventDeclaration, ...], place: Place
    ) -> tuple[ExactEvent, ...]:
        return tuple(
            self._event(event, place.item(index))
            for index, event in enumerate(declarations)
        )

    def _event(self, declaration: ExactEventDeclaration, place: Place) -> ExactEvent:
        after = (
            declaration.after_ms if isinstance(declaration, StepDeclaration) else None
        )
        others = (
            declaration.event,
            declaration.data,
            declaration.id,
            declaration.retry,
            declaration.comment,
        )
        if declaration.raw is not None:
            if any(other is not None for other in others):
                raise place.key("Raw").error(
                    "is given beside other members; accepted: alone"
                )
            return ExactEvent(raw=declaration.raw.encode(), after_ms=after)
        if all(other is None for other in others):
            raise place.error(
                "sends nothing; accepted: one of Event, Data, Id, Retry, Comment, Raw"
            )
        return ExactEvent(
            name=declaration.event,
            data=self._data(declaration.data, place.key("Data")),
            id=self._id(declaration.id, place.key("Id")),
            retry_ms=declaration.retry,
            comment=declaration.comment,
            after_ms=after,
        )

    def _data(self, given: Presence[Json] | None, place: Place) -> ExactData | None:
        return None if given is None else _exact(given.value, place, self.template)

    def _heartbeat(
        self, declaration: HeartbeatDeclaration | None, place: Place
    ) -> Heartbeat | None:
        if declaration is None:
            return None
        if declaration.comment is not None and (
            declaration.event is not None or declaration.data is not None
        ):
            raise place.key("Comment").error(
                "is given beside Event or Data; accepted: a comment or an event"
            )
        if declaration.event is not None and declaration.data is None:
            raise place.key("Data").error(
                "is missing; an event without data is not handed on by clients"
            )
        return Heartbeat(
            declaration.seconds,
            declaration.comment,
            declaration.event,
            self._data(declaration.data, place.key("Data")),
        )


def check_unique(routes: Collection[Route], places: Mapping[str, Place]) -> None:
    """Refuse two routes of one name. Raises ``SettingsError``."""
    seen: set[str] = set()
    for route in routes:
        if route.name in seen:
            place = places.get(route.name, Place("routes", "Routes"))
            raise place.key("Name").error(
                f"is {shown(route.name)}; accepted: a name that no other route has"
            )
        seen.add(route.name)


__all__ = [
    "Compilation",
    "DECLARED",
    "SettingsError",
    "check_unique",
    "compile_route",
    "written",
]
