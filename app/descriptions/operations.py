"""What a description says of an operation, as far as it is served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from ..words import Json

_SLUG = re.compile(r"[^A-Za-z0-9._~-]+")
#: Longest name of an operation, in characters, without its number.
_MAX_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was given, and may be null or a schema that is false."""

    value: Json


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event of a stream: its name, and what its payload is.

    ``is_text`` payloads are sent as they are; others are JSON. ``examples`` are
    payloads of the description.
    """

    event: str | None
    schema: Given | None
    is_text: bool = False
    examples: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Medium:
    """One media type of a response.

    ``schema`` is that of the body, None where nothing is said. ``framing`` is the
    word of the key ``Framing`` where it is a stream, whose ``kinds`` of event are
    chosen among; ``has_ids`` tells whether events may have an ``id``.
    """

    type: str
    schema: Given | None = None
    examples: tuple[tuple[str, Json], ...] = ()
    framing: str | None = None
    kinds: tuple[Kind, ...] = ()
    has_ids: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a response; ``example`` is its text where one is given."""

    name: str
    schema: Given | None
    example: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers with a status: ``200``, ``4XX`` or ``default``."""

    status: str
    media: tuple[Medium, ...] = ()
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a request.

    ``where`` is ``query``, ``header``, ``path`` or ``cookie``. ``style`` is how it is
    written, ``media`` the media type of its text where there is one instead.
    """

    name: str
    where: str
    required: bool
    schema: Given | None
    style: str
    explode: bool
    media: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: a schema by media type, None where nothing is said."""

    required: bool
    media: tuple[tuple[str, Given | None], ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows: a header, a query parameter or a cookie.

    ``scheme`` is that of the header ``Authorization``, in lower case.
    """

    where: str
    name: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what is asked for, and what is answered.

    ``credentials`` are alternatives, of which each needs all that it lists. ``stream``
    holds the keys of ``Stream`` from ``x-llmock``, None without.
    """

    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    credentials: tuple[tuple[Credential, ...], ...] = ()
    stream: dict[str, Json] | None = None
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Where an operation is served: known without reading the rest of it.

    ``path`` is in the description's own words, behind ``base``, the path of its
    server. ``pointer`` is its place in the description.
    """

    name: str
    method: str
    base: str
    path: str
    pointer: str
    tags: tuple[str, ...] = ()
    operation_id: str | None = None

    @property
    def label(self) -> str:
        """Method and path, as errors name the operation."""
        return f"{self.method} {self.path}"

    def unserved(self, reason: str) -> Unserved:
        """The operation as one that is not served, and why."""
        return Unserved(self.pointer, reason, self.label, self.operation_id)


@dataclass(frozen=True, slots=True)
class Unserved:
    """An operation that is not served, and why; ``operation_id`` where it has one."""

    pointer: str
    reason: str
    operation: str = ""
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a description says of itself; ``format`` is as in ``OpenAPI 3.1.0``."""

    format: str
    title: str
    version: str
    unserved: tuple[Unserved, ...] = field(default=())


def about_document(
    form: str, root: Mapping[str, Json], unserved: Iterable[Unserved]
) -> About:
    """What the document ``root`` in the format ``form`` says of itself."""
    info = root.get("info")
    told = info if isinstance(info, Mapping) else {}
    return About(
        form,
        str(told.get("title", "")),
        str(told.get("version", "")),
        tuple(unserved),
    )


class Names:
    """Names of one description, each given once."""

    def __init__(self, usual: str) -> None:
        """``usual`` stands for a text of which nothing can be used."""
        self._usual = usual
        self._given: set[str] = set()

    def new(self, text: str) -> str:
        """A name like ``text``, with a number where it has been given."""
        base = _SLUG.sub("-", text).strip("-.")[:_MAX_NAME_LENGTH] or self._usual
        name, number = base, 1
        while name in self._given:
            number += 1
            name = f"{base}-{number}"
        self._given.add(name)
        return name


def operation_text(operation: Operation) -> bytes:
    """An operation as JSON."""
    try:
        return orjson.dumps(operation)
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(asdict(operation)).encode()


def operation_from(value: Any) -> Operation:
    """The operation of a JSON text that was loaded."""
    return Operation(
        answers=tuple(map(_answer, value["answers"])),
        parameters=tuple(
            Parameter(**{**each, "schema": _given(each["schema"])})
            for each in value["parameters"]
        ),
        body=_body(value["body"]),
        credentials=tuple(
            tuple(Credential(**each) for each in every)
            for every in value["credentials"]
        ),
        stream=value["stream"],
        is_deprecated=value["is_deprecated"],
    )


def _given(value: Any) -> Given | None:
    return None if value is None else Given(value["value"])


def _answer(value: Any) -> Answer:
    return Answer(
        status=value["status"],
        media=tuple(map(_medium, value["media"])),
        headers=tuple(
            Header(**{**each, "schema": _given(each["schema"])})
            for each in value["headers"]
        ),
    )


def _medium(value: Any) -> Medium:
    return Medium(
        **{
            **value,
            "schema": _given(value["schema"]),
            "examples": tuple((name, example) for name, example in value["examples"]),
            "kinds": tuple(
                Kind(
                    **{
                        **each,
                        "schema": _given(each["schema"]),
                        "examples": tuple(each["examples"]),
                    }
                )
                for each in value["kinds"]
            ),
        }
    )


def _body(value: Any) -> Body | None:
    if value is None:
        return None
    media = tuple((media, _given(schema)) for media, schema in value["media"])
    return Body(value["required"], media)
