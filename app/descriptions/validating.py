"""Whether a request is one that its description allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from ..errors import Undescribed
from ..routes.conditions import Received
from ..routes.template import Template, split
from ..schema.jsontext import loads
from ..schema.pointers import pointer
from ..schema.refusal import Refusal
from ..schema.shapes import schema_shape
from ..schema.validation import schema_validator
from ..words import Json
from .declaring import parameter_name
from .digest import Digest
from .media import is_json, matching
from .operations import Credential, Given, Operation, Parameter
from .shelf import for_requests

#: A fault of a request: which part, what is wrong with it, and where.
Violation = dict[str, object]

#: More faults of a request are not told.
_MAX_VIOLATIONS = 20

_INTEGER = re.compile(r"-?\d{1,100}")
_NUMBER = re.compile(r"-?\d{1,100}(\.\d{1,100})?([eE][-+]?\d{1,4})?")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
#: The headers that descriptions list in vain: others than parameters decide on them.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


class Rules:
    """The rules of one operation, with their schemas compiled at first use."""

    def __init__(
        self, operation: Operation, digest: Digest, template: Template
    ) -> None:
        """``template`` is the path of the operation's route."""
        self._operation = operation
        self._digest = digest
        self._template = template
        self._validators: dict[int, tuple[Any, Json]] = {}

    def check(self, received: Received) -> None:
        """Raise ``Undescribed`` where the description forbids a request."""
        missing = [*self._unauthorized(received)]
        if missing:
            raise Undescribed(self._status(401), missing)
        found: list[Violation] = []
        for violation in self._violations(received):
            found.append(violation)
            if len(found) == _MAX_VIOLATIONS:
                break
        if found:
            wrong_media = all(each["in"] == "header" for each in found) and any(
                each.get("name") == "Content-Type" for each in found
            )
            raise Undescribed(415 if wrong_media else self._status(422, 400), found)

    def _status(self, *wanted: int) -> int:
        """The first of these statuses that the description has, else the first."""
        known = {answer.status for answer in self._operation.answers}
        return next((code for code in wanted if str(code) in known), wanted[0])

    # -- credentials ------------------------------------------------------------

    def _unauthorized(self, received: Received) -> Iterator[Violation]:
        alternatives = self._operation.credentials
        if not alternatives or any(
            all(_shows(received, each) for each in every) for every in alternatives
        ):
            return
        for credential in alternatives[0]:
            if not _shows(received, credential):
                scheme = f" with {credential.scheme}" if credential.scheme else ""
                yield {
                    "in": credential.where,
                    "name": credential.name,
                    "reason": f"is missing{scheme}",
                }

    # -- parameters -------------------------------------------------------------

    def _violations(self, received: Received) -> Iterator[Violation]:
        path = self._template.values(split(received.path))
        cookies = _cookies(received)
        for parameter in self._operation.parameters:
            name = parameter.name
            if parameter.where == "path":
                value = path.get(parameter_name(name))
                texts = [] if value is None else [value]
            elif parameter.where == "header":
                if name.lower() in _IGNORED_HEADERS:
                    continue
                header = received.headers.get(name.lower())
                texts = [] if header is None else [header]
            elif parameter.where == "cookie":
                texts = [cookies[name]] if name in cookies else []
            else:
                yield from self._query(parameter, received)
                continue
            yield from self._parameter(parameter, texts)
        yield from self._body(received)

    def _query(self, parameter: Parameter, received: Received) -> Iterator[Violation]:
        if parameter.style == "deepObject":
            value = _deep(parameter.name, received.query)
            if value:
                yield from self._valid(parameter.schema, value, _where(parameter))
            elif parameter.required:
                yield {**_where(parameter), "reason": "is missing"}
            return
        is_object = "object" in self._types(parameter.schema)
        if is_object and parameter.style == "form" and parameter.explode:
            return  # its members stand among the other parameters
        yield from self._parameter(parameter, received.query.get(parameter.name, ()))

    def _parameter(
        self, parameter: Parameter, texts: Sequence[str]
    ) -> Iterator[Violation]:
        where = _where(parameter)
        if not texts:
            if parameter.required:
                yield {**where, "reason": "is missing"}
            return
        if parameter.schema is None:
            return
        if parameter.media is not None:
            if is_json(parameter.media):
                try:
                    value = loads(texts[0])
                except ValueError:
                    yield {**where, "reason": "is no JSON"}
                    return
                yield from self._valid(parameter.schema, value, where)
            return
        types = self._types(parameter.schema)
        candidates = [*_candidates(texts, types, parameter)]
        faults: list[Violation] = []
        for value in candidates:
            faults = [*self._valid(parameter.schema, value, where)]
            if not faults:
                return
        yield from faults

    # -- the body ---------------------------------------------------------------

    def _body(self, received: Received) -> Iterator[Violation]:
        body = self._operation.body
        if body is None:
            return
        given = received.headers.get("content-type", "")
        has_body = (
            received.headers.get("content-length", "0") != "0"
            or "transfer-encoding" in received.headers
        )
        if not has_body:
            if body.required:
                yield {"in": "body", "pointer": "", "reason": "is missing"}
            return
        entry = matching(body.media, given)
        if entry is None:
            types = ", ".join(media for media, _ in body.media)
            yield {
                "in": "header",
                "name": "Content-Type",
                "reason": f"is {given or 'missing'}; accepted: {types}",
            }
            return
        _, schema = entry
        if schema is None or not is_json(given):
            return
        yield from self._valid(schema, received.read_body(), {"in": "body"})

    # -- values -----------------------------------------------------------------

    def _valid(
        self, schema: Given | None, value: Json, where: Violation
    ) -> Iterator[Violation]:
        if schema is None:
            return
        validator, _ = self._compiled(schema)
        for error in validator.iter_errors(value) if validator is not None else ():
            place = pointer(error.instance_path)
            at = {"pointer": place} if where["in"] == "body" or place else {}
            yield {**where, **at, "reason": _reason(error)}

    def _compiled(self, schema: Given) -> tuple[Any, Json]:
        key = id(schema)
        if key not in self._validators:
            is_old = self._digest.about.format.startswith("OpenAPI 3.0")
            whole = for_requests(self._digest.whole(schema.value), is_old=is_old)
            try:
                told = schema_shape(whole).schema
                self._validators[key] = schema_validator(told), told
            except Refusal:
                # The description's own fault, which its check tells.
                self._validators[key] = None, True
        return self._validators[key]

    def _types(self, schema: Given | None) -> frozenset[str]:
        """The types that a parameter's schema allows, as far as it says."""
        if schema is None:
            return frozenset()
        return frozenset(_types(schema.value, self._digest, 0))


def _types(schema: Json, digest: Digest, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > 8:
        return
    given = schema.get("type")
    if isinstance(given, str):
        yield given
    elif isinstance(given, list):
        yield from given
    if schema.get("nullable") is True:
        yield "null"
    reference = schema.get("$ref")
    if isinstance(reference, str):
        part = digest.part(reference)
        yield from _types(part, digest, depth + 1)
    for keyword in ("allOf", "oneOf", "anyOf"):
        listed = schema.get(keyword)
        for part in listed if isinstance(listed, list) else ():
            yield from _types(part, digest, depth + 1)


def _where(parameter: Parameter) -> Violation:
    return {"in": parameter.where, "name": parameter.name}


def _reason(error: Any) -> str:
    """What is wrong with a value, without its whole."""
    text = str(error.message)
    return text if len(text) <= 300 else f"{text[:300]}..."


def _candidates(
    texts: Sequence[str], types: frozenset[str], parameter: Parameter
) -> Iterator[Json]:
    """The values that a parameter's text may mean, by the types of its schema."""
    scalars = types - {"array", "object"}
    if "array" in types:
        yield [
            next(_scalars(item, frozenset({"integer", "number", "boolean"}) | scalars))
            for item in _items(texts, parameter)
        ]
        yield [*_items(texts, parameter)]
    if "object" in types:
        yield _members(texts[0], parameter)
    if scalars or not types:
        yield from _scalars(texts[0], scalars)


def _items(texts: Sequence[str], parameter: Parameter) -> list[str]:
    if parameter.explode and parameter.where in ("query", "cookie"):
        return [*texts]
    text = texts[0]
    separator = _SEPARATORS.get(parameter.style, ",")
    return [item.strip() for item in text.split(separator)] if text else []


def _scalars(text: str, types: frozenset[str]) -> Iterator[Json]:
    """The values of a text: as the most special type first, and as text last."""
    is_any = not types
    if ("integer" in types or is_any) and _INTEGER.fullmatch(text):
        yield int(text)
    if ("number" in types or is_any) and _NUMBER.fullmatch(text):
        yield float(text)
    if ("boolean" in types or is_any) and text in ("true", "false"):
        yield text == "true"
    if "null" in types and text in ("", "null"):
        yield None
    yield text


def _members(text: str, parameter: Parameter) -> dict[str, Json]:
    """An object as a parameter has it: ``a,1,b,2``, or exploded ``a=1,b=2``."""
    parts = text.split(_SEPARATORS.get(parameter.style, ","))
    if parameter.explode:
        pairs = [part.partition("=")[::2] for part in parts]
    else:
        pairs = [*zip(parts[::2], parts[1::2], strict=False)]
    return {name: next(_scalars(value, frozenset())) for name, value in pairs}


def _deep(name: str, query: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """The object that ``name[member]=value`` in a query stands for."""
    found: dict[str, Json] = {}
    for key, texts in query.items():
        if key.startswith(f"{name}[") and key.endswith("]") and "][" not in key:
            values = [next(_scalars(text, frozenset())) for text in texts]
            found[key[len(name) + 1 : -1]] = values[0] if len(values) == 1 else values
    return found


def _cookies(received: Received) -> dict[str, str]:
    try:
        cookies = SimpleCookie(received.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in cookies.items()}


def _shows(received: Received, credential: Credential) -> bool:
    if credential.where == "query":
        return credential.name in received.query
    if credential.where == "cookie":
        return credential.name in _cookies(received)
    text = received.headers.get(credential.name.lower(), "")
    if credential.scheme is None:
        return bool(text)
    scheme, _, rest = text.partition(" ")
    return scheme.lower() == credential.scheme and bool(rest.strip())
