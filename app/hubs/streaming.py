"""The methods ``Stream`` and ``Get``: what the mock endpoints serve, over a hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

import orjson

from ..errors import BadRequest
from ..events.envelope import BARE
from ..events.event import EndReason, Event
from ..events.modes import BARE_BATCHES, BARE_SINGLES
from ..feeds.forms import Form
from ..feeds.open_feeds import Feeds, Telling
from ..request.inputs import short
from ..request.parse import parse_request
from ..request.parsers import Limits
from ..settings import Settings
from ..signalr.hub_messages import Written
from ..sse.frames import JSON, no_ids
from ..streams.opening import Program
from ..streams.producer import Continuous, Producer, SimulatedFailure, Single
from ..streams.registry import Streams
from ..streams.workshop import Workshop
from ..words import Json, MockRequest, Mode
from .hub_connection import HubConnection
from .methods import Arguments, HubError, Method, StreamMethod

#: The events of a feed, as values alone.
_VALUES = Form(is_bare=True)

_OPTIONS = 'an object of options, such as {"interval": 500}'


class Streaming:
    """Reads a call as a request, and answers it."""

    def __init__(
        self, streams: Streams, feeds: Feeds, settings: Settings, limits: Limits
    ) -> None:
        """Open what is called among ``streams``, or subscribe to ``feeds``."""
        self._streams = streams
        self._feeds = feeds
        self._settings = settings
        self._limits = limits
        self.methods = (
            StreamMethod("Stream", self._stream),
            Method("Get", self._get),
        )

    def _stream(self, connection: HubConnection, arguments: Arguments) -> Values:
        usual = {"continuous": True, "sseMode": Mode.COMPLETE_OBJECTS.value}
        wanted = self._read(arguments, usual)
        if wanted.mode is not Mode.COMPLETE_OBJECTS:
            raise BadRequest(
                "Over a hub a stream has whole values.",
                parameter="sseMode",
                value=wanted.mode.value,
                allowed=[Mode.COMPLETE_OBJECTS.value],
            )
        _refuse_error(wanted)
        return Values(self._streams, self._feeds, wanted, connection)

    def _get(self, connection: HubConnection, arguments: Arguments) -> Written:
        wanted = self._read(arguments, {})
        _refuse_error(wanted)
        value = self._streams.answer(wanted, sock=None)
        return Written(value or b"null")

    def _read(self, arguments: Arguments, usual: Mapping[str, Json]) -> MockRequest:
        """The request of a path and options. Raises ``ApiError`` or ``HubError``."""
        path, options = (*arguments, *([None] * (2 - len(arguments))))[:2]
        if len(arguments) > 2 or not isinstance(path, str) or not path.strip("/"):
            raise HubError(
                f"The arguments are a path, such as 'stocks/AAPL', and {_OPTIONS}."
            )
        if options is None:
            options = {}
        if not isinstance(options, dict):
            raise HubError(f"The options are {short(options)}; accepted: {_OPTIONS}.")
        given = {**usual, **options}
        try:
            wanted = read_request(path, given, self._settings, self._limits)
        except BadRequest as error:
            # Options are read as those of a query, which a call has none of.
            said = error.detail.replace("The query parameter", "The option")
            raise HubError(said) from None
        _refuse_foreign(wanted)
        return wanted


def read_request(
    path: str, options: Mapping[str, Json], settings: Settings, limits: Limits
) -> MockRequest:
    """A request for ``path``: the options by their names in the query.

    Objects and lists are members of a body, as ``shape`` may be; null is left out.
    Raises ``BadRequest`` or ``PayloadTooLarge``.
    """
    texts: dict[str, str] = {}
    members: dict[str, Json] = {}
    for name, value in options.items():
        if isinstance(value, (dict, list)):
            members[name] = value
        elif value is not None:
            is_text = isinstance(value, str)
            texts[str(name)] = value if is_text else orjson.dumps(value).decode()
    return parse_request(
        method="GET",
        path=path,
        query=urlencode(texts, quote_via=quote).encode(),
        headers={"Content-Type": "application/json"},
        body=orjson.dumps(members) if members else b"",
        settings=settings,
        limits=limits,
    )


def _refuse_foreign(wanted: MockRequest) -> None:
    """Refuse the options that take an HTTP response of one's own."""
    for name, is_given in (("fault", wanted.faults), ("clock", wanted.virtual)):
        if is_given:
            raise BadRequest(
                f"Over a hub '{name}' is not accepted.",
                parameter=name,
                value=None,
                allowed="the mock endpoints for it",
            )


def _refuse_error(wanted: MockRequest) -> None:
    """Raise the error that the caller asked for."""
    error = wanted.error
    if error is not None:
        raise HubError(f"{error.message} ({error.code})")


class _Ending:
    """How a stream ended; None while it goes on."""

    reason: EndReason | None = None


class Values:
    """The whole values of a stream, as the items of a call."""

    def __init__(
        self,
        streams: Streams,
        feeds: Feeds,
        wanted: MockRequest,
        connection: HubConnection,
    ) -> None:
        """Open the stream, which subscribes to the feed that is asked for, if one is.

        Raises as ``Streams.open`` and ``Feeds.open`` do.
        """
        self._ending = _Ending()
        path, client = connection.path, connection.client
        program = _program(self._ending)
        if wanted.feed is None:
            self._stream = streams.open(
                wanted, path=path, client=client, sock=None, program=program
            )
        else:
            telling = Telling(_VALUES, lambda contract: program, has_options=True)
            self._stream = feeds.open(
                wanted, path=path, client=client, sock=None, telling=telling
            )

    def __iter__(self) -> Iterator[Written]:
        """The values, as they are due. Raises ``HubError`` after too many failures."""
        for frame in self._stream.frames():
            if frame:
                # Frames of feeds are of a class of their own.
                yield Written(bytes(frame))
        if self._ending.reason is EndReason.ERRORS:
            raise HubError(f"{EndReason.ERRORS.message}.")

    def cancel(self) -> None:
        """See ``Items.cancel``."""
        self._stream.lose(stalled=False)


def _program(ending: _Ending) -> Program:
    """What makes the values alone, and notes how they ended.

    It knows no ``Values``: those know their stream, and it would keep both.
    """

    def end(reason: EndReason, batches: int, message: str | None) -> tuple[Event, ...]:
        ending.reason = reason
        return ()

    return Program(
        _produce,
        BARE._replace(end=end),
        framing=JSON,
        ids=lambda ids: no_ids,
        heartbeat_s=0,
    )


def _produce(request: MockRequest, shop: Workshop) -> Producer:
    if request.error is not None:
        return SimulatedFailure(request.error)
    if not request.continuous:
        return Single(shop.batches(request, BARE_SINGLES[Mode.COMPLETE_OBJECTS]))
    return Continuous(
        shop.batches(request, BARE_BATCHES[Mode.COMPLETE_OBJECTS]),
        request,
        envelope=BARE,
        counts=shop.counts,
    )
