"""The messages of AsyncAPI, as kinds of event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...schema.jsontext import dumps
from ...words import Json
from ..description_text import BadDescription
from ..event_kinds import framing_of
from ..media import is_json
from ..operations import Kind
from ..references import References, Spot
from ..shelf import Shelf

#: Formats of schemas that are read: JSON Schema, and what is like it.
_FORMATS = re.compile(
    r"application/(vnd\.aai\.asyncapi|schema|vnd\.oai\.openapi)(\+json|\+yaml)?"
    r"(\s*;.*)?"
)
#: What a message takes of its traits.
_OF_TRAITS = ("contentType", "examples", "name", "schemaFormat")
_LINE_END = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a kind of event.

    ``framing`` is that of its content type, where it is one of streams, and
    ``examples`` are those with a name.
    """

    kind: Kind
    framing: str | None
    examples: tuple[tuple[str, Json], ...]


class Messages:
    """Reads the messages of one description, whose schemas it puts on a shelf."""

    def __init__(self, references: References, shelf: Shelf) -> None:
        """Look messages up by ``references``."""
        self._references = references
        self._shelf = shelf
        root = references.root
        self._default_type = str(root.get("defaultContentType", "application/json"))
        self._is_old = str(root["asyncapi"]).startswith("2.")

    def read(self, spot: Spot) -> Message:
        """The message at ``spot``. Raises ``BadDescription`` where it has no kind."""
        value, at = self._references.resolve(spot)
        if not isinstance(value, Mapping):
            raise BadDescription("it is no message", str(at))
        message = self._with_traits(value, at)
        content_type = str(message.get("contentType", self._default_type))
        framing = framing_of(content_type)
        is_text = content_type.lower().startswith("text/") and framing is None
        if not (is_text or framing or is_json(content_type)):
            raise BadDescription(
                f"its content type is {content_type[:100]}; accepted: JSON or text",
                str(at),
            )
        name = message.get("name")
        if name is not None and (not isinstance(name, str) or _LINE_END.search(name)):
            raise BadDescription("its name is no text of one line", str(at))
        kind = self._kind(name or None, message, at, is_text)
        return Message(kind, framing, tuple(_named_examples(kind, message)))

    def _with_traits(self, message: Mapping[str, Json], at: Spot) -> Mapping[str, Json]:
        """A message and its traits, which win in version 2 and yield in version 3."""
        merged: dict[str, Json] = {}
        traits = message.get("traits")
        for index in range(len(traits) if isinstance(traits, list) else 0):
            trait, _ = self._references.resolve(at.inside("traits", index))
            if isinstance(trait, Mapping):
                merged |= {key: trait[key] for key in _OF_TRAITS if key in trait}
        return {**message, **merged} if self._is_old else {**merged, **message}

    def _kind(
        self, name: str | None, message: Mapping[str, Json], at: Spot, is_text: bool
    ) -> Kind:
        examples = tuple(each["payload"] for each in _examples(message))
        if "payload" not in message:
            return Kind(name, None, is_text, examples)
        spot = at.inside("payload")
        payload, place = self._references.resolve(spot)
        form = message.get("schemaFormat")
        if isinstance(payload, Mapping) and "schemaFormat" in payload:
            form, spot = payload["schemaFormat"], place.inside("schema")
            payload, _ = self._references.resolve(spot)
        if form is not None and not _FORMATS.fullmatch(str(form)):
            raise BadDescription(
                f"its schema is in {str(form)[:100]}; accepted: JSON Schema", str(at)
            )
        schema = payload if isinstance(payload, Mapping) else {}
        if not examples and isinstance(schema.get("examples"), list):
            examples = tuple(schema["examples"])
        is_text = is_text and schema.get("type") == "string"
        return Kind(name, self._shelf.take(spot), is_text, examples)


def _examples(message: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    given = message.get("examples")
    for each in given if isinstance(given, list) else ():
        if isinstance(each, Mapping) and "payload" in each:
            yield each


def _named_examples(
    kind: Kind, message: Mapping[str, Json]
) -> Iterator[tuple[str, Json]]:
    """The examples that have a name, each as the members of an event."""
    for example in _examples(message):
        if example.get("name"):
            data = example["payload"]
            if isinstance(data, str) and not kind.is_text:
                data = dumps(data)
            named = {} if kind.event is None else {"event": kind.event}
            yield str(example["name"]), {**named, "data": data}
