"""From the key ``Replay`` as it is written to what a route's streams send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..events.event import Fields
from ..recordings.recording import (
    ENTRIES_AT_A_TIME,
    NDJSON,
    Entry,
    Recording,
)
from ..recordings.replay import Timeline, likenesses, mean_gap_ms
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
from ..sse.frames import empty_block
from .contents import Compilation, tried
from .route import EventKind, ExactData, ExactEvent, Script

#: Most names of recordings in an error.
_MAX_NEAR = 3


def recording_at(
    declaration: ReplayDeclaration, place: Place, compilation: Compilation
) -> Recording:
    """The recording that ``declaration`` names. Raises ``SettingsError``."""
    file, name = declaration.file, declaration.recording
    if (file is None) is (name is None):
        named = "neither" if name is None else "both"
        raise place.error(f"names {named}; accepted: one of File and Recording")
    if name is not None:
        found = compilation.recording_of(name)
        if found is None:
            raise place.key("Recording").error(
                f"is {name}; accepted: {_alternatives(name, compilation)}"
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


def _alternatives(name: str, compilation: Compilation) -> str:
    """The names of recordings that ``name`` may have meant."""
    known = compilation.recording_names()
    lowered = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold(), lowered, _MAX_NEAR)
    found = [lowered[each] for each in near] or sorted(known)[:_MAX_NEAR]
    if not found:
        return "the name of a recording that was uploaded, and there is none yet"
    rest = len(known) - len(found)
    more = f", or another of {rest} that were uploaded" if rest else ""
    return ", ".join(found) + more


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
    compilation: Compilation,
) -> Script:
    """The recording as a script. Raises ``SettingsError``."""
    is_fixed = declaration.gaps is ReplayGaps.FIXED
    entries: Sequence[Entry] = recording.entries
    if framing is not Framing.SSE:
        entries = _lines(recording, framing, place, compilation)
    steps = ReplaySteps(Timeline(entries, declaration.speed), framing, is_fixed)
    runs = None if declaration.loop else 1
    return Script(steps, runs, Then.CLOSE, waits_first=not is_fixed)


def _lines(
    recording: Recording, framing: Framing, place: Place, compilation: Compilation
) -> Sequence[Entry]:
    """The entries that a framing of lines can say. Raises ``SettingsError``."""
    kept: list[Entry] = []
    for number, entry in enumerate(recording.entries, 1):
        if not number % ENTRIES_AT_A_TIME:
            compilation.turn()
        if entry.data is None:
            continue
        if "\n" in entry.data:
            raise place.error(
                f"has text of several lines at {entry.at_ms:g} ms, which"
                f" {framing.value} cannot say; accepted: Framing sse"
            )
        kept.append(entry)
    return kept


@dataclass(frozen=True, slots=True)
class ReplaySteps:
    """The steps of a replay, each made of its entry when it is asked for."""

    timeline: Timeline
    framing: Framing
    is_fixed: bool

    def __len__(self) -> int:
        """How many there are."""
        return len(self.timeline)

    def __getitem__(self, index: int, /) -> ExactEvent:
        """The step at ``index``, from 0."""
        timed = self.timeline[index]
        entry, after_ms = timed.entry, None if self.is_fixed else timed.after_ms
        if self.framing is not Framing.SSE:
            return ExactEvent(data=_text(entry.data), after_ms=after_ms)
        return ExactEvent(
            name=entry.event,
            data=_text(entry.data),
            id=_text(entry.id),
            retry_ms=entry.retry,
            comment=entry.comment,
            raw=_block_without_data(entry),
            after_ms=after_ms,
        )


def _text(text: str | None) -> ExactData | None:
    if text is None:
        return None
    return ExactData(True, text.encode("utf-8", "replace"), None)


def _block_without_data(entry: Entry) -> bytes | None:
    """A block that has no data but a name or an id, as its source had ended it.

    Without its blank line it would be a part of the event after it.
    """
    if entry.data is not None or (entry.event is None and entry.id is None):
        return None
    return empty_block(
        Fields(
            (entry.event or "").encode("utf-8", "replace"),
            None if entry.id is None else entry.id.encode("utf-8", "replace"),
            entry.retry,
            None if entry.comment is None else entry.comment.encode("utf-8", "replace"),
        )
    )


def like_kinds(
    recording: Recording, place: Place, compilation: Compilation
) -> Iterator[EventKind]:
    """Kinds of generated events that are like the recorded ones.

    Raises ``SettingsError``.
    """
    try:
        found = likenesses(recording, compilation.turn)
    except ValueError as error:
        raise place.key("Like").error(f"cannot be: {error}") from None
    for each in found:
        made = tried(compilation.shape_of, each.example, place, compilation, None)
        yield EventKind(each.event, made, each.count, None, None)


def like_interval_ms(recording: Recording, declaration: ReplayDeclaration) -> int:
    """The mean gap of a recording at the speed of its replay, in milliseconds."""
    return max(1, round(mean_gap_ms(recording) / declaration.speed))
