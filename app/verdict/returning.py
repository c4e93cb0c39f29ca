"""Rules of coming back: whether, when, where and with which id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .case import Case, Finding
from .visits import Visit

#: Two requests within this time are too many, in milliseconds.
MIN_GAP_MS = 100
#: Share of a wait that is enough: clients' clocks and ours differ.
_ENOUGH = 0.8


def _returns(case: Case, visits: Sequence[Visit]) -> Iterator[tuple[Visit, Visit]]:
    """Each of the visits, with the one that came after its end."""
    for visit in visits:
        following = case.feed.after(visit)
        if following is not None:
            yield visit, following


def _gap(visit: Visit, following: Visit) -> int:
    """The time between a response's end and the next request, in milliseconds."""
    assert visit.ended is not None
    return max(0, following.at_ms - visit.ended.at_ms)


def reconnects(case: Case) -> Iterator[Finding]:
    """Whether it came back after a stream that it did not end itself."""
    for visit in case.feed.visits:
        if not visit.was_cut or visit.is_finished:
            continue
        assert visit.ended is not None
        following = case.feed.after(visit)
        if following is not None:
            gap = _gap(visit, following)
            yield Finding(
                True,
                (visit.seq, following.seq),
                f"It came back {gap} ms after its stream had ended.",
            )
        elif case.has_stopped(visit):
            yield Finding(
                False,
                (visit.seq,),
                f"Its stream ended ({visit.ended.outcome}), and it never came back.",
            )


def sends_last_id(case: Case) -> Iterator[Finding]:
    """Whether it sent the id that it knew, all along a chain of reconnects."""
    known: str | None = None
    before: Visit | None = None
    for visit in case.feed.visits:
        sent = visit.last_event_id
        if before is not None and _goes_on(before, visit):
            if not before.is_redirect:
                yield _compared(known, before, visit)
        else:
            known = sent
        if visit.is_stream and visit.ended and visit.ended.last_id is not None:
            known = visit.ended.last_id or None
        before = visit


def _goes_on(before: Visit, visit: Visit) -> bool:
    """Whether a visit continues the one before, so that the client knows its id."""
    ended = before.ended
    if ended is None or ended.at_ms > visit.at_ms + MIN_GAP_MS:
        return False
    if before.is_finished:
        return False  # it was not to come back: this is another beginning
    return before.was_cut or before.is_redirect or before.status >= 500


def _compared(known: str | None, before: Visit, visit: Visit) -> Finding:
    sent = visit.last_event_id
    seqs = (before.seq, visit.seq)
    if sent == known:
        told = "no id, having none" if known is None else f"the last id, {known}"
        return Finding(True, seqs, f"It came back with {told}.")
    came = "no id" if sent is None else f"the id {sent}"
    wanted = "it had none" if known is None else f"its last was {known}"
    return Finding(False, seqs, f"It came back with {came}; {wanted}.")


def ignores_half_event(case: Case) -> Iterator[Finding]:
    """Whether it left out the id of an event that was cut in half."""
    cut = [each for each in case.feed.visits if each.was_cut]
    for visit, following in _returns(case, cut):
        assert visit.ended is not None
        half = visit.ended.half_id
        if half is not None:
            is_right = following.last_event_id != half
            yield Finding(
                is_right,
                (visit.seq, following.seq),
                f"The event {half} was cut in half, and it came back"
                f" {'without' if is_right else 'with'} that id.",
            )


def waits_retry(case: Case) -> Iterator[Finding]:
    """Whether it waited as long as it was told."""
    cut = [v for v in case.feed.visits if v.was_cut and not v.is_finished]
    for visit, following in _returns(case, cut):
        retry_ms = case.feed.retry_ms(visit)
        if retry_ms is not None:
            gap = _gap(visit, following)
            yield Finding(
                gap >= _ENOUGH * retry_ms,
                (visit.seq, following.seq),
                f"It came back after {gap} ms; retry was {retry_ms} ms.",
            )


def does_not_hammer(case: Case) -> Iterator[Finding]:
    """Whether its requests kept their distance."""
    for visit, following in pairwise(case.feed.visits):
        retry_ms = case.feed.retry_ms(visit)
        may_be_quick = retry_ms is not None and retry_ms * _ENOUGH < MIN_GAP_MS
        if visit.is_redirect or may_be_quick:
            continue
        gap = following.at_ms - visit.at_ms
        yield Finding(
            gap >= MIN_GAP_MS,
            (visit.seq, following.seq),
            f"Two requests came {gap} ms apart.",
        )


def heeds_retry_after(case: Case) -> Iterator[Finding]:
    """Whether it waited as long as Retry-After said."""
    told = [each for each in case.feed.visits if each.header("retry-after").isdecimal()]
    for visit, following in _returns(case, told):
        seconds = int(visit.header("retry-after"))
        gap = _gap(visit, following)
        yield Finding(
            gap >= _ENOUGH * 1000 * seconds,
            (visit.seq, following.seq),
            f"It came back after {gap} ms; Retry-After was {seconds} s.",
        )


def follows_redirect(case: Case) -> Iterator[Finding]:
    """Whether its next request went where it was sent."""
    for visit in case.feed.visits:
        if not visit.location:
            continue
        following = case.feed.after(visit)
        if following is not None and following.path == visit.location:
            yield Finding(
                True,
                (visit.seq, following.seq),
                f"It followed the redirect to {visit.location}.",
            )
        elif following is not None or case.has_stopped(visit):
            yield Finding(
                False,
                (visit.seq,),
                f"It did not follow the redirect to {visit.location}.",
            )
