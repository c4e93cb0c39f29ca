"""What stands beside a number and says whether, and how fast, something goes on."""

from __future__ import annotations

from itertools import islice

from ...evidence.leaves import Leaf, words
from ...values.quantities import number_in

#: Last words of names of what says that a clock goes, and that it does not.
_GOES = frozenset({"running", "playing", "active", "started"})
#: What is filmed or shown, as many a second as these say, and what becomes of some.
_FRAMES, _FRAME_RATES = frozenset({"frame", "frames"}), frozenset({"fps", "framerate"})
_LOST = frozenset("drop dropped dup duplicated lagged lost missed skipped".split())
_STATES = frozenset({"state", "status"})
#: States in which something goes on.
_GOING = frozenset("""
    active charging in_progress live printing processing recording running streaming
    transcoding working
    """.split())
_RESTS = frozenset({"paused", "stopped", "intermission", "finished", "ended"})
#: No more members of an object are looked at.
_MAX_BESIDE = 40


def rate_of(leaf: Leaf) -> float | None:
    """By how much a count rises in a second, where a neighbour says; else None."""
    if not isinstance(leaf.value, int) or isinstance(leaf.value, bool):
        return None
    if leaf.last in _FRAMES and _LOST.isdisjoint(words(leaf.name)):
        rate = next((v for n, v in leaf.siblings.items() if _is_frame_rate(n)), None)
        return number_in(rate) or None
    details = leaf.siblings.get(f"{leaf.name}_details")
    rates = [details.get("rate")] if isinstance(details, dict) else []
    for form in ("{}_rate", "{}_per_second", "{}_per_sec", "{}PerSecond", "{}Rate"):
        rates.append(leaf.siblings.get(form.format(leaf.name)))
    known = (number_in(rate) for rate in rates)
    return next((rate for rate in known if rate is not None and rate > 0), None)


def _is_frame_rate(name: str) -> bool:
    return not _FRAME_RATES.isdisjoint(words(name))


def stands(leaf: Leaf) -> bool:
    """Whether a neighbour says that a clock stands still."""
    for name, value in leaf.siblings.items():
        if not isinstance(value, bool) or not words(name):
            continue
        last = words(name)[-1]
        if (last in _GOES and not value) or (last in _RESTS and value):
            return True
    return False


def goes_on(leaf: Leaf) -> bool:
    """Whether a neighbour says that what has a length of time goes on."""
    return any(
        (value is True and words(name)[-1:] and words(name)[-1] in _GOES)
        or (name in _STATES and str(value).lower() in _GOING)
        for name, value in islice(leaf.siblings.items(), _MAX_BESIDE)
    )


def plays(leaf: Leaf) -> bool:
    """Whether a neighbour says that something plays, and is not paused."""
    return any(
        value is False and words(name)[-1:] == ("paused",)
        for name, value in leaf.siblings.items()
    )
