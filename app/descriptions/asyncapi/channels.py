"""The channels that a client receives from, in AsyncAPI 2 and 3.

A description speaks for the application. In version 2 clients receive what it lets
them subscribe to; in version 3 what it sends, and what it replies. An application
that only receives is a client itself, and what it receives is served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...words import Json
from ..description_text import BadDescription
from ..operations import Unserved
from ..references import References, Spot

ROOT = Spot("", "")
#: The words of version 2, and of version 3, for what clients do and applications do.
_SUBSCRIBE, _PUBLISH = "subscribe", "publish"
_SEND, _RECEIVE = "send", "receive"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that clients receive from.

    ``operations`` are the places of those by which they do, ``ids`` their names and
    that of the channel, the best one first. ``messages`` are places.
    """

    address: str
    spot: Spot
    operations: tuple[Spot, ...]
    ids: tuple[str, ...]
    messages: tuple[Spot, ...]

    def with_another(self, channel: Channel) -> Channel:
        """This channel and ``channel`` as one, at the address of this one."""
        return replace(
            self,
            operations=self.operations + channel.operations,
            ids=self.ids + channel.ids,
            messages=self.messages + channel.messages,
        )


def channels_of(references: References) -> Iterator[Channel | Unserved]:
    """The channels of a description, and those that are not served."""
    channels = references.root.get("channels") or {}
    if not isinstance(channels, Mapping):
        raise BadDescription("it is no object of channels", "/channels")
    is_old = str(references.root["asyncapi"]).startswith("2.")
    senders = {} if is_old else _senders(references)
    word = _SUBSCRIBE
    if is_old and not _any_has(word, channels, references):
        word = _PUBLISH
    for name in channels:
        spot = ROOT.inside("channels", name)
        try:
            channel, at = references.resolve(spot)
            if not isinstance(channel, Mapping):
                raise BadDescription("it is no channel", str(at))
            if is_old:
                yield _subscribed(name, channel, at, word, references)
            else:
                yield _sent(name, channel, at, senders, references)
        except BadDescription as error:
            yield Unserved(error.pointer, error.reason, name)


# -- version 2 --------------------------------------------------------------------


def _any_has(word: str, channels: Mapping[str, Json], references: References) -> bool:
    """Whether a channel has an operation of that word."""
    for name in channels:
        try:
            channel, _ = references.resolve(ROOT.inside("channels", name))
        except BadDescription:
            continue  # it is listed later
        if isinstance(channel, Mapping) and word in channel:
            return True
    return False


def _subscribed(
    name: str,
    channel: Mapping[str, Json],
    at: Spot,
    word: str,
    references: References,
) -> Channel:
    """The channel by its operation of that word. Raises ``BadDescription``."""
    if word not in channel:
        raise BadDescription("clients only publish to it", str(at))
    operation, spot = references.resolve(at.inside(word))
    if not isinstance(operation, Mapping):
        raise BadDescription("it is no operation", str(spot))
    messages: list[Spot] = []
    if "message" in operation:
        message, place = references.resolve(spot.inside("message"))
        several = message.get("oneOf") if isinstance(message, Mapping) else None
        count = len(several) if isinstance(several, list) else 0
        messages = [place.inside("oneOf", index) for index in range(count)] or [place]
    identity = operation.get("operationId")
    ids = (str(identity), name) if identity else (name,)
    return Channel(name, at, (spot,), ids, tuple(messages))


# -- version 3 --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sender:
    """An operation by which clients receive; ``messages`` is None for all."""

    name: str
    spot: Spot
    channel: Spot
    messages: tuple[Spot, ...] | None


def _senders(references: References) -> Mapping[Spot, Sequence[_Sender]]:
    """By channel, the operations by which clients receive, or all that only receive."""
    sending: list[_Sender] = []
    receiving: list[_Sender] = []
    operations = references.root.get("operations") or {}
    for name in operations if isinstance(operations, Mapping) else ():
        try:
            operation, at = references.resolve(ROOT.inside("operations", name))
            if not isinstance(operation, Mapping):
                continue
            action = operation.get("action")
            if action in (_SEND, _RECEIVE):
                found = sending if action == _SEND else receiving
                found.append(_sender(name, at, operation, at, references))
            if action == _RECEIVE and "reply" in operation:
                reply, place = references.resolve(at.inside("reply"))
                if isinstance(reply, Mapping) and "channel" in reply:
                    sending.append(_sender(name, at, reply, place, references))
        except BadDescription:
            continue  # its channel is listed as one that nobody sends to
    by_channel: dict[Spot, list[_Sender]] = {}
    for sender in sending or receiving:
        by_channel.setdefault(sender.channel, []).append(sender)
    return by_channel


def _sender(
    name: str,
    operation_at: Spot,
    holder: Mapping[str, Json],
    at: Spot,
    references: References,
) -> _Sender:
    _, channel = references.resolve(at.inside("channel"))
    given = holder.get("messages")
    messages = None
    if isinstance(given, list) and given:
        messages = tuple(at.inside("messages", index) for index in range(len(given)))
    return _Sender(name, operation_at, channel, messages)


def _sent(
    name: str,
    channel: Mapping[str, Json],
    at: Spot,
    senders: Mapping[Spot, Sequence[_Sender]],
    references: References,
) -> Channel:
    found = senders.get(at, ())
    if not found and references.root.get("operations"):
        raise BadDescription("no operation sends to it, so clients only send", str(at))
    address = channel.get("address")
    if not isinstance(address, str):
        raise BadDescription("its address is known at run time only", str(at))
    own = channel.get("messages")
    names = own if isinstance(own, Mapping) else {}
    messages = [at.inside("messages", each) for each in names]
    if found and all(sender.messages is not None for sender in found):
        messages = [spot for sender in found for spot in sender.messages or ()]
    ids = [sender.name for sender in found]
    return Channel(
        address,
        at,
        tuple(sender.spot for sender in found),
        tuple([*ids, name] if len(ids) == 1 else [name, *ids]),
        tuple({references.resolve(spot)[1]: None for spot in messages}),
    )
