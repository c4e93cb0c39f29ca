"""OpenAPI 3.0, 3.1 and 3.2: from a parsed document to a digest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from ..words import Json
from .description_text import BadDescription
from .digest import Digest
from .event_kinds import Kinds, framing_of
from .extension import stream_keys
from .operations import (
    Answer,
    Body,
    Given,
    Header,
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
from .references import References, Spot
from .security import Schemes
from .shelf import Shelf

_METHODS = ("get", "put", "post", "delete", "patch", "query")
_UNSERVED_METHODS = {
    "head": "HEAD is answered wherever GET is, with its headers",
    "options": "OPTIONS is answered as a preflight of CORS",
    "trace": "TRACE is not served",
}
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_ROOT = Spot("", "")

#: How a parameter is written where it does not say.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def reads(document: Mapping[str, Json]) -> bool:
    """Whether a document is a description in a version of OpenAPI that is read."""
    return str(document.get("openapi", "")).startswith(("3.0", "3.1", "3.2"))


def digest_of(
    references: References, base_path: str | None, only: Collection[str]
) -> Digest:
    """What is served of a description in OpenAPI.

    ``base_path`` goes before every path, in place of that of the server; ``only``
    are the ids and tags of the operations that are wanted, all where it is empty.
    Raises ``BadDescription``.
    """
    return _Reader(references, base_path, only).digest()


class _Reader:
    def __init__(
        self, references: References, base_path: str | None, only: Collection[str]
    ) -> None:
        self._references = references
        self._base_path = base_path
        self._only = only
        root = references.root
        self._version = str(root["openapi"])
        self._shelf = Shelf(references, is_old=self._version.startswith("3.0"))
        self._kinds = Kinds(references, self._shelf)
        self._schemes = Schemes(references)
        self._names = Names("operation")
        self._unserved: list[Unserved] = []

    def digest(self) -> Digest:
        root = self._references.root
        operations = [
            (named, operation_text(operation))
            for named, operation in self._operations()
        ]
        if not operations and not self._unserved:
            raise BadDescription("it has no operations", "/paths")
        about = about_document(f"OpenAPI {self._version}", root, self._unserved)
        return Digest(about, operations, self._shelf.parts)

    def _operations(self) -> Iterator[tuple[Named, Operation]]:
        paths = self._references.root.get("paths") or {}
        if not isinstance(paths, Mapping):
            raise BadDescription("it is no object of paths", "/paths")
        for path in paths:
            if not path.startswith("/"):  # an extension
                continue
            spot = _ROOT.inside("paths", path)
            try:
                item, at = self._references.resolve(spot)
                if not isinstance(item, Mapping):
                    raise BadDescription("it is no object of operations", str(spot))
            except BadDescription as error:
                self._leave_out(error, path)
                continue
            for method, place in _methods(item, at):
                read = self._read(path, method, place, item, at)
                if read is not None:
                    yield read

    def _read(
        self, path: str, method: str, spot: Spot, item: Mapping[str, Json], at: Spot
    ) -> tuple[Named, Operation] | None:
        label = f"{method.upper()} {path}"
        operation_id: str | None = None
        try:
            value, spot = self._references.resolve(spot)
            if not isinstance(value, Mapping):
                raise BadDescription("it is no operation", str(spot))
            tags = tuple(map(str, _listed(value, "tags")))
            identity = value.get("operationId")
            operation_id = None if identity is None else str(identity)
            if self._only and not {identity, *tags} & {*self._only}:
                return None
            if method in _UNSERVED_METHODS:
                raise BadDescription(_UNSERVED_METHODS[method], str(spot))
            operation = self._operation(value, spot, at)
            named = Named(
                name=self._name(identity, label),
                method=method.upper(),
                base=self._base(value, item),
                path=path,
                pointer=str(spot),
                tags=tags,
                operation_id=operation_id,
            )
        except BadDescription as error:
            self._leave_out(error, label, operation_id)
            return None
        return named, operation

    def _leave_out(
        self, error: BadDescription, label: str, operation_id: str | None = None
    ) -> None:
        unserved = Unserved(error.pointer, error.reason, label, operation_id)
        self._unserved.append(unserved)

    def _name(self, identity: Json, label: str) -> str:
        given = identity if isinstance(identity, str) and identity else label
        return self._names.new(given)

    def _base(self, operation: Mapping[str, Json], item: Mapping[str, Json]) -> str:
        """The path of the server, where no other is asked for."""
        if self._base_path is not None:
            return self._base_path.rstrip("/")
        for holder in (operation, item, self._references.root):
            servers = _listed(holder, "servers")
            if servers:
                return _path_of(servers[0])
        return ""

    # -- an operation -----------------------------------------------------------

    def _operation(
        self, value: Mapping[str, Json], spot: Spot, item_spot: Spot
    ) -> Operation:
        answers = [*self._answers(value, spot)]
        if not answers:
            raise BadDescription("it has no response", str(spot.inside("responses")))
        return Operation(
            answers=tuple(answers),
            parameters=tuple(self._parameters(spot, item_spot)),
            body=self._body(value, spot),
            credentials=self._schemes.needed(value),
            stream=stream_keys(value, spot),
            is_deprecated=value.get("deprecated") is True,
        )

    def _answers(self, value: Mapping[str, Json], spot: Spot) -> Iterator[Answer]:
        responses = value.get("responses") or {}
        if not isinstance(responses, Mapping):
            raise BadDescription(
                "it is no object of responses", str(spot.inside("responses"))
            )
        for status in responses:
            wanted = status.upper() if status != "default" else status
            if not _STATUS.fullmatch(wanted):
                continue  # an extension
            response, at = self._references.resolve(spot.inside("responses", status))
            if not isinstance(response, Mapping):
                raise BadDescription("it is no response", str(at))
            yield Answer(
                wanted,
                tuple(self._media(response, at)),
                tuple(self._headers(response, at)),
            )

    def _media(self, response: Mapping[str, Json], spot: Spot) -> Iterator[Medium]:
        content = response.get("content") or {}
        for media_type in content if isinstance(content, Mapping) else ():
            value, at = self._references.resolve(spot.inside("content", media_type))
            if isinstance(value, Mapping):
                yield self._medium(media_type, value, at)

    def _medium(self, media_type: str, value: Mapping[str, Json], at: Spot) -> Medium:
        examples = [*self._examples(value, at)]
        framing = framing_of(media_type)
        if framing is None:
            schema = self._schema(value, at)
            if not examples and schema is not None:
                examples = [*self._schema_examples(at.inside("schema"))]
            return Medium(media_type, schema, tuple(examples))
        kinds: tuple[Kind, ...] = ()
        has_ids = True
        if "itemSchema" in value:
            kinds, has_ids = self._kinds.of_items(at.inside("itemSchema"), framing)
        elif "schema" in value:
            kinds, has_ids = self._kinds.of_schema(at.inside("schema"), framing)
        return Medium(media_type, None, tuple(examples), framing, kinds, has_ids)

    def _schema(self, value: Mapping[str, Json], at: Spot) -> Given | None:
        return self._shelf.take(at.inside("schema")) if "schema" in value else None

    def _examples(
        self, value: Mapping[str, Json], spot: Spot
    ) -> Iterator[tuple[str, Json]]:
        """The examples of a media type or parameter, by name; "" for the only one."""
        if "example" in value:
            yield "", value["example"]
        examples = value.get("examples")
        for name in examples if isinstance(examples, Mapping) else ():
            example, _ = self._references.resolve(spot.inside("examples", name))
            if not isinstance(example, Mapping):
                continue
            for key in ("value", "dataValue", "serializedValue"):
                if key in example:
                    yield name, example[key]
                    break

    def _schema_examples(self, spot: Spot) -> Iterator[tuple[str, Json]]:
        schema, _ = self._references.resolve(spot)
        if isinstance(schema, Mapping):
            if "example" in schema:
                yield "", schema["example"]
            elif isinstance(schema.get("examples"), list) and schema["examples"]:
                yield "", schema["examples"][0]

    def _headers(self, response: Mapping[str, Json], spot: Spot) -> Iterator[Header]:
        headers = response.get("headers") or {}
        for name in headers if isinstance(headers, Mapping) else ():
            value, at = self._references.resolve(spot.inside("headers", name))
            if not isinstance(value, Mapping):
                continue
            examples = [example for _, example in self._examples(value, at)]
            texts = [str(each) for each in examples if isinstance(each, (str, int))]
            yield Header(name, self._schema(value, at), texts[0] if texts else None)

    # -- what is asked for ------------------------------------------------------

    def _parameters(self, spot: Spot, item_spot: Spot) -> Iterator[Parameter]:
        """The parameters of an operation, over those of its path."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (item_spot, spot):
            listed = self._references.at(holder).get("parameters") or []
            for index, _ in enumerate(listed if isinstance(listed, list) else []):
                parameter = self._parameter(holder.inside("parameters", index))
                if parameter is not None:
                    found[parameter.where, parameter.name] = parameter
        yield from found.values()

    def _parameter(self, spot: Spot) -> Parameter | None:
        value, at = self._references.resolve(spot)
        if not isinstance(value, Mapping) or value.get("in") not in _STYLES:
            return None
        where, name = value["in"], str(value.get("name", ""))
        style = str(value.get("style", _STYLES[where]))
        media, schema = None, self._schema(value, at)
        content = value.get("content")
        if isinstance(content, Mapping) and content:
            media = next(iter(content))
            inner, place = self._references.resolve(at.inside("content", media))
            schema = self._schema(inner, place)
        return Parameter(
            name,
            where,
            value.get("required") is True or where == "path",
            schema,
            style,
            bool(value.get("explode", style == "form")),
            media,
        )

    def _body(self, value: Mapping[str, Json], spot: Spot) -> Body | None:
        if "requestBody" not in value:
            return None
        body, at = self._references.resolve(spot.inside("requestBody"))
        content = body.get("content") if isinstance(body, Mapping) else None
        if not isinstance(content, Mapping):
            return None
        media: list[tuple[str, Given | None]] = []
        for media_type in content:
            inner, place = self._references.resolve(at.inside("content", media_type))
            media.append((media_type, self._schema(inner, place)))
        return Body(body.get("required") is True, tuple(media))


def _methods(item: Mapping[str, Json], spot: Spot) -> Iterator[tuple[str, Spot]]:
    """The operations of a path, each with its method in lower case."""
    for key in item:
        if key in _METHODS or key in _UNSERVED_METHODS:
            yield key, spot.inside(key)
    more = item.get("additionalOperations")
    for method in more if isinstance(more, Mapping) else ():
        yield method.lower(), spot.inside("additionalOperations", method)


def _path_of(server: Json) -> str:
    """The path of a server's URL, its variables at their defaults."""
    if not isinstance(server, Mapping):
        return ""
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}

    def default(found: re.Match[str]) -> str:
        variable = known.get(found.group(1))
        given = variable.get("default") if isinstance(variable, Mapping) else None
        return str(given) if given is not None else found.group(1)

    url = _VARIABLE.sub(default, str(server.get("url", "")))
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return f"/{path.strip('/')}" if path.strip("/") else ""


def _listed(value: Mapping[str, Json], key: str) -> list[Json]:
    given = value.get(key)
    return given if isinstance(given, list) else []
