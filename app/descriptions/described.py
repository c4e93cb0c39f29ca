"""Routes for the operations of a description.

The table of routes holds one route an operation. What it answers is compiled when
it is first asked for: a route for each response, medium and example.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

from ..errors import NotFound, SettingsError
from ..routes.compiling import DECLARED, compile_route
from ..routes.conditions import Received
from ..routes.contents import Compilation
from ..routes.route import Origin, Route
from ..settings.place import Place
from ..words import Json
from .choosing import Choice, Preferences, choose, read_preferences
from .declaring import Declaring, place_of
from .digest import Digest
from .operations import Named, Operation, Unserved
from .validating.request_rules import Rules

#: The longest name of a route, in characters.
_MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Described:
    """A description in service: its routes, and what is not served."""

    name: str
    digest: Digest
    named: tuple[Named, ...]
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]

    def operations(self) -> Iterator[tuple[Named, Route]]:
        """Each operation that is served, with its route."""
        return zip(self.named, self.routes, strict=True)


@dataclass(slots=True)
class _Responses:
    """See ``Responses``."""

    named: Named
    text: bytes
    declaring: Declaring
    compilation: Compilation
    base: Route
    validates: bool
    _operation: Operation | None = None
    _rules: Rules | None = None
    _compiled: dict[object, Route] = field(default_factory=dict)

    @property
    def operation(self) -> Operation:
        """The operation, read once."""
        if self._operation is None:
            self._operation = self.declaring.digest.read(self.text)
        return self._operation

    def choose(self, received: Received) -> Route:
        """See ``Responses.choose``."""
        operation = self.operation
        if self.validates:
            if self._rules is None:
                self._rules = Rules(
                    operation, self.declaring.digest, self.base.template
                )
            self._rules.check(received)
        preferences = read_preferences(received.headers.get("prefer", ""))
        choice = choose(
            operation.answers, preferences, received.headers, received.read_body()
        )
        medium = None if choice.medium is None else choice.medium.type
        key = (choice.status, medium, preferences.example, preferences.dynamic)
        if key not in self._compiled:
            self._compiled[key] = self._route(operation, choice, preferences)
        return self._compiled[key]

    def _route(
        self, operation: Operation, choice: Choice, preferences: Preferences
    ) -> Route:
        """The route of one response. Raises ``NotFound`` with the reason."""
        try:
            told = self.declaring.route(self.named, operation, choice, preferences)
            route = _compiled(told, self.named, self.compilation)
        except LookupError as error:
            raise NotFound(
                f"The response {choice.status} {error.args[0]} (header Prefer)."
            ) from None
        except (SettingsError, ValueError) as error:
            reason = error.problem if isinstance(error, SettingsError) else str(error)
            raise NotFound(
                f"The response {choice.status} of {self.named.name} cannot be made:"
                f" {reason}."
            ) from None
        return replace(route, name=self.base.name)


def described(
    name: str,
    digest: Digest,
    compilation: Compilation,
    sample: Callable[[Json], Json],
    *,
    taken: Collection[str],
    validates: bool,
    turn: Callable[[], None] = lambda: None,
) -> Described:
    """The routes of a description of that name.

    ``compilation`` makes shapes of schemas without limits of a request's. ``taken``
    are names that other routes have; ``turn`` is called after each route.
    """
    declaring = Declaring(digest, sample)
    unserved = [*digest.about.unserved]
    served: list[Named] = []
    routes: list[Route] = []
    names = {*taken}
    for named, text in digest.operations:
        try:
            told = {**place_of(named), "Name": _free(f"{name}.{named.name}", names)}
            base = _compiled(told, named, compilation)
        except SettingsError as error:
            unserved.append(named.unserved(error.problem))
            continue
        responses = _Responses(named, text, declaring, compilation, base, validates)
        names.add(base.name)
        served.append(named)
        routes.append(replace(base, responses=responses))
        turn()
    return Described(name, digest, tuple(served), tuple(routes), tuple(unserved))


def _compiled(told: dict[str, Json], named: Named, compilation: Compilation) -> Route:
    place = Place("the description", "", named.pointer)
    tree = DECLARED.from_file(told, place)
    return compile_route(
        DECLARED.build(tree), place, Origin.DESCRIPTION, (), compilation
    )


def _free(name: str, taken: Collection[str]) -> str:
    number, found = 1, name[:_MAX_NAME_LENGTH]
    while found in taken:
        number += 1
        end = f"-{number}"
        found = f"{name[: _MAX_NAME_LENGTH - len(end)]}{end}"
    return found
