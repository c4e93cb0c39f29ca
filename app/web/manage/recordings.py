"""Recordings: uploading, seeing and deleting them while the server runs."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ...errors import BadRequest, Conflict, NotFound, PayloadTooLarge
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
from ...settings import Settings
from ...settings.kinds import NotAccepted
from ...settings.route_kinds import RouteName
from ...words import Json
from ..body import json_response, read_body
from ..openapi.operation import (
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
)

#: A text grows by so much at most when JSON quotes it.
_QUOTING = 2
#: Longest rest of a body beside the content, in bytes.
_MAX_REST_BYTES = 10_000

_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 100})
_AWAY = {"503": problem("The shared memory cannot be reached")}
_UNKNOWN = {"404": problem("There is no recording of that name")}

LIST_RECORDINGS = Operation(
    name="listRecordings",
    summary="The recordings that were uploaded",
    tag=Tag.MANAGE,
    responses=_AWAY,
)
UPLOAD_RECORDING = Operation(
    name="uploadRecording",
    summary="Upload a recording, for routes to replay",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_AWAY,
        "201": content("It is kept", "application/json"),
        "400": problem("It is no recording; the text says in which line and why"),
        "409": problem("The name is taken, or there are MaxRecordings recordings"),
        "413": problem("The recording is longer than MaxRecordingBytes"),
        "415": problem("Not application/json"),
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
    responses={**_UNKNOWN, **_AWAY},
    variables=(_NAME,),
)
DELETE_RECORDING = Operation(
    name="deleteRecording",
    summary="Delete one recording that no route replays",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_UNKNOWN,
        **_AWAY,
        "204": empty("It is deleted"),
        "409": problem("A route replays it"),
    },
    variables=(_NAME,),
)


def blueprint(store: RecordingStore, book: RouteBook, settings: Settings) -> Blueprint:
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
        max_body_bytes = _QUOTING * most + _MAX_REST_BYTES
        request.max_content_length = max_body_bytes
        name, text = _uploaded(parse_json(read_body(settings, max_body_bytes)))
        if len(text) > most:
            raise PayloadTooLarge(
                f"The recording is {len(text)} bytes long; accepted: up to {most}"
                " (setting MaxRecordingBytes)."
            )
        about = _keep(name, text)
        return json_response(_described(about), 201)

    def _keep(name: str, text: bytes) -> About:
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
        about = about_recording(name, recording, len(text))
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


def _uploaded(given: Json) -> tuple[str, bytes]:
    """The name and the content of an upload. Raises ``BadRequest``."""
    members = {}
    if isinstance(given, dict):
        members = {str(key).casefold(): value for key, value in given.items()}
    name, text = members.get("name"), members.get("content")
    let_others_run()  # it may have taken long to read so much
    if not isinstance(text, str) or members.keys() - {"name", "content"}:
        raise BadRequest(
            "The body is no upload of a recording.",
            parameter="body",
            value=None,
            allowed='{"name":"prices","content":"<the text of the file>"}',
        )
    try:
        return RouteName().read(name), text.encode("utf-8", "surrogatepass")
    except NotAccepted:
        raise BadRequest(
            "The recording has no usable name.",
            parameter="name",
            value=name,
            allowed=RouteName.accepted,
            pointer="/name",
        ) from None


def _described(about: About) -> dict[str, Json]:
    return {
        "name": about.name,
        "url": about.header.url,
        "contentType": about.header.content_type,
        "started": about.header.started,
        "events": about.events,
        "bytes": about.bytes,
    }
