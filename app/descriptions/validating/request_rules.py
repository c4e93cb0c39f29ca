"""Whether a request is one that its description allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from ...errors import Undescribed
from ...routes.conditions import Received
from ...routes.template import Template, split
from ...schema.jsontext import loads
from ...schema.pointers import pointer
from ...schema.refusal import Refusal
from ...schema.shapes import schema_shape
from ...schema.validation import schema_validator
from ...words import Json
from ..declaring import parameter_name
from ..digest import Digest
from ..media import is_form, is_json, matching
from ..operations import Credential, Given, Operation, Parameter
from ..shelf import for_requests
from .form_fields import read_form
from .sent_texts import candidates, deep, types_of

#: A fault of a request: which part, what is wrong with it, and where.
Violation = dict[str, object]

#: More faults of a request are not told.
_MAX_VIOLATIONS = 20

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
            value = deep(parameter.name, received.query)
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
        meant = [*candidates(texts, types, parameter)]
        faults: list[Violation] = []
        for value in meant:
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
        if schema is None:
            return
        if is_json(given):
            value = received.read_body()
            for violation in self._valid(schema, value, {"in": "body"}):
                # What cannot be read is told as null.
                said = {"reason": "is null, or no JSON"} if value is None else {}
                yield {**violation, **said}
        elif is_form(given):
            yield from self._form(schema, received.read_body())

    def _form(self, schema: Given, body: Json) -> Iterator[Violation]:
        if isinstance(body, str):
            yield {"in": "body", "pointer": "", "reason": "is no form"}
            return
        fields = body if isinstance(body, Mapping) else {}
        form = read_form(fields, schema.value, self._digest)
        yield from self._valid(schema, form.value, {"in": "body"}, form.files)

    # -- values -----------------------------------------------------------------

    def _valid(
        self,
        schema: Given | None,
        value: Json,
        where: Violation,
        files: Collection[str] = (),
    ) -> Iterator[Violation]:
        """How a value does not fit; what is in members that are files is not known."""
        if schema is None:
            return
        validator, _ = self._compiled(schema)
        for error in validator.iter_errors(value) if validator is not None else ():
            if files and error.instance_path and error.instance_path[0] in files:
                continue
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
        return types_of(schema.value, self._digest)


def _where(parameter: Parameter) -> Violation:
    return {"in": parameter.where, "name": parameter.name}


def _reason(error: Any) -> str:
    """What is wrong with a value, without its whole."""
    text = str(error.message)
    return text if len(text) <= 300 else f"{text[:300]}..."


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
