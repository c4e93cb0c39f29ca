"""AsyncAPI 2 and 3: from a parsed document to a digest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ...words import Json
from ..description_text import BadDescription
from ..digest import Digest
from ..extension import stream_keys
from ..operations import (
    Answer,
    Given,
    Kind,
    Medium,
    Named,
    Names,
    Operation,
    Parameter,
    Unserved,
    about_document,
    operation_text,
)
from ..references import References, Spot
from ..shelf import Shelf
from .channel_messages import Message, Messages
from .channels import Channel, channels_of
from .servers import Servers

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_METHOD = re.compile(r"[A-Z]{1,20}")
#: The media type of each framing.
_TYPES = {
    "sse": "text/event-stream",
    "ndjson": "application/x-ndjson",
    "json-seq": "application/json-seq",
}


def reads(document: Mapping[str, Json]) -> bool:
    """Whether a document is a description in a version of AsyncAPI that is read."""
    return str(document.get("asyncapi", "")).startswith(("2.", "3."))


def digest_of(
    references: References, base_path: str | None, only: Collection[str]
) -> Digest:
    """What is served of a description in AsyncAPI: channels that clients receive from.

    ``base_path`` goes before every address, in place of the path of the server;
    ``only`` are the channels, operations and tags that are wanted, all where it is
    empty. Raises ``BadDescription``.
    """
    return _Reader(references, base_path, only).digest()


class _Reader:
    def __init__(
        self, references: References, base_path: str | None, only: Collection[str]
    ) -> None:
        self._references = references
        self._base_path = base_path
        self._only = only
        self._shelf = Shelf(references, is_old=False)
        self._messages = Messages(references, self._shelf)
        self._servers = Servers(references)
        self._names = Names("channel")
        self._unserved: list[Unserved] = []

    def digest(self) -> Digest:
        root = self._references.root
        operations = [
            (named, operation_text(operation))
            for named, operation in self._operations()
        ]
        if not operations and not self._unserved:
            raise BadDescription("it has no channels", "/channels")
        about = about_document(f"AsyncAPI {root['asyncapi']}", root, self._unserved)
        return Digest(about, operations, self._shelf.parts)

    def _operations(self) -> Iterator[tuple[Named, Operation]]:
        for channel in self._channels():
            try:
                tags = tuple(self._tags(channel))
                if self._only and not {*channel.ids, *tags} & {*self._only}:
                    continue
                yield self._named(channel, tags), self._operation(channel)
            except BadDescription as error:
                self._leave_out(error, channel.address, channel.ids[0])

    def _channels(self) -> Iterator[Channel]:
        """The channels; those at one address are one, as they are for a client."""
        at: dict[tuple[str, str, str], Channel] = {}
        for channel in channels_of(self._references):
            if isinstance(channel, Unserved):
                self._unserved.append(channel)
                continue
            try:
                place = self._method(channel), *self._servers.path(
                    channel, self._base_path
                )
            except BadDescription as error:
                self._leave_out(error, channel.address, channel.ids[0])
                continue
            known = at.get(place)
            at[place] = channel if known is None else known.with_another(channel)
        yield from at.values()

    def _leave_out(
        self, error: BadDescription, label: str, operation_id: str | None = None
    ) -> None:
        unserved = Unserved(error.pointer, error.reason, label, operation_id)
        self._unserved.append(unserved)

    # -- where ------------------------------------------------------------------

    def _named(self, channel: Channel, tags: tuple[str, ...]) -> Named:
        base, path = self._servers.path(channel, self._base_path)
        return Named(
            name=self._names.new(channel.ids[0]),
            method=self._method(channel),
            base=base,
            path=path,
            pointer=str(channel.spot),
            tags=tags,
            operation_id=channel.ids[0],
        )

    def _method(self, channel: Channel) -> str:
        """GET, unless a binding to HTTP names another method."""
        for spot in channel.operations:
            binding, _ = self._binding(spot, "http")
            method = str(binding.get("method", "")).upper()
            if _METHOD.fullmatch(method):
                return method
        return "GET"

    def _tags(self, channel: Channel) -> Iterator[str]:
        for spot in (channel.spot, *channel.operations):
            tags = self._references.at(spot).get("tags")
            for index in range(len(tags) if isinstance(tags, list) else 0):
                tag, _ = self._references.resolve(spot.inside("tags", index))
                if isinstance(tag, Mapping) and isinstance(tag.get("name"), str):
                    yield tag["name"]

    def _binding(self, spot: Spot, protocol: str) -> tuple[Mapping[str, Json], Spot]:
        """What a channel or operation says of a protocol, and where."""
        if "bindings" not in self._references.at(spot):
            return {}, spot
        bindings, at = self._references.resolve(spot.inside("bindings"))
        if not isinstance(bindings, Mapping) or protocol not in bindings:
            return {}, at
        binding, at = self._references.resolve(at.inside(protocol))
        return (binding if isinstance(binding, Mapping) else {}), at

    # -- what -------------------------------------------------------------------

    def _operation(self, channel: Channel) -> Operation:
        answer = Answer("200", tuple(_media([*self._read(channel)])))
        return Operation(
            answers=(answer,),
            parameters=tuple(self._parameters(channel)),
            credentials=self._servers.credentials(channel),
            stream=self._stream(channel),
        )

    def _read(self, channel: Channel) -> Iterator[Message]:
        """The messages that are served; the others are listed.

        Raises ``BadDescription`` where there are none, with the reason of the first.
        """
        refused: list[BadDescription] = []
        for spot in channel.messages:
            try:
                yield self._messages.read(spot)
            except BadDescription as error:
                refused.append(error)
        if refused and len(refused) == len(channel.messages):
            raise refused[0]
        label = f"a message of {channel.address}"
        for each in refused:
            self._leave_out(each, label)

    def _stream(self, channel: Channel) -> dict[str, Json] | None:
        """The keys of ``Stream`` of a channel, under those of its operations."""
        told: dict[str, Json] = {}
        for spot in (channel.spot, *channel.operations):
            told |= stream_keys(self._references.at(spot), spot) or {}
        return told or None

    # -- what is asked for ------------------------------------------------------

    def _parameters(self, channel: Channel) -> Iterator[Parameter]:
        for name in dict.fromkeys(_PARAMETER.findall(channel.address)):
            schema = self._path_schema(channel, name)
            yield Parameter(name, "path", True, schema, "simple", False)
        for spot in (channel.spot, *channel.operations):
            for protocol, keyword in (("ws", "query"), ("http", "query")):
                yield from self._bound(spot, protocol, keyword, "query")
            yield from self._bound(spot, "ws", "headers", "header")

    def _path_schema(self, channel: Channel, name: str) -> Given | None:
        """The schema of a parameter: version 3 writes its keywords beside others."""
        parameters = self._references.at(channel.spot).get("parameters")
        if not isinstance(parameters, Mapping) or name not in parameters:
            return None
        parameter, at = self._references.resolve(
            channel.spot.inside("parameters", name)
        )
        if not isinstance(parameter, Mapping):
            return None
        if "schema" in parameter:
            return self._shelf.take(at.inside("schema"))
        listed = parameter.get("enum")
        told = {"enum": listed} if isinstance(listed, list) else {}
        return Given({"type": "string", **told})

    def _bound(
        self, spot: Spot, protocol: str, keyword: str, where: str
    ) -> Iterator[Parameter]:
        """The parameters of a binding, which are the members of a schema."""
        binding, at = self._binding(spot, protocol)
        if keyword not in binding:
            return
        schema, place = self._references.resolve(at.inside(keyword))
        members = schema.get("properties") if isinstance(schema, Mapping) else None
        needed = schema.get("required") if isinstance(schema, Mapping) else None
        is_query = where == "query"
        for name in members if isinstance(members, Mapping) else ():
            yield Parameter(
                name,
                where,
                isinstance(needed, list) and name in needed,
                self._shelf.take(place.inside("properties", name)),
                "form" if is_query else "simple",
                is_query,
            )


def _media(messages: Sequence[Message]) -> Iterator[Medium]:
    """The media in which messages are sent: the one that they name, or two.

    Lines have no names of events, and no texts.
    """
    kinds = tuple(message.kind for message in messages)
    examples = tuple(each for message in messages for each in message.examples)
    framings = {message.framing for message in messages}
    framing = framings.pop() if len(framings) == 1 else None
    if framing in (None, "sse"):
        yield Medium(_TYPES["sse"], None, examples, "sse", kinds)
    if framing == "sse" or any(kind.is_text for kind in kinds):
        return
    lines = tuple(Kind(None, kind.schema, False, kind.examples) for kind in kinds)
    named = tuple((name, _value(event)) for name, event in examples)
    framing = framing or "ndjson"
    yield Medium(_TYPES[framing], None, named, framing, lines)


def _value(event: Json) -> Json:
    """The payload of an example's event."""
    return event["data"]
