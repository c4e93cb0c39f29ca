"""Recordings: uploading, seeing and deleting them while the server runs."""

from __future__ import annotations

from flask import Blueprint, Response

from ...errors import BadRequest, Conflict, NotFound, PayloadTooLarge, SettingsError
from ...events.payloads import timestamp
from ...ports import Clock
from ...recordings.recording import BadRecording
from ...request.bodies import parse_json
from ...router.book import RouteBook
from ...router.recordings import (
    About,
    RecordingStore,
    about_recording,
    let_others_run,
    read_in_turns,
)
from ...router.store import expiry
from ...schema.jsontext import excerpt
from ...schema.pointers import as_sent
from ...settings import Settings
from ...settings.place import Place
from ...settings.routes import RecordingDeclaration
from ...settings.sections import Section
from ...words import Json
from ..body import json_response, read_upload
from ..openapi.operation import (
    AWAY,
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
    unknown,
)

_DECLARED: Section[RecordingDeclaration] = Section(RecordingDeclaration)

_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 100})
_UNKNOWN = unknown("recording")

LIST_RECORDINGS = Operation(
    name="listRecordings",
    summary="The recordings that were uploaded",
    tag=Tag.MANAGE,
    responses=AWAY,
)
UPLOAD_RECORDING = Operation(
    name="uploadRecording",
    summary="Upload a recording, for routes to replay",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **AWAY,
        "201": content("It is kept", "application/json"),
        "400": problem("It is no recording; the text says in which line and why"),
        "409": problem("The name is taken, or there are MaxRecordings recordings"),
        "413": problem("The recording is longer than MaxRecordingBytes"),
    },
    body={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["name", "content"],
                    "properties": {
                        "name": {"type": "string"},
                        "content": {
                            "type": "string",
                            "description": "the file's text: JSON lines",
                        },
                        "expiresSeconds": {"type": "integer", "minimum": 1},
                    },
                }
            }
        },
    },
)
SHOW_RECORDING = Operation(
    name="showRecording",
    summary="What is known of one recording",
    tag=Tag.MANAGE,
    responses={**_UNKNOWN, **AWAY},
    variables=(_NAME,),
)
DELETE_RECORDING = Operation(
    name="deleteRecording",
    summary="Delete one recording that no route replays",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_UNKNOWN,
        **AWAY,
        "204": empty("It is deleted"),
        "409": problem("A route replays it"),
    },
    variables=(_NAME,),
)


def blueprint(
    store: RecordingStore, book: RouteBook, settings: Settings, clock: Clock
) -> Blueprint:
    """``/api/manage/recordings``."""
    manage = Blueprint("recordings", __name__, url_prefix="/api/manage")

    @manage.get("/recordings")
    @describes(LIST_RECORDINGS)
    def list_recordings() -> Response:
        described = [_described(about) for about in store.list()]
        return json_response({"recordings": described, "total": len(described)})

    @manage.post("/recordings")
    @describes(UPLOAD_RECORDING)
    def upload_recording() -> Response:
        most = settings.max_recording_bytes
        declared = _uploaded(parse_json(read_upload(settings, most)))
        text = declared.content.encode()
        if len(text) > most:
            raise PayloadTooLarge(
                f"The recording is {len(text)} bytes long; accepted: up to {most}"
                " (setting MaxRecordingBytes)."
            )
        about = keep(declared, text)
        return json_response(_described(about), 201)

    def keep(declared: RecordingDeclaration, text: bytes) -> About:
        name = declared.name
        try:
            recording = read_in_turns(text)
        except BadRecording as error:
            raise BadRequest(
                f"The content is no recording: {error}.",
                parameter="content",
                value=None,
                allowed="a recording, as /docs/recordings describes it",
                pointer="/content",
            ) from None
        expires_ms = expiry(declared.expires_seconds, clock.now_ms())
        about = about_recording(name, recording, len(text), expires_ms)
        in_the_way = store.add(about, recording, text, settings.max_recordings)
        if in_the_way == "taken":
            raise Conflict(f"There is a recording {name!r} already.")
        if in_the_way:
            raise Conflict(
                f"There are {settings.max_recordings} recordings already"
                " (setting MaxRecordings)."
            )
        return about

    def known(name: str) -> About:
        for about in store.list():
            if about.name == name:
                return about
        raise NotFound(f"There is no recording {name!r}.")

    @manage.get("/recordings/<name>")
    @describes(SHOW_RECORDING)
    def show_recording(name: str) -> Response:
        return json_response(_described(known(name)))

    @manage.delete("/recordings/<name>")
    @describes(DELETE_RECORDING)
    def delete_recording(name: str) -> Response:
        known(name)
        for route in book.routes():
            if route.stream is not None and route.stream.recording == name:
                raise Conflict(f"The route {route.name!r} replays {name!r}.")
        store.delete(name)
        return Response(status=204)

    return manage


def _uploaded(given: Json) -> RecordingDeclaration:
    """What an upload declares. Raises ``BadRequest``."""
    let_others_run()  # it may have taken long to read so much
    try:
        tree = _DECLARED.from_file(given, Place("recording", ""))
        return _DECLARED.build(tree)
    except SettingsError as error:
        pointer, value = as_sent(given, error.pointer)
        subject = "" if pointer else "the body "
        raise BadRequest(
            f"The recording cannot be kept: {subject}{error.problem}.",
            parameter="recording",
            value=excerpt(value),
            allowed='{"name":"prices","content":"<the text of the file>"}',
            pointer=pointer,
        ) from None


def _described(about: About) -> dict[str, Json]:
    expires_at = None
    if about.expires_ms is not None:
        expires_at = timestamp(about.expires_ms).decode()
    return {
        "name": about.name,
        "url": about.header.url,
        "contentType": about.header.content_type,
        "started": about.header.started,
        "events": about.events,
        "bytes": about.bytes,
        "expiresAt": expires_at,
    }
