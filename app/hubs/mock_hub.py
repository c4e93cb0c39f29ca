"""The hub of this service: what it says to a new client, and its methods."""

from __future__ import annotations

from ..errors import NotFound
from ..feeds.open_feeds import Feeds
from ..ports import Clock
from ..request.inputs import short
from ..request.parsers import Limits
from ..settings import Settings
from ..signalr.hub_messages import Invocation
from ..streams.registry import Streams
from ..words import Json
from .hub import Hub
from .hub_connection import HubConnection
from .methods import NOTHING, Arguments, HubError, Method, known, table
from .pushes.hub_contexts import HubContexts
from .pushes.shared_feeds import HubFeeds
from .streaming import Streaming


def build_hub(
    streams: Streams,
    contexts: HubContexts,
    feeds: Feeds,
    subscribed: HubFeeds,
    settings: Settings,
    limits: Limits,
    clock: Clock,
) -> Hub:
    """The hub, which serves what ``settings`` say, ``contexts`` and ``feeds``.

    ``subscribed`` are those ``feeds`` that it reads for groups of clients.
    """
    return Hub(
        path=settings.hub_path,
        methods=table(
            *Subscribing(contexts, subscribed).methods,
            *Streaming(streams, feeds, settings, limits).methods,
        ),
        groups=(contexts.groups, subscribed.groups),
        streams=streams,
        clock=clock,
        on_open=_greet,
    )


def _greet(connection: HubConnection) -> None:
    """Tell a client that it is connected, and as whom."""
    greeting = {
        "connectionId": connection.id,
        "message": "Connected to the mock hub",
    }
    connection.send(Invocation("Connected", (greeting,)))


class Subscribing:
    """Reads a call, and tells its caller what came of it."""

    def __init__(self, contexts: HubContexts, feeds: HubFeeds) -> None:
        """Subscribe to ``contexts`` and ``feeds``."""
        self._contexts = contexts
        self._feeds = feeds
        self.methods = (
            Method("SubscribeToContext", self._subscribe),
            Method("UnsubscribeFromContext", self._unsubscribe),
            Method("GetAvailableContexts", self._available),
            Method("Subscribe", self._subscribe_to_feed),
            Method("Unsubscribe", self._unsubscribe_from_feed),
        )

    def _subscribe(self, connection: HubConnection, arguments: Arguments) -> Json:
        name = self._named(arguments)
        name = self._contexts.subscribe(name, connection).name
        _tell(connection, "Subscribed", name, f"Subscribed to context: {name}")
        return NOTHING

    def _unsubscribe(self, connection: HubConnection, arguments: Arguments) -> Json:
        name = self._named(arguments)
        name = self._contexts.unsubscribe(name, connection).name
        _tell(connection, "Unsubscribed", name, f"Unsubscribed from context: {name}")
        return NOTHING

    def _available(self, connection: HubConnection, arguments: Arguments) -> Json:
        available = {"contexts": [context.name for context in self._contexts.all()]}
        connection.send(Invocation("AvailableContexts", (available,)))
        return available

    def _subscribe_to_feed(
        self, connection: HubConnection, arguments: Arguments
    ) -> Json:
        self._feeds.subscribe(_feed(arguments), connection)
        return NOTHING

    def _unsubscribe_from_feed(
        self, connection: HubConnection, arguments: Arguments
    ) -> Json:
        self._feeds.unsubscribe(_feed(arguments), connection)
        return NOTHING

    def _named(self, arguments: Arguments) -> str:
        """The name of a context, which there is. Raises ``HubError``."""
        if len(arguments) != 1 or not isinstance(arguments[0], str):
            raise HubError("The argument is the name of a hub context, as text.")
        try:
            return self._contexts.get(arguments[0]).name
        except NotFound:
            names = [context.name for context in self._contexts.all()]
            raise HubError(
                f"Unknown context {short(arguments[0])}{known(arguments[0], names)}"
            ) from None


def _feed(arguments: Arguments) -> str:
    """The name of a feed or a route. Raises ``HubError``."""
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise HubError("The argument is the name of a feed or a route, as text.")
    return arguments[0]


def _tell(connection: HubConnection, event: str, name: str, message: str) -> None:
    connection.send(Invocation(event, ({"context": name, "message": message},)))
