"""One client's connection to a hub, whatever transport carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..events.event import EndReason
from ..ports import Clock
from ..signalr.hub_messages import (
    CancelInvocation,
    Close,
    Handshake,
    Invocation,
    Message,
    Ping,
    ProtocolError,
    StreamInvocation,
)
from ..signalr.protocols import ACCEPTED, Reader, refused
from ..signalr.transports import FORMATS, Transport
from ..streams.counts import Outcome
from .calls import Calls
from .methods import Methods
from .outbox import NOWHERE, Outbox
from .wires import WIRES, Shared, Wire, frame_of_text

#: Largest message of a client, in bytes.
MAX_MESSAGE_BYTES = 32 * 1024
#: Time for a client's handshake, in seconds.
HANDSHAKE_SECONDS = 15.0
#: Silence after which the server shows life, in seconds.
KEEP_ALIVE_SECONDS = 15.0
#: Silence after which a client that has shown life once counts as gone, in seconds.
CLIENT_TIMEOUT_SECONDS = 30.0

_PING = Shared(Ping())

#: Is told once that a connection is over, and how it ended.
OnOver: TypeAlias = "Callable[[HubConnection, Outcome], None]"


class HubConnection:
    """A client of a hub.

    ``id`` may be known to everyone; ``client`` is the client's address. ``last_asked``
    is when a polling client was last there, in monotonic seconds.
    """

    __slots__ = (
        "_beats",
        "_calls",
        "_clock",
        "_heard",
        "_on_open",
        "_on_over",
        "_reader",
        "_said",
        "_started",
        "_wire",
        "bytes_sent",
        "client",
        "events_sent",
        "id",
        "is_over",
        "last_asked",
        "outbox",
        "outcome",
        "path",
        "started_ms",
        "transport",
    )

    def __init__(
        self,
        connection_id: str,
        transport: Transport,
        *,
        path: str,
        client: str,
        methods: Methods,
        clock: Clock,
        on_open: Callable[[HubConnection], None],
        on_over: OnOver,
    ) -> None:
        """``on_open`` is called after the handshake, ``on_over`` once at the end."""
        self.id = connection_id
        self.transport = transport
        self.path = path
        self.client = client
        self.outbox: Outbox
        self._clock = clock
        self._on_open = on_open
        self._on_over = on_over
        self._reader = Reader(FORMATS[transport], MAX_MESSAGE_BYTES)
        self._wire: Wire | None = None
        self._calls = Calls(methods)
        self._started = self._said = self._heard = clock.monotonic()
        self.last_asked = self._started
        # Whether the client shows life by itself.
        self._beats = False
        self.started_ms = clock.now_ms()
        self.events_sent = 0
        self.bytes_sent = 0
        self.is_over = False
        self.outcome: Outcome | None = None

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock.monotonic() - self._started

    @property
    def last_event_ms(self) -> int:
        """When something was last sent, or else when it was opened."""
        silence = self._clock.monotonic() - self._said
        return self._clock.now_ms() - round(silence * 1000)

    @property
    def takes_requests(self) -> bool:
        """Whether the client's messages come in requests of their own."""
        return self.transport is not Transport.WEBSOCKETS

    # -- what comes in ------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take what the client has sent, in any pieces. Never raises."""
        self._heard = self._clock.monotonic()
        try:
            for message in self._reader.feed(data):
                if self.is_over:
                    return
                self._take(message)
        except ProtocolError as error:
            if self._wire is None:
                self._push(frame_of_text(self.transport)(refused(error)))
                self._end(Outcome.FAILED)
            else:
                self.close(Outcome.FAILED, error=str(error))

    def _take(self, message: Handshake | Message) -> None:
        if isinstance(message, Invocation):
            self._calls.invoke(self, message)
        elif isinstance(message, StreamInvocation):
            self._calls.stream(self, message)
        elif isinstance(message, CancelInvocation):
            self._calls.cancel(message.invocation_id)
        elif isinstance(message, Ping):
            self._beats = True
        elif isinstance(message, Close):
            self._end(Outcome.CLIENT_GONE)
        elif isinstance(message, Handshake):
            self._wire = WIRES[self.transport, message.protocol]
            self._push(self._wire.frame(ACCEPTED))
            self._on_open(self)
        # No method takes a stream of the client's, so its items mean nothing.

    # -- what goes out ------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send ``message``, unless it is over. Never waits, never raises."""
        if self._wire is not None and not self.is_over:
            self._push(self._wire.bytes_of(message))
            self.events_sent += 1

    def send_shared(self, message: Shared) -> None:
        """Send what others get too: as ``send`` does, in the fewest steps."""
        wire = self._wire
        if wire is not None and not self.is_over:
            frame = message[wire]
            self.events_sent += 1
            self.bytes_sent += len(frame)
            self._said = self._clock.monotonic()
            self.outbox.push(frame)

    def wait_for_room(self) -> None:
        """Wait while the client is behind."""
        self.outbox.wait_for_room()

    def _push(self, frame: bytes) -> None:
        self.bytes_sent += len(frame)
        self._said = self._clock.monotonic()
        self.outbox.push(frame)

    # -- time ---------------------------------------------------------------------

    def beat(self, now: float) -> None:
        """Do what is due at ``now``, in monotonic seconds."""
        if self._wire is None:
            if now - self._started >= HANDSHAKE_SECONDS:
                self._end(Outcome.FAILED)
        elif self.transport is Transport.LONG_POLLING:
            if now - self.last_asked >= CLIENT_TIMEOUT_SECONDS:
                self.lose()
        else:
            if self._beats and now - self._heard >= CLIENT_TIMEOUT_SECONDS:
                self.close(Outcome.STALLED, error="The client has fallen silent.")
            elif now - self._said >= KEEP_ALIVE_SECONDS:
                self._push(_PING[self._wire])

    # -- the end ------------------------------------------------------------------

    def stop(self, reason: EndReason) -> None:
        """End it; a client is to come back only where another server takes over."""
        allows = reason is EndReason.SHUTDOWN
        self.close(Outcome(reason.code), allow_reconnect=allows)

    def close(
        self,
        outcome: Outcome,
        *,
        error: str | None = None,
        allow_reconnect: bool = False,
    ) -> None:
        """Tell the client that it is over, and end it."""
        self.send(Close(error, allow_reconnect))
        self._end(outcome)

    def lose(self, outcome: Outcome = Outcome.CLIENT_GONE) -> None:
        """Note that the client has gone. Harmless when it is over already."""
        self._end(outcome)

    def stall(self) -> None:
        """Note that the client does not read."""
        self._end(Outcome.STALLED)

    def _end(self, outcome: Outcome) -> None:
        if self.is_over:
            return
        self.is_over = True
        self.outcome = outcome
        self._calls.end()
        self._on_over(self, outcome)
        # An outbox knows its connection. If that kept it, both would stay until a
        # garbage collection.
        outbox, self.outbox = self.outbox, NOWHERE
        outbox.end()
