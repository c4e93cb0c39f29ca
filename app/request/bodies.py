"""Reading a request's body by its content type (contract, section 2).

JSON steers and describes. A form, newline-delimited JSON and text are data. A
body that claims to be JSON, or claims nothing, has to be JSON; everything else
is taken for what it can be read as.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import orjson
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from ..errors import BadRequest, PayloadTooLarge
from ..schema.jsontext import excerpt
from ..words import Json

#: Maximum number of fields in a form.
MAX_FORM_FIELDS = 1000

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_JSON_LINES = frozenset(
    f"application/{name}"
    for name in ("x-ndjson", "ndjson", "jsonl", "x-jsonl", "jsonlines", "x-jsonlines")
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Body:
    """A body that has been read.

    ``value`` is what it says as JSON, or None for no body. ``members`` are the
    members of a JSON object, which may be options; ``fields`` those of a form,
    which are data whatever their names.
    """

    value: Json = None
    members: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)


def parse_body(raw: bytes, content_type: str) -> Body:
    """The body of a request; whitespace alone is no body.

    Raises ``BadRequest`` for a body that has to be JSON and is not, and
    ``PayloadTooLarge`` for a form with too many fields.
    """
    if not raw.strip():
        return Body()
    kind, parameters = parse_options_header(content_type)
    kind = kind.lower()
    if _claims_json(kind):
        return _of_json(parse_json(raw))
    if kind in _JSON_LINES:
        return Body(_json_lines(raw))
    # JSON is often sent under the type that a client uses by default.
    if raw.lstrip()[:1] in (b"{", b"["):
        try:
            return _of_json(orjson.loads(raw))
        except orjson.JSONDecodeError:
            pass
    if kind == _FORM:
        return _of_form(_urlencoded(raw))
    if kind == _MULTIPART and "boundary" in parameters:
        parts = _multipart(raw, parameters["boundary"])
        if parts is not None:
            return _of_form(parts)
    return Body(_text(raw, kind, parameters))


def parse_json(raw: bytes) -> Json:
    """JSON in UTF-8; None for whitespace alone. Raises ``BadRequest`` for others."""
    if not raw.strip():
        return None
    try:
        return orjson.loads(raw.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise _no_json(raw, error, error.lineno, "JSON in UTF-8, or no body") from None


def _no_json(
    raw: bytes, error: orjson.JSONDecodeError, line: int, allowed: str
) -> BadRequest:
    return BadRequest(
        f"The body is not JSON: {error.msg} at line {line}, column {error.colno}.",
        parameter="body",
        value=excerpt(raw.decode("utf-8", "replace")),
        allowed=allowed,
    )


def _claims_json(kind: str) -> bool:
    return kind in ("", "application/json", "text/json") or kind.endswith("+json")


def _json_lines(raw: bytes) -> list[Json]:
    values = []
    for number, line in enumerate(raw.removeprefix(_BYTE_ORDER_MARK).splitlines(), 1):
        if not line.strip():
            continue
        try:
            values.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            raise _no_json(line, error, number, "one JSON value a line") from None
    return values


def _of_json(value: Json) -> Body:
    return Body(value, members=value if isinstance(value, dict) else {})


def _of_form(pairs: Iterable[tuple[str, Json]]) -> Body:
    """A form's fields; a repeated one is a list."""
    values: dict[str, list[Json]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    fields = {
        name: found[0] if len(found) == 1 else found for name, found in values.items()
    }
    return Body(fields, fields=fields)


def _too_many_fields() -> PayloadTooLarge:
    return PayloadTooLarge(f"The form has more than {MAX_FORM_FIELDS} fields.")


def _urlencoded(raw: bytes) -> list[tuple[str, str]]:
    if raw.count(b"&") >= MAX_FORM_FIELDS:
        raise _too_many_fields()
    text = raw.strip().decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def _multipart(raw: bytes, boundary: str) -> list[tuple[str, Json]] | None:
    """The parts of a multipart form, files only by their metadata; None if broken."""
    decoder = MultipartDecoder(boundary.encode(), max_parts=MAX_FORM_FIELDS)
    decoder.receive_data(raw)
    decoder.receive_data(None)
    parts: list[tuple[Field | File, bytearray]] = []
    try:
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            if isinstance(event, (Field, File)):
                parts.append((event, bytearray()))
            elif isinstance(event, Data):
                parts[-1][1].extend(event.data)
    except RequestEntityTooLarge:
        raise _too_many_fields() from None
    except ValueError:
        return None
    return [(part.name or "", _part(part, bytes(content))) for part, content in parts]


def _part(part: Field | File, content: bytes) -> Json:
    if isinstance(part, Field):
        return content.decode("utf-8", "replace")
    return {
        "name": part.filename,
        "type": part.headers.get("Content-Type", "application/octet-stream"),
        "size": len(content),
    }


def _text(raw: bytes, kind: str, parameters: Mapping[str, str]) -> str | None:
    """The text of a body, or None if its type is not text."""
    try:
        return raw.decode(parameters.get("charset", "utf-8"))
    except (LookupError, UnicodeError):
        is_text = kind.startswith("text/")
        return raw.decode("utf-8", "replace") if is_text else None
