"""Finds the route of a request among thousands, or says why there is none.

Routes of one source stand in a tree of path segments. Its branches are tried
from the most specific to the least: literal, pattern, ``{name}``, ``{name*}``. So
candidates come in the order of precedence, and the first that fits is the one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Generic, NamedTuple, Protocol, TypeVar

from .conditions import Conditions, Received
from .template import Kind, Segment, Template, split

#: Matches every method but OPTIONS and HEAD.
ANY = "ANY"
#: How many routes are named where none fits.
MAX_NEAREST = 3
#: How many routes are compared in full to find the nearest.
_MAX_COMPARED = 200


class Matchable(Protocol):
    """What the table needs to know of a route."""

    @property
    def name(self) -> str:
        """Its unique name."""

    @property
    def methods(self) -> frozenset[str]:
        """Methods in capitals, or ``ANY``."""

    @property
    def template(self) -> Template:
        """Its path."""

    @property
    def conditions(self) -> Conditions:
        """What else a request has to be."""


R = TypeVar("R", bound=Matchable)


@dataclass(frozen=True, slots=True)
class Difference:
    """A route that did not fit, and what differed."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoRoute:
    """Why no route fits: the methods that would, and the nearest routes."""

    allowed: frozenset[str]
    nearest: tuple[Difference, ...]


class _Node(Generic[R]):
    """One segment of a tree; its routes stand in the order of precedence."""

    __slots__ = ("literals", "parameter", "patterns", "rest", "routes")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[R]] = {}
        self.patterns: dict[Segment, _Node[R]] = {}
        self.parameter: _Node[R] | None = None
        self.rest: list[_Placed[R]] = []
        self.routes: list[_Placed[R]] = []


class _Placed(NamedTuple, Generic[R]):
    """A route with its rank among those of the same path."""

    rank: tuple[int, int]
    route: R
    has_conditions: bool


class RouteTable(Generic[R]):
    """Routes by source; those of the first source come before all others."""

    def __init__(self, sources: int) -> None:
        """Empty, for so many sources."""
        self._roots: list[_Node[R]] = [_Node() for _ in range(sources)]
        self._routes: list[dict[str, _Placed[R]]] = [{} for _ in range(sources)]

    def __iter__(self) -> Iterator[R]:
        """The routes, in the order of sources and then of their numbers."""
        for routes in self._routes:
            for placed in sorted(routes.values(), key=_order):
                yield placed.route

    def __len__(self) -> int:
        """How many routes there are."""
        return sum(map(len, self._routes))

    def add(self, route: R, source: int, order: int) -> None:
        """Add a route; ``order`` is unique and decides among those that are equal."""
        count = len(route.conditions)
        placed = _Placed((-count, order), route, count > 0)
        insort(self._list(route, source), placed, key=_rank)
        self._routes[source][route.name] = placed

    def remove(self, name: str, source: int) -> None:
        """Remove the route of that name, which must be there."""
        placed = self._routes[source].pop(name)
        self._list(placed.route, source).remove(placed)

    def get(self, name: str) -> R | None:
        """The route of that name, whatever its source."""
        for routes in self._routes:
            if name in routes:
                return routes[name].route
        return None

    def _list(self, route: R, source: int) -> list[_Placed[R]]:
        """The list that holds the routes of the same path."""
        node = self._roots[source]
        for segment in route.template.segments:
            if segment.kind is Kind.REST:
                return node.rest
            node = _branch(node, segment)
        return node.routes

    def find(
        self, received: Received, is_open: Callable[[R], bool] = lambda route: True
    ) -> R | None:
        """The first route that fits and ``is_open`` (its ``Times`` not used up).

        A HEAD request fits where GET does.
        """
        method = "GET" if received.method == "HEAD" else received.method
        for placed in self._candidates(received.path):
            route = placed.route
            if (
                (method in route.methods or ANY in route.methods)
                and not (
                    placed.has_conditions and route.conditions.difference(received)
                )
                and is_open(route)
            ):
                return route
        return None

    def _candidates(self, path: str) -> list[_Placed[R]]:
        """The routes whose path fits, the first to be tried first."""
        found: list[_Placed[R]] = []
        segments = split(path)
        for root in self._roots:
            _collect(root, segments, 0, found)
        return found

    def methods_at(self, path: str) -> frozenset[str]:
        """The methods that have a route at ``path``, whatever its conditions."""
        return frozenset(
            method
            for placed in self._candidates(path)
            for method in placed.route.methods
        )

    def explain(
        self, received: Received, is_open: Callable[[R], bool] = lambda route: True
    ) -> NoRoute:
        """Why :meth:`find` finds none."""
        method = "GET" if received.method == "HEAD" else received.method
        near: dict[str, Difference] = {}
        allowed: set[str] = set()
        for placed in self._candidates(received.path):
            route = placed.route
            if method not in route.methods and ANY not in route.methods:
                allowed |= route.methods
                reason = f"its methods are {', '.join(sorted(route.methods))}"
            else:
                reason = (
                    route.conditions.difference(received) or "its Times are used up"
                )
            near.setdefault(route.name, Difference(route.name, reason))
        if len(near) < MAX_NEAREST:
            for route in self._similar(received.path):
                reason = f"its path is {route.template.text}"
                near.setdefault(route.name, Difference(route.name, reason))
        return NoRoute(frozenset(allowed), tuple(near.values())[:MAX_NEAREST])

    def _similar(self, path: str) -> list[R]:
        """The routes whose paths are most like ``path``."""
        wanted = set(split(path))

        def shared(route: R) -> int:
            return len(wanted & {part.text for part in route.template.segments})

        likely = nlargest(_MAX_COMPARED, self, key=shared)
        matcher = SequenceMatcher(b=path, autojunk=False)

        def likeness(route: R) -> float:
            matcher.set_seq1(route.template.text)
            return matcher.ratio()

        return nlargest(MAX_NEAREST, likely, key=likeness)


def _order(placed: _Placed[R]) -> int:
    return placed.rank[1]


def _rank(placed: _Placed[R]) -> tuple[int, int]:
    return placed.rank


def _branch(node: _Node[R], segment: Segment) -> _Node[R]:
    if segment.kind is Kind.LITERAL:
        return node.literals.setdefault(segment.text, _Node())
    if segment.kind is Kind.PATTERN:
        return node.patterns.setdefault(segment, _Node())
    if node.parameter is None:
        node.parameter = _Node()
    return node.parameter


def _collect(
    node: _Node[R], segments: tuple[str, ...], depth: int, found: list[_Placed[R]]
) -> None:
    """Add the routes whose path fits, the most specific first."""
    if depth == len(segments):
        # ``/files/{rest*}`` fits ``/files`` with an empty rest.
        found += node.routes
    else:
        segment = segments[depth]
        literal = node.literals.get(segment)
        if literal is not None:
            _collect(literal, segments, depth + 1, found)
        for pattern, inner in node.patterns.items():
            if pattern.matched(segment) is not None:
                _collect(inner, segments, depth + 1, found)
        if node.parameter is not None and segment:
            _collect(node.parameter, segments, depth + 1, found)
    found += node.rest
