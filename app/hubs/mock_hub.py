"""The hub of this service: what it says to a new client, and its methods."""

from __future__ import annotations

from ..ports import Clock
from ..request.parsers import Limits
from ..settings import Settings
from ..signalr.hub_messages import Invocation
from ..streams.registry import Streams
from .groups import Groups
from .hub import Hub
from .hub_connection import HubConnection
from .methods import table
from .streaming import Streaming


def build_hub(
    streams: Streams, settings: Settings, limits: Limits, clock: Clock
) -> Hub:
    """The hub, which serves what ``settings`` say."""
    return Hub(
        path=settings.hub_path,
        methods=table(*Streaming(streams, settings, limits).methods),
        groups=Groups(),
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
