"""A hub: the connections of this worker, from negotiating to their end."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

import gevent

from ..errors import BadRequest, Conflict, MethodNotAllowed, NotFound
from ..events.event import EndReason
from ..ports import Clock
from ..signalr.transports import Transport
from ..streams.counts import Outcome
from ..streams.registry import Streams
from .groups import Groups
from .http_transports import LongPolling
from .hub_connection import HubConnection
from .methods import Methods
from .outbox import Outbox
from .tokens import Claim, Tokens

Way = TypeVar("Way", bound=Outbox)

logger = logging.getLogger(__name__)

#: Time that a client has to connect after it has negotiated, in milliseconds.
CONNECT_MS = 15_000
#: How often connections are looked at for what is due, in seconds.
BEAT_SECONDS = 1.0
#: Time that a client has to ask how a connection without polls ended, in seconds.
_FORGET_SECONDS = 30.0
#: Connections that are looked at before others have their turn.
_AT_A_TIME = 500


class Hub:
    """The hub at one path. ``ended`` counts the connections that are over."""

    def __init__(
        self,
        *,
        path: str,
        methods: Methods,
        groups: Collection[Groups],
        streams: Streams,
        clock: Clock,
        on_open: Callable[[HubConnection], None],
        tokens: Tokens | None = None,
    ) -> None:
        """``on_open`` is called for each client after its handshake.

        A connection counts among ``streams``, and so does each stream that it calls.
        """
        self.path = path
        self.tokens = tokens or Tokens()
        self.ended: Counter[tuple[Transport, Outcome]] = Counter()
        self._methods = methods
        self._groups = groups
        self._streams = streams
        self._clock = clock
        self._on_open = on_open
        self._open: dict[str, HubConnection] = {}
        # The ids of connections that are over, and when, while their tokens last.
        self._spent: dict[str, int] = {}
        # Those of connections that are over, too, until their clients know.
        self._polling: dict[str, LongPolling] = {}
        self._beating: gevent.Greenlet[..., None] | None = None

    def __iter__(self) -> Iterator[HubConnection]:
        """The open connections, newest first."""
        return iter([*reversed(self._open.values())])

    def start(self, secret: bytes | None = None) -> None:
        """Begin to keep connections alive and to end silent ones, in a greenlet.

        With ``secret`` tokens are good at every worker that knows it.
        """
        if secret is not None:
            self.tokens.secret = secret
        self._beating = gevent.spawn(self._beat_for_ever)

    def close(self) -> None:
        """Stop doing so, because the process ends."""
        if self._beating is not None:
            self._beating.kill()

    def drain(self) -> None:
        """End all connections; clients that reconnect find another server."""
        for connection in self:
            connection.stop(EndReason.SHUTDOWN)

    # -- connecting ---------------------------------------------------------------

    def negotiate(self, key: bytes) -> tuple[str, str]:
        """The id and the token of a connection that a client may make.

        ``key`` is the digest of the client's access key.
        """
        connection_id = secrets.token_hex(8)
        token = self.tokens.make(connection_id, self._clock.now_ms(), key)
        return connection_id, token

    def connect(
        self,
        token: str | None,
        transport: Transport,
        make_outbox: Callable[[HubConnection], Way],
        *,
        client: str,
        key: bytes,
    ) -> tuple[HubConnection, Way]:
        """A new connection of the client that negotiated ``token``, and its way out.

        Without a token the client has not negotiated. Raises ``NotFound`` for a token
        that is not the client's or is too old, ``Conflict`` or ``BadRequest`` where
        it has connected already, ``ShuttingDown`` and ``TooManyStreams``.
        """
        connection_id = secrets.token_hex(8)
        if token is not None:
            claim = self._claim(token, key)
            connection_id = claim.connection_id
            self._refuse_second(connection_id, transport)
            if not self.may_connect(token, key) or connection_id in self._spent:
                raise _unknown()
        self._streams.take_place(client)
        connection = HubConnection(
            connection_id,
            transport,
            path=self.path,
            client=client,
            methods=self._methods,
            clock=self._clock,
            on_open=self._on_open,
            on_over=self._over,
        )
        connection.outbox = outbox = make_outbox(connection)
        self._open[connection_id] = connection
        _log("hub connection started", connection)
        return connection, outbox

    def polling(self, token: str, *, client: str, key: bytes) -> LongPolling:
        """The polls of a client, which connects with the first request.

        Raises as ``connect`` does.
        """
        polling = self._polling.get(self._claim(token, key).connection_id)
        if polling is None:
            connection, polling = self.connect(
                token,
                Transport.LONG_POLLING,
                lambda connection: LongPolling(connection, self._clock),
                client=client,
                key=key,
            )
            self._polling[connection.id] = polling
        return polling

    def receiver(self, token: str, *, client: str, key: bytes) -> HubConnection:
        """The connection that a request with messages is for.

        A client that polls may send before its first poll. Raises as ``connect`` does.
        """
        connection = self._open.get(self._claim(token, key).connection_id)
        if connection is None:
            connection = self.polling(token, client=client, key=key).connection
        if not connection.takes_requests:
            raise no_messages()
        return connection

    def leave(self, token: str, key: bytes) -> None:
        """End the connection of a client that polls.

        Raises ``NotFound``, and ``BadRequest`` for another transport.
        """
        connection = self._open.get(self._claim(token, key).connection_id)
        if connection is None:
            raise _unknown()
        if connection.transport is not Transport.LONG_POLLING:
            raise _other_transport(connection)
        connection.lose()

    def id_of(self, token: str, key: bytes) -> str:
        """The public id of a client's token. Raises ``NotFound``."""
        return self._claim(token, key).connection_id

    def may_connect(self, token: str, key: bytes) -> bool:
        """Whether a client's token is new enough to connect with."""
        return self._clock.now_ms() - self._claim(token, key).made_ms <= CONNECT_MS

    def polled(self, connection_id: str) -> LongPolling | None:
        """The polls of a connection that is here, or was until its end."""
        return self._polling.get(connection_id)

    def forget(self, polling: LongPolling) -> None:
        """Forget a client that has heard of the end of its polls."""
        self._polling.pop(polling.connection.id, None)

    def get(self, connection_id: str) -> HubConnection | None:
        """The open connection of a public id."""
        return self._open.get(connection_id)

    def _claim(self, token: str, key: bytes) -> Claim:
        claim = self.tokens.read(token, key)
        if claim is None:
            raise _unknown()
        return claim

    def _refuse_second(self, connection_id: str, transport: Transport) -> None:
        connection = self._open.get(connection_id)
        if connection is None:
            return
        if connection.transport is not transport:
            raise _other_transport(connection)
        raise Conflict("This connection has its transport already.")

    def _over(self, connection: HubConnection, outcome: Outcome) -> None:
        del self._open[connection.id]
        self._spent[connection.id] = self._clock.now_ms()
        for groups in self._groups:
            groups.leave_all(connection)
        self._streams.give_place_back(connection.client)
        self.ended[connection.transport, outcome] += 1
        _log(
            "hub connection ended",
            connection,
            reason=outcome.value,
            messages=connection.events_sent,
            bytes=connection.bytes_sent,
            seconds=round(connection.age, 3),
        )

    # -- time ---------------------------------------------------------------------

    def beat(self) -> None:
        """Do what is due for every connection; lets others run in between."""
        now = self._clock.monotonic()
        for looked_at, connection in enumerate(self, 1):
            if not connection.is_over:
                connection.beat(now)
            if looked_at % _AT_A_TIME == 0:
                gevent.sleep(0)
        for polling in [*self._polling.values()]:
            connection = polling.connection
            if connection.is_over and now - connection.last_asked >= _FORGET_SECONDS:
                self.forget(polling)

        oldest = self._clock.now_ms() - CONNECT_MS
        for connection_id, ended_ms in [*self._spent.items()]:
            if ended_ms >= oldest:
                break
            del self._spent[connection_id]

    def _beat_for_ever(self) -> None:
        while True:
            gevent.sleep(BEAT_SECONDS)
            self.beat()


def no_messages() -> MethodNotAllowed:
    """The error of a request with messages for a connection that takes none."""
    return MethodNotAllowed(
        "The messages of a WebSocket's client come over the WebSocket.", ("GET",)
    )


def _unknown() -> NotFound:
    return NotFound("No hub connection has this id.")


def _other_transport(connection: HubConnection) -> BadRequest:
    transport = connection.transport.value
    return BadRequest(
        f"This connection has the transport {transport}.",
        parameter="id",
        value=connection.id,
        allowed=f"requests of {transport}",
    )


def _log(text: str, connection: HubConnection, **more: object) -> None:
    logger.info(
        text,
        extra={
            "fields": {
                "id": connection.id,
                "path": connection.path,
                "transport": connection.transport.value,
                "client": connection.client,
                **more,
            }
        },
    )
