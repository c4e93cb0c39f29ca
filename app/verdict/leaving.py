"""Rules of staying away and of leaving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..journal.entry import Side
from .case import Case, Finding
from .visits import Visit

#: How long a connection may overlap the next one, in milliseconds: the server sees
#: a client's leaving later than the client does.
_OVERLAP_MS = 1_000
#: When a client has to be gone after a mark, in milliseconds.
GONE_AFTER_MS = 1_000
#: Silence that goes beyond the heartbeats by so much was no delay, in milliseconds.
_SURE_MS = 200
#: A client that stays through so many heartbeats that do not come has not noticed.
_MISSED = 3


def _stops(case: Case, visits: Sequence[Visit], what: str) -> Iterator[Finding]:
    """Whether the client stayed away after each of the visits."""
    for visit in visits:
        if visit.ended is None:
            continue
        following = case.feed.after(visit)
        if following is not None and following.at_ms < case.until(visit):
            yield Finding(
                False, (visit.seq, following.seq), f"It came back after {what}."
            )
        elif following is not None or case.has_stopped(visit):
            # A request that comes much later is another beginning.
            yield Finding(True, (visit.seq,), f"It stayed away after {what}.")


def stops_after_204(case: Case) -> Iterator[Finding]:
    """Whether it stayed away after a 204."""
    visits = [visit for visit in case.feed.visits if visit.status == 204]
    return _stops(case, visits, "a 204")


def stops_after_wrong_type(case: Case) -> Iterator[Finding]:
    """Whether it stayed away after what was no event stream."""
    visits = [visit for visit in case.feed.visits if visit.has_wrong_type]
    return _stops(case, visits, "a response that was no event stream")


def stops_after_status(case: Case) -> Iterator[Finding]:
    """Whether it stayed away after another status; a 5xx forbids nothing."""
    for visit in case.feed.visits:
        if visit.status in (0, 200, 204) or 300 <= visit.status < 400:
            continue
        following = case.feed.after(visit)
        if following is None or visit.status < 500:
            yield from _stops(case, [visit], f"a {visit.status}")
        else:
            yield Finding(
                True,
                (visit.seq, following.seq),
                f"It came back after a {visit.status}, which is custom and also right.",
            )


def notices_silence(case: Case) -> Iterator[Finding]:
    """Whether it left when heartbeats did not come."""
    for visit in case.feed.visits:
        ended = visit.ended
        if not visit.is_stream or ended is None or not ended.heartbeat_ms:
            continue
        promised = ended.heartbeat_ms
        is_own = ended.by is Side.CLIENT
        silence = ended.silence_ms
        stayed = max(ended.stall_ms, 0 if is_own else silence)
        if is_own and silence > promised + _SURE_MS:
            yield Finding(
                True,
                (visit.seq,),
                f"It left after {silence} ms of silence; {promised} ms were promised.",
            )
        elif stayed > _MISSED * promised:
            yield Finding(
                False,
                (visit.seq,),
                f"It stayed through {stayed} ms of silence; {promised} ms were"
                " promised.",
            )


def stops_after_end(case: Case) -> Iterator[Finding]:
    """Whether it stayed away after an event that said it was the last."""
    visits = [visit for visit in case.feed.visits if visit.is_finished]
    return _stops(case, visits, "an event whose id said that it was the last")


def one_connection(case: Case) -> Iterator[Finding]:
    """Whether its streams did not overlap."""
    streams = [visit for visit in case.feed.visits if visit.is_stream]
    until = 0
    latest: Visit | None = None
    for visit in streams:
        overlap = min(until, case.now_ms) - visit.at_ms
        if latest is not None and overlap > _OVERLAP_MS:
            yield Finding(
                False,
                (latest.seq, visit.seq),
                f"Two connections to the same feed were open for {overlap} ms.",
            )
        else:
            yield Finding(True, (visit.seq,), "It had one connection at a time.")
        end = case.now_ms if visit.ended is None else visit.ended.at_ms
        if end >= until:
            until, latest = end, visit


def gone_at_mark(case: Case) -> Iterator[Finding]:
    """Whether nothing of it was left a second after the mark."""
    if case.mark_ms is None or case.now_ms < case.mark_ms + GONE_AFTER_MS:
        return
    moment = case.mark_ms + GONE_AFTER_MS
    for visit in case.feed.visits:
        if visit.at_ms > moment:
            when = visit.at_ms - case.mark_ms
            says = f"It made a request {when} ms after the mark."
            yield Finding(False, (visit.seq,), says)
        elif visit.ended is None or visit.ended.at_ms > moment:
            yield Finding(
                False, (visit.seq,), "It was still connected a second after the mark."
            )
        else:
            yield Finding(True, (visit.seq,), "It was gone a second after the mark.")
