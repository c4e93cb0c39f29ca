"""A hub context: a named feed, as it is written and as it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import orjson

from ...errors import BadRequest, PayloadTooLarge
from ...request.parsers import Limits
from ...resources.catalogue import noun_of
from ...schema.refusal import Impossible
from ...schema.validation import schema_validator
from ...settings import Settings
from ...settings.model import HubContextSettings
from ...settings.place import Place
from ...settings.sections import Section
from ...words import Json, MockRequest, Mode, Shape, SimulatedError
from ..streaming import read_request

#: How a hub context is written, in a configuration file or in a request.
DECLARED: Section[HubContextSettings] = Section(HubContextSettings)

_SHOWN_AS = {
    "name": "name",
    "description": "description",
    "method": "method",
    "path": "path",
    "body": "body",
    "shape": "shape",
    "is_json_schema": "isJsonSchema",
    "api_context_name": "apiContextName",
    "backend_name": "backendName",
    "interval_ms": "intervalMs",
    "seed": "seed",
}


@dataclass(frozen=True, slots=True)
class HubContext:
    """A named feed of a hub: what it was declared as, and the request that it makes.

    ``error`` is sent in place of data. ``is_active`` tells whether it is made now.
    """

    declared: HubContextSettings
    request: MockRequest
    error: SimulatedError | None
    is_active: bool

    @property
    def name(self) -> str:
        """The name by which clients subscribe."""
        return self.declared.name

    def with_active(self, is_active: bool) -> HubContext:
        """The same feed, started or stopped."""
        return replace(self, is_active=is_active)

    @property
    def written(self) -> dict[str, Json]:
        """The feed as it would be declared, as it stands now."""
        described = self._described()
        return {key: value for key, value in described.items() if value is not None}

    def described(self, connections: int) -> dict[str, Json]:
        """The feed for JSON, with the number of clients that subscribe to it."""
        return {**self._described(), "connectionCount": connections}

    def _described(self) -> dict[str, Json]:
        declared = self.declared
        members: dict[str, Json] = {
            shown: getattr(declared, name) for name, shown in _SHOWN_AS.items()
        }
        shape = declared.shape
        if shape is not None:
            text = shape.value
            members["shape"] = text if isinstance(text, str) else _text(text)
        error = self.error
        return {
            **members,
            "backendNames": [*declared.backend_names],
            "intervalMs": self.request.interval_ms,
            "isActive": self.is_active,
            "errorConfig": (
                None
                if error is None
                else {
                    "statusCode": error.code,
                    "message": error.message,
                    "details": error.details,
                }
            ),
        }


def _text(value: Json) -> str:
    return orjson.dumps(value).decode()


def make_context(
    declared: HubContextSettings, place: Place, settings: Settings, limits: Limits
) -> HubContext:
    """The feed that is declared at ``place``. Raises ``SettingsError``."""
    try:
        _check_backends(declared.backend_names, limits)
        wanted = read_request(_subject(declared), _options(declared), settings, limits)
        shape = wanted.shape
        if declared.is_json_schema and shape is not None and shape.is_example:
            shape = _schema(shape.given)
    except (BadRequest, PayloadTooLarge, ValueError) as error:
        detail = error.detail if not isinstance(error, ValueError) else str(error)
        raise place.error(f"cannot be used: {detail.removesuffix('.')}") from None
    _, _, query = declared.path.partition("?")
    interval_ms = declared.interval_ms or settings.signalr_push_interval_ms
    given = declared.error_config
    return HubContext(
        declared,
        replace(
            wanted,
            method=declared.method,
            shape=shape,
            body=_json_or_text(_body(declared)),
            fields={**wanted.fields, **dict(parse_qsl(query))},
            interval_ms=interval_ms,
            backends=declared.backend_names,
        ),
        (
            None
            if given is None
            else SimulatedError(given.status_code, given.message, given.details)
        ),
        declared.is_active,
    )


def _options(declared: HubContextSettings) -> Mapping[str, Json]:
    shape = None if declared.shape is None else declared.shape.value
    if isinstance(shape, (list, int, float, bool)):
        shape = _text(shape)
    return {
        "continuous": True,
        "maxDuration": 0,
        "sseMode": Mode.COMPLETE_OBJECTS.value,
        "shape": shape,
        "contextName": declared.api_context_name,
        "backend": None if declared.backend_names else declared.backend_name,
        "seed": declared.seed,
    }


def _check_backends(names: Sequence[str], limits: Limits) -> None:
    """Raise ``ValueError`` for a name that no backend has."""
    known = {name.casefold() for name in limits.backends}
    for name in names:
        if name.casefold() not in known:
            accepted = ", ".join(limits.backends)
            raise ValueError(f"{name} is no backend; accepted: {accepted}")


def _subject(declared: HubContextSettings) -> str:
    """What the data is about: the path, or the nouns of a description without shape."""
    path = declared.path.partition("?")[0].strip("/") or "data"
    if declared.shape is not None or not declared.description:
        return path
    words = declared.description.replace(",", " ").replace(".", " ").split()
    return next((word.lower() for word in words if noun_of(word.lower())), path)


def _schema(given: Json) -> Shape:
    """A shape that is said to be a schema. Raises ``ValueError``."""
    if not isinstance(given, (dict, bool)):
        raise ValueError("a JSON Schema is an object, true or false")
    try:
        schema_validator(given)
    except Impossible as error:
        raise ValueError(str(error)) from None
    return Shape(given=given, schema=given, is_example=False)


def _body(declared: HubContextSettings) -> str | None:
    """What a model is told besides the path: the body, or what the data is about."""
    if declared.body is not None or declared.shape is not None:
        return declared.body
    return declared.description


def _json_or_text(body: str | None) -> Json:
    if body is None:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
