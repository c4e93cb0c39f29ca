"""From the key ``Replay`` as it is written to what a route's streams send."""

from __future__ import annotations

from collections.abc import Iterator

from ..recordings.recording import NDJSON, Entry, Recording
from ..recordings.replay import likenesses, mean_gap_ms, timed
from ..settings.place import Place
from ..settings.route_streams import (
    Envelope,
    Framing,
    Ids,
    ReplayDeclaration,
    ReplayGaps,
    StreamDeclaration,
    Then,
)
from .contents import Compilation, tried
from .route import EventKind, ExactData, ExactEvent, Script


def recording_at(
    declaration: ReplayDeclaration, place: Place, compilation: Compilation
) -> Recording:
    """The recording that ``declaration`` names. Raises ``SettingsError``."""
    file, name = declaration.file, declaration.recording
    if (file is None) is (name is None):
        raise place.error("accepted: one of File and Recording")
    if name is not None:
        found = compilation.recording_of(name)
        if found is None:
            raise place.key("Recording").error(
                f"is {name}; accepted: the name of a recording that was uploaded"
            )
        return found
    at = place.key("File")
    assert file is not None
    if compilation.read_recording_file is None:
        raise at.error(
            "names a file; accepted: Recording, because files are named in a"
            " configuration file only"
        )
    return compilation.read_recording_file(file, at)


def check_replay(declaration: StreamDeclaration, place: Place) -> None:
    """Refuse what contradicts a replay. Raises ``SettingsError``."""
    replay = declaration.replay
    if replay is None:
        return
    lists = {"Events": declaration.events, "Script": declaration.script}
    for key, given in lists.items():
        if given:
            raise place.key(key).error("is given beside Replay; accepted: one of them")
    if replay.like:
        return
    if declaration.envelope is Envelope.CONTRACT:
        raise place.key("Envelope").error(
            "is contract beside Replay; accepted: bare, because recorded events are"
            " sent as they were"
        )
    if declaration.ids is not Ids.STREAM:
        raise place.key("Ids").error(
            "is given beside Replay, whose events have their recorded ids"
        )


def framing_of(recording: Recording) -> Framing:
    """The framing in which a recording was made."""
    is_lines = recording.header.content_type == NDJSON
    return Framing.NDJSON if is_lines else Framing.SSE


def replay_script(
    recording: Recording,
    declaration: ReplayDeclaration,
    framing: Framing,
    place: Place,
) -> Script:
    """The recording as a script. Raises ``SettingsError``."""
    is_fixed = declaration.gaps is ReplayGaps.FIXED
    steps: list[ExactEvent] = []
    missed = 0.0  # the time of what this framing cannot say
    for each in timed(recording, declaration.speed):
        after_ms = each.after_ms + missed
        if framing is not Framing.SSE and each.entry.data is None:
            missed = after_ms
            continue
        missed = 0.0
        step = _step(each.entry, framing, None if is_fixed else after_ms, place)
        steps.append(step)
    runs = None if declaration.loop else 1
    return Script(tuple(steps), runs, Then.CLOSE, waits_first=not is_fixed)


def _step(
    entry: Entry, framing: Framing, after_ms: float | None, place: Place
) -> ExactEvent:
    data = None
    if entry.data is not None:
        text = entry.data.encode("utf-8", "replace")
        if framing is not Framing.SSE and b"\n" in text:
            raise place.error(
                f"has text of several lines at {entry.at_ms:g} ms, which"
                f" {framing.value} cannot say; accepted: Framing sse"
            )
        data = ExactData(True, text, None)
    if framing is not Framing.SSE:
        return ExactEvent(data=data, after_ms=after_ms)
    event_id = None
    if entry.id is not None:
        event_id = ExactData(True, entry.id.encode("utf-8", "replace"), None)
    return ExactEvent(
        name=entry.event,
        data=data,
        id=event_id,
        retry_ms=entry.retry,
        comment=entry.comment,
        after_ms=after_ms,
    )


def like_kinds(
    recording: Recording, place: Place, compilation: Compilation
) -> Iterator[EventKind]:
    """Kinds of generated events that are like the recorded ones.

    Raises ``SettingsError``.
    """
    try:
        found = likenesses(recording)
    except ValueError as error:
        raise place.key("Like").error(f"cannot be: {error}") from None
    for each in found:
        made = tried(compilation.shape_of, each.example, place, compilation, None)
        yield EventKind(each.event, made, each.count, None, None)


def like_interval_ms(recording: Recording, declaration: ReplayDeclaration) -> int:
    """The mean gap of a recording at the speed of its replay, in milliseconds."""
    return max(1, round(mean_gap_ms(recording) / declaration.speed))
