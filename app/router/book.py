"""The book of routes: which are in force, which one serves a request."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import gevent
import orjson
from gevent.lock import BoundedSemaphore

from ..errors import (
    Conflict,
    NotFound,
    PayloadTooLarge,
    SettingsError,
    Unavailable,
)
from ..faults.fault import Fault
from ..faults.tally import Tally
from ..routes.compiling import DECLARED, compile_route
from ..routes.conditions import Received
from ..routes.contents import Compilation
from ..routes.route import Origin, Route
from ..routes.table import NoRoute, RouteTable
from ..settings.place import Place
from ..words import Json
from .sent_routes import each_sent, refusal
from .store import DeclarationStore, Kept, expiry

logger = logging.getLogger(__name__)

_SOURCES = tuple(Origin)
_RUN_TIME = _SOURCES.index(Origin.RUN_TIME)
_DESCRIPTION = _SOURCES.index(Origin.DESCRIPTION)

#: More operations of a description are not served.
MAX_OPERATIONS = 100_000


@dataclass(frozen=True, slots=True)
class RouteLimits:
    """How many routes there may be, and how long each is, in bytes of JSON."""

    max_routes: int
    max_route_bytes: int


class RouteBook:
    """All routes of this worker.

    Those of the configuration never change. Those made at run time are kept in a
    store, which workers may share; what is known of them serves requests also
    while the store cannot be reached.
    """

    def __init__(
        self,
        configured: Sequence[Route],
        store: DeclarationStore,
        *,
        compilation: Compilation,
        limits: RouteLimits,
        now_ms: Callable[[], int],
        on_forget: Callable[[str], None],
    ) -> None:
        """``compilation`` compiles routes that come over HTTP."""
        self._table: RouteTable[Route] = RouteTable(len(_SOURCES))
        self._store = store
        self._compilation = compilation
        self._limits = limits
        self._now_ms = now_ms
        self._on_forget = on_forget
        self._known: dict[str, Kept] = {}
        # What was loaded first is applied first.
        self._refreshing = BoundedSemaphore()
        self._claims: Counter[str] = Counter()
        self._tallies: dict[str, Tally] = {}
        self.hits: Counter[str] = Counter()
        for order, route in enumerate(configured):
            self._table.add(route, _SOURCES.index(route.origin), order)
        self._next_expiry: int | None = None

    def start(self, handover: Path | None = None) -> None:
        """Take over what is in the store, and hear of its changes from now on.

        ``handover`` is the file in which the worker before this one left its routes.
        """
        self._store.open(handover, self.refresh)
        self.refresh()

    def close(self) -> None:
        """End what runs in the background."""
        self._store.close()

    def __len__(self) -> int:
        """How many routes are in force."""
        return len(self._table)

    # -- serving ----------------------------------------------------------------

    def find(
        self, received: Received, admits: Callable[[Route], bool] = lambda route: True
    ) -> Route | None:
        """The route that serves a request, counted as one of its ``Times``.

        A HEAD request is not counted, nor is one that the route does not admit.
        """
        if not len(self._table):
            return None
        self._expire()

        def is_open(route: Route) -> bool:
            if received.method == "HEAD" or not admits(route):
                return self._is_left(route)
            if not self._claim(route):
                return False
            self.hits[route.name] += 1
            return True

        return self._table.find(received, is_open)

    def faults_of(self, route: Route, received: Received) -> tuple[Fault, ...]:
        """The faults of the next response of ``route``, which counts for them.

        A HEAD request gets none, and is not counted.
        """
        if received.method == "HEAD":
            return ()
        return self._tallies.setdefault(route.name, Tally()).take(route.faults)

    def explain(self, received: Received) -> NoRoute:
        """Why no route serves a request."""
        return self._table.explain(received, self._is_left)

    def would_serve(self, received: Received) -> Route | None:
        """The route that would serve a request; nothing is counted."""
        self._expire()
        return self._table.find(received, self._is_left)

    def methods_at(self, path: str) -> Collection[str]:
        """The methods that have a route at ``path``."""
        return self._table.methods_at(path)

    def _is_left(self, route: Route) -> bool:
        return route.times is None or self._claims[route.name] < route.times

    def _claim(self, route: Route) -> bool:
        if route.times is None:
            return True
        kept = self._known.get(route.name)
        if kept is None:
            is_won = self._is_left(route)
        else:
            try:
                is_won = self._store.claim(route.name, kept.revision, route.times)
            except Unavailable:  # the store has said so; this worker's count holds
                is_won = self._is_left(route)
        self._claims[route.name] = (
            self._claims[route.name] + 1 if is_won else route.times
        )
        return is_won

    # -- managing ---------------------------------------------------------------

    def routes(self) -> list[Route]:
        """All routes, in the order of precedence of their sources."""
        self.refresh()
        self._expire()
        return list(self._table)

    def get(self, name: str) -> Route:
        """One route. Raises ``NotFound``."""
        self.refresh([name])
        self._expire()
        route = self._table.get(name)
        if route is None:
            raise NotFound(f"There is no route {name!r}.")
        return route

    def claims(self, name: str) -> int:
        """How often a route with ``Times`` was served, as far as is known here."""
        return self._claims[name]

    def create(self, given: Json) -> list[Route]:
        """Make the route, or each of the list of routes: all or none.

        Raises ``BadRequest`` with the pointer of what is wrong, and ``Conflict``
        where a name is taken or there would be too many.
        """
        taken = self.names()
        made: list[Route] = []
        for declaration, place in each_sent(given):
            route = self._compiled(declaration, place, taken)
            if route.name in taken:
                raise Conflict(f"There is a route {route.name!r} already.")
            taken.add(route.name)
            made.append(route)
            gevent.sleep(0)  # compiling one may be a turn of its own
        if len(self._table) + len(made) > self._limits.max_routes:
            raise Conflict(
                f"There would be more than {self._limits.max_routes} routes"
                " (setting MaxRoutes)."
            )
        names = [route.name for route in made]
        clash = self._store.replace(
            [self._to_keep(route) for route in made], create=True
        )
        if clash:
            raise Conflict(f"There is a route {min(clash)!r} already.")
        self.refresh(names)
        return made

    def put(self, name: str, declaration: Json) -> Route:
        """Make or replace the route of that name, which keeps its place."""
        self._refuse_configured(name)
        place = Place("route", "")
        if isinstance(declaration, Mapping):
            given = [key for key in declaration if str(key).casefold() == "name"]
            if given and declaration[given[0]] != name:
                raise refusal(
                    place.key("Name").error(f"is not {name}, as in the request's path"),
                    declaration,
                    place,
                )
            declaration = {
                "Name": name,
                **{key: declaration[key] for key in declaration if key not in given},
            }
        route = self._compiled(declaration, place, ())
        is_new = self._table.get(name) is None
        if is_new and len(self._table) >= self._limits.max_routes:
            raise Conflict(
                f"There are {self._limits.max_routes} routes already"
                " (setting MaxRoutes)."
            )
        self._store.replace([self._to_keep(route)], create=False)
        self.refresh([name])
        return route

    def delete(self, names: Collection[str]) -> int:
        """Delete routes that were made at run time; how many there were.

        Raises ``Conflict`` for one of the configuration.
        """
        for name in names:
            self._refuse_configured(name)
        count = self._store.delete(names)
        self.refresh(names)
        return count

    def made_below(self, prefix: str) -> list[str]:
        """The names of run-time routes whose path begins so."""
        return [
            route.name
            for route in self.routes()
            if route.origin is Origin.RUN_TIME
            and route.template.text.startswith(prefix)
        ]

    def check(self, given: Json) -> list[Route]:
        """Compile a route or a list of them, and make none. Raises ``BadRequest``."""
        return [
            self._compiled(declaration, place, ())
            for declaration, place in each_sent(given)
        ]

    def _refuse_configured(self, name: str) -> None:
        route = self._table.get(name)
        if route is not None and route.origin is not Origin.RUN_TIME:
            raise Conflict(
                f"The route {name!r} comes from the {route.origin.value}; only routes"
                " that were made at run time can be changed here."
            )

    def _compiled(
        self, declaration: Json, place: Place, taken: Collection[str]
    ) -> Route:
        size = len(orjson.dumps(declaration))
        if size > self._limits.max_route_bytes:
            raise PayloadTooLarge(
                f"The route is {size} bytes long; accepted: up to"
                f" {self._limits.max_route_bytes} (setting MaxRouteBytes)."
            )
        try:
            tree = DECLARED.from_file(declaration, place)
            return compile_route(
                DECLARED.build(tree), place, Origin.RUN_TIME, taken, self._compilation
            )
        except SettingsError as error:
            raise refusal(error, declaration, place) from None

    def _to_keep(self, route: Route) -> tuple[str, int | None, Mapping[str, Json]]:
        expires_ms = expiry(route.expires_s, self._now_ms())
        return route.name, expires_ms, {**route.written, "Name": route.name}

    # -- descriptions -----------------------------------------------------------

    def take_in(self, routes: Sequence[Route], order: int) -> None:
        """Serve the routes of a description; a lower ``order`` comes first."""
        for index, route in enumerate(routes):
            self._table.add(route, _DESCRIPTION, order * MAX_OPERATIONS + index)

    def let_go(self, routes: Sequence[Route]) -> None:
        """Serve the routes of a description no longer."""
        for route in routes:
            self._table.remove(route.name, _DESCRIPTION)
            self._drop(route.name)

    def names(self) -> set[str]:
        """The names of all routes."""
        return {route.name for route in self._table}

    # -- following the store ----------------------------------------------------

    def refresh(self, names: Collection[str] | None = None) -> None:
        """Bring the table in line with the store, as far as that can be reached.

        Only the routes of these names can have changed; without them, any can.
        """
        with self._refreshing, contextlib.suppress(Unavailable):
            self._follow(names, self._store.load(names))

    def _follow(self, names: Collection[str] | None, found: Sequence[Kept]) -> None:
        kept = {each.name: each for each in found}
        for name in [*self._known] if names is None else names:
            old, new = self._known.get(name), kept.get(name)
            if old and (new is None or new.revision != old.revision):
                self._forget(name)
        for name, each in kept.items():
            if name not in self._known:
                self._learn(each)
            self._claims[name] = max(self._claims[name], each.used)

    def _learn(self, kept: Kept) -> None:
        try:
            tree = DECLARED.from_file(kept.declaration, Place("route", ""))
            route = compile_route(
                DECLARED.build(tree),
                Place("route", ""),
                Origin.RUN_TIME,
                (),
                self._compilation,
            )
        except SettingsError as error:
            logger.error(
                "the route %s of another worker is left out: %s", kept.name, error
            )
            return
        self._table.add(replace(route, name=kept.name), _RUN_TIME, kept.order)
        self._known[kept.name] = kept
        expires = kept.expires_ms
        if expires is not None:
            self._next_expiry = min(self._next_expiry or expires, expires)

    def _forget(self, name: str) -> None:
        del self._known[name]
        self._table.remove(name, _RUN_TIME)
        self._drop(name)

    def _drop(self, name: str) -> None:
        del self._claims[name]
        self._tallies.pop(name, None)
        del self.hits[name]
        self._on_forget(name)

    def _expire(self) -> None:
        if self._next_expiry is not None and self._now_ms() >= self._next_expiry:
            now = self._now_ms()
            for name, kept in list(self._known.items()):
                if kept.expires_ms is not None and kept.expires_ms <= now:
                    self._forget(name)
            moments = [each.expires_ms for each in self._known.values()]
            self._next_expiry = min((each for each in moments if each), default=None)
