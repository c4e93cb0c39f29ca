"""From a route as it is written to one that can be served.

What a declaration's kinds cannot know is checked here: keys that exclude each
other, shapes, expressions, places. Every fault is a ``SettingsError`` with the
place of the value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import cast

from ..faults.fault import Fault
from ..faults.notation import BadFault, suitable
from ..settings.place import Place, shown
from ..settings.route_streams import Framing
from ..settings.routes import (
    ConditionDeclaration,
    MatchDeclaration,
    RouteDeclaration,
    Timing,
    Variety,
)
from ..settings.sections import Section
from ..words import Json
from .conditions import BadPattern, Conditions, TextCondition, read_pattern
from .contents import (
    Compilation,
    check_names,
    checked_faults,
    exact,
    generated,
    tried,
)
from .route import Content, Origin, Route, StreamPlan
from .stream_plans import StreamCompiler
from .template import BadTemplate, Template, read_template

DECLARED: Section[RouteDeclaration] = Section(RouteDeclaration)

_SLUG = re.compile(r"[^A-Za-z0-9._~-]+")
_MAX_SLUG_LENGTH = 90


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
    template = _template(declaration.path, place.key("Path"), compilation)
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
        stream = StreamCompiler(compilation, template, declaration.count).plan(
            declaration.stream, place.key("Stream"), content
        )
        _check_feed(declaration, stream, place)
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
        faults=_faults(declaration.faults, stream, place.key("Faults"), compilation),
        context=_context(declaration.context, template, place.key("Context")),
        backend=_backend(declaration, place, compilation),
        blend=declaration.blend,
        seed=declaration.seed,
        locale=_locale(declaration.locale, place, compilation),
        count=_count(declaration.count, place, compilation),
        vary_all=declaration.variety is Variety.ALL,
        virtual=declaration.clock is Timing.VIRTUAL,
        written=written(declaration),
    )


def _faults(
    given: tuple[Fault, ...],
    stream: StreamPlan | None,
    place: Place,
    compilation: Compilation,
) -> tuple[Fault, ...]:
    faults = checked_faults(given, place, compilation)
    is_sse = stream is not None and stream.framing is Framing.SSE
    try:
        return suitable(faults, is_stream=stream is not None, is_sse=is_sse)
    except BadFault as error:
        raise place.error(str(error)) from None


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


def _template(text: str, place: Place, compilation: Compilation) -> Template:
    try:
        template = read_template(text)
    except BadTemplate as error:
        raise place.error(f"{shown(text)} {error}") from None
    if compilation.addresses.is_reserved(text):
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
        return exact(declaration.body.value, place.key("Body"), template)
    if declaration.shape_file is not None:
        at = place.key("ShapeFile")
        if compilation.read_shape_file is None:
            raise at.error(
                "names a file; accepted: Shape, because files are named in a"
                " configuration file only"
            )
        value = compilation.read_shape_file(declaration.shape_file, at)
        return tried(compilation.shape_of, value, at, compilation, declaration.count)
    return generated(
        declaration.shape, declaration.schema, place, compilation, declaration.count
    )


def _context(text: str | None, template: Template, place: Place) -> str | None:
    if text is not None:
        check_names(text, template, place)
    return text


def _check_feed(
    declaration: RouteDeclaration, stream: StreamPlan, place: Place
) -> None:
    """Refuse what a stream that others see, too, cannot have."""
    if stream.feed is not None and declaration.clock is Timing.VIRTUAL:
        raise place.key("Clock").error("is given beside Feed; accepted: one of them")


def _backend(
    declaration: RouteDeclaration, place: Place, compilation: Compilation
) -> str | None:
    """The backend by its configured name; None for a weighted choice."""
    if declaration.clock is Timing.VIRTUAL:
        return _built_in(declaration, place, compilation)
    name = declaration.backend
    if name is None:
        return None
    for known in compilation.backends:
        if known.casefold() == name.casefold():
            return known
    raise place.key("Backend").error(
        f"is {shown(name)}; accepted: {', '.join(compilation.backends)}"
    )


def _built_in(
    declaration: RouteDeclaration, place: Place, compilation: Compilation
) -> str:
    """The built-in backend of a virtual route, which alone takes no time."""
    at = place.key("Clock")
    if declaration.stream is None:
        raise at.error("is virtual, but only a route with Stream has a clock")
    if declaration.blend:
        raise at.error("is virtual beside Blend; accepted: without a language model")
    name = declaration.backend
    for known in compilation.embedded:
        if name is None or known.casefold() == name.casefold():
            return known
    accepted = (
        ", ".join(compilation.embedded) or "a configuration with provider embedded"
    )
    raise at.error(
        f"is virtual, but the backend is {shown(name)}; accepted: {accepted}"
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
