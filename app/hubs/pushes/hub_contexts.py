"""The hub contexts of this worker: named feeds, and who pushes them."""

from __future__ import annotations

from collections.abc import Mapping

import gevent

from ...errors import ApiError, BadRequest, Conflict, NotFound, SettingsError
from ...ports import Clock
from ...request.inputs import short
from ...request.parsers import Limits
from ...settings import Settings
from ...settings.place import Place
from ...streams.registry import Streams
from ...streams.stream import Stream
from ...words import Json
from ..groups import Groups
from ..hub_connection import HubConnection
from .hub_context import DECLARED, HubContext, make_context
from .pushing import program, update

#: Most hub contexts, those of the configuration included.
MAX_HUB_CONTEXTS = 1_000

#: Who the feeds are generated for, in the words of logs.
_CLIENT = "hub"


class HubContexts:
    """Hub contexts by name, in any case; the groups of a hub are theirs."""

    def __init__(
        self, streams: Streams, settings: Settings, limits: Limits, clock: Clock
    ) -> None:
        """The contexts of ``settings``. Raises ``SettingsError``."""
        self._streams = streams
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._by_name: dict[str, HubContext] = {}
        self._pushed: dict[str, Push] = {}
        self.groups = Groups(self._look)
        for placed in settings.hub_contexts:
            context = make_context(placed.value, placed.place, settings, limits)
            self._by_name[context.name.casefold()] = context

    # -- looking ------------------------------------------------------------------

    def names(self) -> list[str]:
        """The names of all, in the order in which they were made."""
        return [context.name for context in self._by_name.values()]

    def get(self, name: str) -> HubContext:
        """The context of a name. Raises ``NotFound``."""
        context = self._by_name.get(name.casefold())
        if context is None:
            raise NotFound(f"There is no hub context {short(name)}.")
        return context

    def describe(self, context: HubContext) -> Mapping[str, Json]:
        """A context for JSON."""
        return context.described(self.groups.count(context.name))

    def described(self) -> list[Mapping[str, Json]]:
        """All contexts for JSON."""
        return [self.describe(context) for context in self._by_name.values()]

    # -- changing -----------------------------------------------------------------

    def create(self, declaration: Json) -> HubContext:
        """Make a context as it is declared.

        Raises ``BadRequest`` where it cannot be used, and ``Conflict`` where its name
        is taken or there are too many.
        """
        place = Place("the request", "")
        try:
            declared = DECLARED.build(DECLARED.from_file(declaration, place))
            context = make_context(declared, place, self._settings, self._limits)
        except SettingsError as error:
            raise BadRequest(
                f"The hub context cannot be used: {error.problem}.",
                parameter="context",
                value=None,
                allowed="a hub context, as /docs/signalr describes it",
                pointer=error.pointer,
            ) from None
        if context.name.casefold() in self._by_name:
            raise Conflict(f"There is a hub context {short(context.name)} already.")
        if len(self._by_name) >= MAX_HUB_CONTEXTS:
            raise Conflict(f"There are {MAX_HUB_CONTEXTS} hub contexts already.")
        self._by_name[context.name.casefold()] = context
        return context

    def delete(self, name: str) -> None:
        """Forget a context; its clients hear no more of it. Raises ``NotFound``."""
        context = self.get(name)
        del self._by_name[context.name.casefold()]
        self.groups.dissolve(context.name)

    def activate(self, name: str, is_active: bool) -> HubContext:
        """Start or stop a context; its clients stay. Raises ``NotFound``."""
        context = self.get(name).with_active(is_active)
        self._by_name[context.name.casefold()] = context
        self._look(context.name)
        return context

    # -- subscribing --------------------------------------------------------------

    def subscribe(self, name: str, connection: HubConnection) -> HubContext:
        """Let a client have what a context makes. Raises ``NotFound``."""
        context = self.get(name)
        if not connection.is_over:
            self.groups.join(context.name, connection)
        return context

    def unsubscribe(self, name: str, connection: HubConnection) -> HubContext:
        """Let a client have no more of it. Raises ``NotFound``."""
        context = self.get(name)
        self.groups.leave(context.name, connection)
        return context

    # -- pushing ------------------------------------------------------------------

    def _look(self, name: str) -> None:
        """Push a context while it is active and somebody is subscribed."""
        context = self._by_name.get(name.casefold())
        wanted = context is not None and context.is_active and self.groups.count(name)
        pushed = self._pushed.get(name)
        if wanted and pushed is None:
            assert context is not None
            self._pushed[name] = Push(context, self.groups, self._streams, self._clock)
        elif pushed is not None and not wanted:
            del self._pushed[name]
            pushed.end()


class Push:
    """The greenlet that pushes one context, so that a slow one delays no other."""

    def __init__(
        self, context: HubContext, groups: Groups, streams: Streams, clock: Clock
    ) -> None:
        """Begin at once."""
        self._context = context
        self._groups = groups
        self._streams = streams
        self._clock = clock
        self._stream: Stream | None = None
        self._running = gevent.spawn(self._run)

    def end(self) -> None:
        """End it, and what is being generated. Harmless from its own greenlet."""
        self._running.kill(block=False)
        if self._stream is not None:
            self._stream.lose(stalled=False)

    def _run(self) -> None:
        context = self._context
        while not self._streams.draining:
            try:
                self._push()
            except ApiError:  # it has been counted, and the next one may do better
                pass
            gevent.sleep(context.request.interval_ms / 1000)

    def _push(self) -> None:
        context = self._context
        stream = self._streams.open(
            context.request,
            path=f"/{context.request.path}",
            client=_CLIENT,
            sock=None,
            program=program(context),
        )
        self._stream = stream
        try:
            for member in stream.frames():
                message = update(context, self._clock.now_ms(), member)
                self._groups.send(context.name, message)
        finally:
            stream.close()
