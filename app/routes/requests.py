"""What a request to a route asks for: data from the client, options from the route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..request.parsers import MAX_CONTEXT_LENGTH
from ..words import Json, MockRequest, Mode
from .conditions import Received
from .placeholders import follow
from .route import Generated, Route
from .template import Template, split


def mock_request(route: Route, received: Received) -> MockRequest:
    """The request that a backend is asked with.

    Parameters of the path, the query and the members of the body flow into fields
    of their names; the path comes first.
    """
    values = route.template.values(split(received.path))
    content, stream = route.content, route.stream
    return MockRequest(
        method=received.method,
        path=received.path.strip("/"),
        continuous=stream is not None and stream.continuous,
        interval_ms=1 if stream is None else stream.interval_ms,
        max_duration_s=0 if stream is None else stream.max_duration_s,
        mode=Mode.COMPLETE_OBJECTS if stream is None else stream.mode,
        shape=content.shape if isinstance(content, Generated) else None,
        context=_context(route.context, values),
        backend=route.backend,
        error=None,
        include_schema=False,
        count=route.count,
        seed=route.seed,
        locale=route.locale,
        fields=_fields(values, received),
        body=received.read_body(),
        max_events=None if stream is None else stream.max_events,
        jitter_ms=0 if stream is None else stream.jitter_ms,
        delay_ms=route.delay_ms,
        vary_all=route.vary_all,
        faults=route.faults,
        virtual=route.virtual,
    )


def _fields(values: Mapping[str, str], received: Received) -> dict[str, Json]:
    body = received.read_body()
    members = body if isinstance(body, dict) else {}
    query = {name: texts[0] for name, texts in received.query.items() if texts}
    return {**members, **query, **values}


def _context(text: str | None, values: Mapping[str, str]) -> str | None:
    if text is None:
        return None
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    # A client's value may be anything; a name is printable and not too long.
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return printable[:MAX_CONTEXT_LENGTH] or None


@dataclass(frozen=True, slots=True)
class Places:
    """The values of places (``{{path.symbol}}``) for one event or answer.

    ``now`` gives the time as text, ``uuid`` a new identifier at each call.
    """

    template: Template
    received: Received
    now: Callable[[], str]
    uuid: Callable[[], str]

    def at(self, index: int) -> Callable[[tuple[str, ...]], Json]:
        """The lookup of batch ``index``."""
        return lambda names: self._look(names, index)

    def _look(self, names: tuple[str, ...], index: int) -> Json:
        root, rest = names[0], names[1:]
        if root == "now":
            return self.now()
        if root == "uuid":
            return self.uuid()
        if root == "index":
            return index
        if root == "body":
            return follow(self.received.read_body(), rest)
        name = ".".join(rest)
        if root == "path":
            return self.template.values(split(self.received.path)).get(name)
        if root == "header":
            return self.received.headers.get(name.lower())
        texts = self.received.query.get(name)
        return texts[0] if texts else None
