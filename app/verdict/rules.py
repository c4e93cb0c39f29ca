"""The rules by which a client is judged.

A rule rests on a section of the HTML standard (html.spec.whatwg.org), or it is
custom. What did not happen yet counts only when there was time for it: three times
the wait that the client was told, and a second.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import leaving, returning
from .case import Look

#: The basis of a rule that is in no standard.
CUSTOM = "custom"
_HTML = "HTML standard, section"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, a sentence, what it rests on, and how it looks at a case."""

    name: str
    title: str
    basis: str
    look: Look


RULES: tuple[Rule, ...] = (
    Rule(
        "reconnects",
        "It comes back after a cut or a clean end.",
        f"{_HTML} 9.2.3",
        returning.reconnects,
    ),
    Rule(
        "sends-last-id",
        "It sends exactly the last id that it was given, and none where it has none.",
        f"{_HTML} 9.2.4",
        returning.sends_last_id,
    ),
    Rule(
        "ignores-half-event",
        "It does not resume from an event that it received in half.",
        f"{_HTML} 9.2.6",
        returning.ignores_half_event,
    ),
    Rule(
        "waits-retry",
        "It waits as long as retry says before it comes back, within 20 %.",
        f"{_HTML} 9.2.3",
        returning.waits_retry,
    ),
    Rule(
        "does-not-hammer",
        f"It makes no two requests within {returning.MIN_GAP_MS} ms.",
        CUSTOM,
        returning.does_not_hammer,
    ),
    Rule(
        "heeds-retry-after",
        "It does not come back before the time that Retry-After names.",
        CUSTOM,
        returning.heeds_retry_after,
    ),
    Rule(
        "stops-after-204",
        "It stays away after a 204.",
        f"{_HTML} 9.2.1",
        leaving.stops_after_204,
    ),
    Rule(
        "stops-after-wrong-type",
        "It stays away after a response that is no event stream.",
        f"{_HTML} 9.2.3",
        leaving.stops_after_wrong_type,
    ),
    Rule(
        "stops-after-status",
        "It stays away after a status other than 200; after a 5xx it may come back.",
        f"{_HTML} 9.2.3; coming back after a 5xx is custom",
        leaving.stops_after_status,
    ),
    Rule(
        "stops-after-end",
        "It does not come back after an event whose id ends in -end.",
        CUSTOM,
        leaving.stops_after_end,
    ),
    Rule(
        "follows-redirect",
        "It follows a redirect.",
        f"{_HTML} 9.2.1",
        returning.follows_redirect,
    ),
    Rule(
        "notices-silence",
        "It leaves a stream that is silent for longer than its heartbeats allow.",
        CUSTOM,
        leaving.notices_silence,
    ),
    Rule(
        "one-connection",
        "It has no more than one connection to the same path and query at a time.",
        CUSTOM,
        leaving.one_connection,
    ),
    Rule(
        "gone-at-mark",
        "It is gone a second after the mark that ends a test.",
        CUSTOM,
        leaving.gone_at_mark,
    ),
)
