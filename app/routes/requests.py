"""What a request to a route asks for: data from the client, options from the route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..request.parsers import MAX_CONTEXT_LENGTH, MAX_FEED_LENGTH
from ..words import FeedChoice, Json, MockRequest, Mode, Shape
from .conditions import Received
from .placeholders import follow
from .route import Generated, Route, StreamPlan
from .template import Template, split


def mock_request(route: Route, received: Received) -> MockRequest:
    """The request that a backend is asked with.

    Parameters of the path, the query and the members of the body flow into fields
    of their names; the path comes first.
    """
    values = route.template.values(split(received.path))
    stream = route.stream
    return MockRequest(
        method=received.method,
        path=received.path.strip("/"),
        continuous=stream is not None and stream.continuous,
        interval_ms=1 if stream is None else stream.interval_ms,
        max_duration_s=0 if stream is None else stream.max_duration_s,
        mode=Mode.COMPLETE_OBJECTS if stream is None else stream.mode,
        shape=_shape(route),
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
        feed=_feed(stream, values),
    )


def _shape(route: Route) -> Shape | None:
    """The shape of a route's values, those of its feed where it has one."""
    content = route.content
    if route.stream is not None and route.stream.feed is not None:
        content = route.stream.kinds[0].content
    return content.shape if isinstance(content, Generated) else None


def _fields(values: Mapping[str, str], received: Received) -> dict[str, Json]:
    body = received.read_body()
    members = body if isinstance(body, dict) else {}
    query = {name: texts[0] for name, texts in received.query.items() if texts}
    return {**members, **query, **values}


def _context(text: str | None, values: Mapping[str, str]) -> str | None:
    return None if text is None else _filled(text, values)[:MAX_CONTEXT_LENGTH] or None


def _feed(plan: StreamPlan | None, values: Mapping[str, str]) -> FeedChoice | None:
    if plan is None or plan.feed is None:
        return None
    name = _filled(plan.feed.name, values)[:MAX_FEED_LENGTH]
    return FeedChoice(name, frozenset())


def _filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with parameters of the path, as a name."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    # A client's value may be anything; a name is printable.
    return "".join(char if char.isprintable() else "?" for char in text)


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
