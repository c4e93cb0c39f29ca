"""From a chosen response to a route, in the words of a configuration file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ..schema.jsontext import dumps, loads
from ..settings.kinds import NotAccepted
from ..settings.route_kinds import HeaderValue, ResponseHeaderName
from ..words import Json
from .choosing import Choice, Preferences
from .digest import Digest
from .media import concrete, is_json
from .operations import Given, Kind, Medium, Named, Operation
from .shelf import for_responses

#: Gives a value that fits a schema. Raises ``ValueError`` where there is none.
Sample = Callable[[Json], Json]

_PARAMETER = re.compile(r"\{[+/;.#]?([^{}*]+)(\*?)\}")
_UNUSABLE = re.compile(r"[^A-Za-z0-9_]")
_MAX_NAME_LENGTH = 64
_OPENED = re.compile(r"\{\{")
#: Keys of ``Stream`` that say themselves what is sent.
_EXACT = frozenset({"Events", "Script", "Replay"})
#: Texts of a stream that has nothing but texts.
_TEXTS = 8


def parameter_name(name: str) -> str:
    """The name that a parameter of a path has in a route."""
    usable = _UNUSABLE.sub("_", name)[:_MAX_NAME_LENGTH]
    return usable if usable[:1].isalpha() or usable[:1] == "_" else f"_{usable}"[:64]


def place_of(named: Named) -> dict[str, Json]:
    """The keys ``Path``, ``Methods`` and ``Match`` of an operation's route."""
    path, _, query = f"{named.base}{named.path}".partition("?")
    parts = []
    end = 0
    for found in _PARAMETER.finditer(path):
        is_last = found.end() == len(path)
        star = found.group(2) if is_last else ""
        parts.append(unquote(path[end : found.start()]))
        parts.append(f"{{{parameter_name(found.group(1))}{star}}}")
        end = found.end()
    parts.append(unquote(path[end:]))
    told: dict[str, Json] = {"Path": "".join(parts), "Methods": [named.method]}
    if query:
        told["Match"] = {
            "Query": {
                name: {"Present": True} if "{" in value or not value else value
                for name, value in parse_qsl(query, keep_blank_values=True)
            }
        }
    return told


@dataclass(frozen=True, slots=True)
class Declaring:
    """Writes routes for the responses of one description."""

    digest: Digest
    sample: Sample

    def route(
        self,
        named: Named,
        operation: Operation,
        choice: Choice,
        preferences: Preferences,
    ) -> dict[str, Json]:
        """The declaration of a route that answers as chosen.

        Raises ``ValueError`` with the reason where nothing can be made.
        """
        told = {**place_of(named), "Status": choice.status}
        headers = self._headers(choice)
        if operation.is_deprecated:
            headers["Deprecation"] = "true"
        medium = choice.medium
        if medium is None:
            told["Body"] = ""
        elif medium.framing is not None or operation.stream is not None:
            told |= self._stream(operation, medium, headers, preferences)
        else:
            headers["Content-Type"] = concrete(medium.type)
            told |= self._content(medium, preferences)
        return {**told, "Headers": headers}

    # -- one answer -------------------------------------------------------------

    def _content(self, medium: Medium, preferences: Preferences) -> dict[str, Json]:
        examples = dict(medium.examples)
        name = preferences.example
        if name is not None:
            if name not in examples:
                there = ", ".join(filter(None, examples)) or "none with a name"
                raise LookupError(f"has no example {name!r}; it has {there}")
            return {"Body": _body(examples[name], medium)}
        if examples and not preferences.dynamic:
            return {"Body": _body(next(iter(examples.values())), medium)}
        if is_json(medium.type):
            return (
                {} if medium.schema is None else {"Schema": self.whole(medium.schema)}
            )
        given = {"type": "string"} if medium.schema is None else medium.schema.value
        value = self.sample(self.whole(Given(given)))
        return {"Body": _literal(value if isinstance(value, str) else dumps(value))}

    def whole(self, schema: Given) -> Json:
        """A schema with all that it refers to, as responses are to fit it."""
        is_old = self.digest.about.format.startswith("OpenAPI 3.0")
        return for_responses(self.digest.whole(schema.value), is_old=is_old)

    def _headers(self, choice: Choice) -> dict[str, Json]:
        """The headers of a response, with values that fit."""
        told: dict[str, Json] = {}
        for header in choice.answer.headers:
            text = header.example
            if text is None and header.schema is not None:
                text = _header_text(self.sample(self.whole(header.schema)))
            try:
                if header.name.lower() != "content-type" and text is not None:
                    name = ResponseHeaderName().read(header.name)
                    told[name] = HeaderValue().read(text)
            except NotAccepted:
                continue  # it is the server's own
        return told

    # -- a stream ---------------------------------------------------------------

    def _stream(
        self,
        operation: Operation,
        medium: Medium,
        headers: dict[str, Json],
        preferences: Preferences,
    ) -> dict[str, Json]:
        stream: dict[str, Json] = {}
        if medium.framing is not None:
            stream["Framing"] = medium.framing
            headers["Content-Type"] = concrete(medium.type)
        name = preferences.example
        examples = dict(medium.examples)
        if name is not None and name not in examples:
            there = ", ".join(filter(None, examples)) or "none with a name"
            raise LookupError(f"has no example {name!r}; it has {there}")
        chosen = examples.get(name if name is not None else "")
        is_sse = medium.framing in (None, "sse")
        if name is not None or (
            isinstance(chosen, list) and chosen and not preferences.dynamic
        ):
            items = chosen if isinstance(chosen, list) else [chosen]
            stream["Script"] = [_step(item, is_sse) for item in items]
        elif not _EXACT & (operation.stream or {}).keys():
            kinds = medium.kinds or (Kind(None, medium.schema),)
            stream["Events"] = [
                event for kind in kinds for event in self._events(kind, preferences)
            ]
            if not medium.kinds and medium.schema is None and examples:
                stream["Events"] = [{"Shape": next(iter(examples.values()))}]
        if not medium.has_ids:
            stream["Ids"] = "none"
        return {"Stream": {**stream, **(operation.stream or {})}}

    def _events(self, kind: Kind, preferences: Preferences) -> list[dict[str, Json]]:
        """The keys of the events of a kind: one, or one for each example."""
        named = {} if kind.event is None else {"Event": kind.event}
        if kind.examples and not preferences.dynamic:
            return [
                {**named, "Data": _payload(example, kind.is_text)}
                for example in kind.examples
            ]
        if kind.schema is None:
            return [named]
        whole = self.whole(kind.schema)
        if not kind.is_text:
            return [{**named, "Schema": whole}]
        texts = {str(self.sample(whole)) for _ in range(_TEXTS)}
        return [{**named, "Data": _literal(text)} for text in sorted(texts)]


def _body(example: Json, medium: Medium) -> Json:
    """An example as the key ``Body``: JSON, or the text itself.

    A text that stands for JSON, as many descriptions have it, is sent as that.
    """
    if not is_json(medium.type):
        return _literal(example if isinstance(example, str) else dumps(example))
    if not isinstance(example, str):
        return _literal(example)
    if _is_text(medium):
        return _literal(dumps(example))
    try:
        loads(example)
        return _literal(example)
    except ValueError:
        return _literal(dumps(example))


def _is_text(medium: Medium) -> bool:
    schema = None if medium.schema is None else medium.schema.value
    return isinstance(schema, Mapping) and schema.get("type") == "string"


def _payload(example: Json, is_text: bool) -> Json:
    if is_text:
        return _literal(example if isinstance(example, str) else dumps(example))
    return _literal(dumps(example) if isinstance(example, str) else example)


def _step(item: Json, is_sse: bool) -> dict[str, Json]:
    """An item of an example as a step: an event's members, or a payload."""
    members = {"event": "Event", "data": "Data", "id": "Id", "retry": "Retry"}
    if is_sse and isinstance(item, Mapping) and item and item.keys() <= members.keys():
        return {members[name]: _literal(value) for name, value in item.items()}
    return {"Data": _payload(item, False)}


def _literal(value: Json) -> Json:
    """A value in which nothing is a place to be filled."""
    if isinstance(value, str):
        return _OPENED.sub("{{{{", value)
    if isinstance(value, list):
        return [*map(_literal, value)]
    if isinstance(value, Mapping):
        return {name: _literal(inner) for name, inner in value.items()}
    return value


def _header_text(value: Json) -> str:
    """A value as a header has it: an array with commas, an object as pairs."""
    if isinstance(value, bool) or value is None:
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_header_text, value))
    if isinstance(value, Mapping):
        return ",".join(
            f"{name},{_header_text(inner)}" for name, inner in value.items()
        )
    return str(value)
