"""The hub contexts: named feeds, and who subscribes to them.

Those of the configuration are there from the start. What changes at run time is kept
in a store, which workers may share: a context as it is declared, or nothing in place
of one that was deleted although the configuration has it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import gevent
from gevent.lock import BoundedSemaphore

from ...errors import (
    BackendError,
    BackendFailed,
    BadRequest,
    Conflict,
    NotFound,
    SettingsError,
    Unavailable,
)
from ...feeds.open_feeds import Feeds
from ...ports import Clock
from ...request.inputs import short
from ...request.parsers import Limits
from ...router.store import DeclarationStore, Kept
from ...settings import Settings
from ...settings.free import Presence
from ...settings.model import HubContextSettings
from ...settings.place import Place
from ...streams.registry import Streams
from ...words import Json, MockRequest
from ..groups import Groups
from ..hub_connection import HubConnection
from .hub_context import DECLARED, HubContext, make_context
from .pushing import Opened, Push, open_own, open_shared

logger = logging.getLogger(__name__)

#: Most hub contexts, those of the configuration included.
MAX_HUB_CONTEXTS = 1_000

#: The file of contexts beside that of a worker's routes.
_SUFFIX = ".hub-contexts"
#: What is kept of a context of the configuration that was deleted.
_DELETED: Mapping[str, Json] = {}

_REQUEST = Place("the request", "")


class HubContexts:
    """Hub contexts by name, in any case; the groups of a hub are theirs."""

    def __init__(
        self,
        streams: Streams,
        settings: Settings,
        limits: Limits,
        clock: Clock,
        store: DeclarationStore,
        draft: Callable[[MockRequest], Json | None],
        shared: Feeds | None = None,
    ) -> None:
        """The contexts of ``settings`` and of ``store``. Raises ``SettingsError``.

        ``draft`` makes a JSON Schema of a description, or None without a model.
        ``shared`` are feeds that other workers see, too.
        """
        self._streams = streams
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._store = store
        self._draft = draft
        self._shared = shared
        self._by_name: dict[str, HubContext] = {}
        self._kept: dict[str, Kept] = {}
        # What was loaded first is applied first.
        self._refreshing = BoundedSemaphore()
        self._pushed: dict[str, Push] = {}
        self.groups = Groups(self._look)
        for placed in settings.hub_contexts:
            context = make_context(placed.value, placed.place, settings, limits)
            self._by_name[context.name.casefold()] = context
        self._configured = dict(self._by_name)

    def start(self, handover: Path | None) -> None:
        """Take over what is in the store, and hear of its changes from now on."""
        file = None if handover is None else handover.with_suffix(_SUFFIX)
        self._store.open(file, self.refresh)
        self.refresh()

    def close(self) -> None:
        """End what runs in the background."""
        self._store.close()

    # -- looking ------------------------------------------------------------------

    def all(self) -> Sequence[HubContext]:
        """All contexts, in the order in which they were made."""
        return [*self._by_name.values()]

    def get(self, name: str) -> HubContext:
        """The context of a name. Raises ``NotFound``."""
        key = name.casefold()
        if key not in self._by_name:
            self.refresh([key])  # another worker may have made it just now
        context = self._by_name.get(key)
        if context is None:
            raise NotFound(f"There is no hub context {short(name)}.")
        return context

    # -- changing -----------------------------------------------------------------

    def create(self, declaration: Json) -> HubContext:
        """Make a context as it is declared.

        Raises ``BadRequest`` where it cannot be used, ``Conflict`` where its name is
        taken or there are too many, and ``BackendFailed`` where no model makes a
        schema of its description.
        """
        try:
            declared = DECLARED.build(DECLARED.from_file(declaration, _REQUEST))
            context = self._made(declared)
        except SettingsError as error:
            problem = error.problem.removeprefix("cannot be used: ")
            raise BadRequest(
                f"The hub context cannot be used: {problem}.",
                parameter="context",
                value=None,
                allowed="a hub context, as /docs/signalr describes it",
                pointer=error.pointer,
            ) from None
        key = context.name.casefold()
        self.refresh([key])
        taken = Conflict(f"There is a hub context {short(context.name)} already.")
        if key in self._by_name:
            raise taken
        if len(self._by_name) >= MAX_HUB_CONTEXTS:
            raise Conflict(f"There are {MAX_HUB_CONTEXTS} hub contexts already.")
        written = self._with_schema(context).written
        is_new = key not in self._kept
        if self._store.replace([(key, None, written)], create=is_new):
            raise taken
        return self._reread(key)

    def delete(self, name: str) -> None:
        """Forget a context; its clients hear no more of it. Raises ``NotFound``."""
        key = self.get(name).name.casefold()
        if key in self._configured:
            self._store.replace([(key, None, _DELETED)], create=False)
        else:
            self._store.delete([key])
        self.refresh([key])

    def activate(self, name: str, is_active: bool) -> HubContext:
        """Start or stop a context; its clients stay. Raises ``NotFound``."""
        context = self.get(name).with_active(is_active)
        key = context.name.casefold()
        self._store.replace([(key, None, context.written)], create=False)
        return self._reread(key)

    def _reread(self, key: str) -> HubContext:
        self.refresh([key])
        return self.get(key)

    def _made(self, declared: HubContextSettings) -> HubContext:
        return make_context(declared, _REQUEST, self._settings, self._limits)

    def _with_schema(self, context: HubContext) -> HubContext:
        """``context`` with the schema that a model makes of its description.

        Raises ``BackendFailed``; without a model, the context is as it was.
        """
        declared = context.declared
        if declared.shape is not None or not declared.description:
            return context
        asked = replace(
            context.request, body=declared.description, continuous=False, shape=None
        )
        try:
            schema = self._draft(asked)
            if schema is None:
                return context
            shape = Presence(schema)
            return self._made(replace(declared, shape=shape, is_json_schema=True))
        except BackendError as error:
            raise BackendFailed(error.detail) from error
        except SettingsError as error:
            raise BackendFailed(f"LLM made a schema that {error.problem}") from None

    def _design(self, context: HubContext) -> None:
        """Let a model make the schema that a context of the configuration lacks.

        With it the context is another one, whose push has begun: that of ``context``
        ends here. Raises ``BackendFailed`` and ``Unavailable``.
        """
        designed = self._with_schema(context)
        if designed is context:
            return
        key = context.name.casefold()
        # Where another worker was faster, its schema is the one.
        is_new = key not in self._kept
        self._store.replace([(key, None, designed.written)], create=is_new)
        self.refresh([key])
        raise gevent.GreenletExit

    # -- following the store ------------------------------------------------------

    def refresh(self, names: Collection[str] | None = None) -> None:
        """Follow the store, as far as it can be reached.

        Only the contexts of these names can have changed; without them, any can.
        """
        with self._refreshing, contextlib.suppress(Unavailable):
            self._follow(names, self._store.load(names))

    def _follow(self, names: Collection[str] | None, found: Sequence[Kept]) -> None:
        kept = {each.name: each for each in found}
        for key in [*self._kept] if names is None else names:
            old, new = self._kept.get(key), kept.get(key)
            if old and (new is None or new.order != old.order):
                del self._kept[key]
                self._set(key, self._configured.get(key))
        for key, each in sorted(kept.items(), key=lambda item: item[1].order):
            old = self._kept.get(key)
            if old is None or old.revision != each.revision:
                self._kept[key] = each
                self._set(key, self._read(each))

    def _read(self, kept: Kept) -> HubContext | None:
        if kept.declaration == _DELETED:
            return None
        try:
            tree = DECLARED.from_file(kept.declaration, _REQUEST)
            return self._made(DECLARED.build(tree))
        except SettingsError as error:
            logger.error(
                "the hub context %s of another worker is left out: %s", kept.name, error
            )
            return None

    def _set(self, key: str, context: HubContext | None) -> None:
        """Put ``context`` in the place of what had its name."""
        old = self._by_name.get(key)
        if context is None:
            self._by_name.pop(key, None)
        else:
            self._by_name[key] = context
        if old is not None and (context is None or context.name != old.name):
            self.groups.dissolve(old.name)
        elif context is not None:
            self._look(context.name)

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

    def _look(self, name: str) -> None:
        """Push a context while it is active and somebody is subscribed."""
        context = self._by_name.get(name.casefold())
        if context is not None and not (context.is_active and self.groups.count(name)):
            context = None
        pushed = self._pushed.get(name)
        if pushed is not None and pushed.context is not context:
            del self._pushed[name]
            pushed.end()
            pushed = None
        if context is not None and pushed is None:
            self._pushed[name] = Push(
                context,
                partial(self._open, context),
                self.groups,
                self._streams,
                self._clock,
            )

    def _open(self, context: HubContext) -> Opened:
        """What a context is made of: one feed for all workers, where they share any.

        Raises ``ApiError``.
        """
        self._design(context)
        if self._shared is None or context.error is not None:
            return open_own(context, self._streams)
        kept = self._kept.get(context.name.casefold())
        # What is declared anew is another feed, wherever the old one still lingers.
        revision = 0 if kept is None else kept.revision
        return open_shared(context, self._shared, f"hub:{context.name}:{revision}")
