"""Speech that is written down, video meetings, appointments, news."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    is_number,
    length,
    matching,
    new,
    now,
    one_of,
    one_to_one,
    past,
    unchanged,
    where,
)

# -- Deepgram --------------------------------------------------------------------

ALT = "channel.alternatives.*."
WORD = ALT + "words.*."


def _words(event):
    return event["channel"]["alternatives"][0]["words"]


def _joined(owner, event):
    return " ".join(word["word"] for word in owner["words"])


def _goes_on(series):
    """A live transcript is of what is spoken, so that it does not stay the same."""
    return len({repr(v) for v in series.values}) > 1


def _start(series):
    """The start of the piece of sound: it never falls, and is in the time so far."""
    passed = (series.times[-1] - series.times[0]) / 1000
    values = series.values
    return (
        all(is_number(value) and value >= 0 for value in values)
        and all(a <= b for a, b in series.pairs())
        and values[-1] - values[0] <= max(60, 4 * passed)
    )


def _word_start(value, owner, event):
    """Words follow each other, in the piece of sound."""
    words = _words(event)
    moments = [moment for word in words for moment in (word["start"], word["end"])]
    low, high = event["start"], event["start"] + event["duration"]
    return (
        all(a <= b + 1e-6 for a, b in zip(moments, moments[1:]))
        and low - 0.01 <= value <= high
    )


def _word_end(value, owner, event):
    high = event["start"] + event["duration"]
    return owner["start"] < value <= high + 0.01 and value - owner["start"] <= 4


def _sure(value):
    return is_number(value) and 0.2 <= value <= 1


def _final(value, owner, event):
    return value is False or value is True and owner["is_final"] is True


# -- Zoom ------------------------------------------------------------------------

MEET = "payload.object."
WHO = "payload.object.participant."
_NAME = r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*){0,3}"

# -- Calendly --------------------------------------------------------------------

_ID = r"[0-9A-Za-z-]{16,36}"
_API = "https://api.calendly.com/scheduled_events/"


def _last(event):
    return event["payload"]["uri"].rpartition("/")[2]


# -- Hacker News -----------------------------------------------------------------


def _kids(series):
    """Comments are later than the story, each is there once; most stay."""
    for event in series.events:
        kids = event["kids"]
        if len(set(kids)) != len(kids):
            return False
        if not all(type(kid) is int and 8863 < kid < 10**8 for kid in kids):
            return False
    first, last = set(series.events[0]["kids"]), set(series.events[-1]["kids"])
    return len(first & last) >= 0.7 * len(first)


PAYLOADS = [
    Payload(
        "deepgram-results",
        "speech",
        "deepgram/v1/listen",
        {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": 1.039875,
            "start": 0.0,
            "is_final": False,
            "speech_final": False,
            "channel": {
                "alternatives": [
                    {
                        "transcript": "another big",
                        "confidence": 0.9600255,
                        "words": [
                            {
                                "word": "another",
                                "start": 0.2971154,
                                "end": 0.7971154,
                                "confidence": 0.9588303,
                            },
                            {
                                "word": "big",
                                "start": 0.85173076,
                                "end": 1.039875,
                                "confidence": 0.9600255,
                            },
                        ],
                    }
                ]
            },
            "metadata": {
                "request_id": "1bb5d6ed-0ca9-4f6b-b8c1-6ba10e1fc4a4",
                "model_info": {
                    "name": "2-general-nova",
                    "version": "2024-01-18.26916",
                    "arch": "nova-2",
                },
                "model_uuid": "c0d1a568-ce81-4fea-97e7-bd45cb1fdf3c",
            },
        },
        {
            "duration": each(
                "some seconds", lambda v: is_number(v) and 0.05 <= v <= 20
            ),
            "start": Rule("start", _start),
            "is_final": one_of(True, False),
            "speech_final": where("of a final one", _final),
            ALT + "transcript": (equals(_joined), Rule("goes on", _goes_on)),
            ALT + "confidence": each("a share", _sure),
            ALT + "words": length(1, 60),
            WORD
            + "word": matching(r"(?=.*[aeiouy0-9])[A-Za-z0-9][A-Za-z0-9'’.-]{0,20}"),
            WORD + "start": where("in order", _word_start),
            WORD + "end": where("after its start", _word_end),
            WORD + "confidence": each("a share", _sure),
        },
    ),
    Payload(
        "zoom-participant-joined",
        "video meetings",
        "zoom/webhooks",
        {
            "event": "meeting.participant_joined",
            "event_ts": 1626230691572,
            "payload": {
                "account_id": "AAAAAABBBB",
                "object": {
                    "id": "1234567890",
                    "uuid": "4444AAAiAAAAAiAiAiiAii==",
                    "host_id": "x1yCzABCDEfg23HiJKl4mN",
                    "topic": "My Meeting",
                    "type": 8,
                    "start_time": "2021-07-14T02:44:51Z",
                    "timezone": "America/Los_Angeles",
                    "duration": 60,
                    "participant": {
                        "user_id": "1234567890",
                        "user_name": "Jill Chill",
                        "id": "iFxeBPYun6SAiWUzBcEkX",
                        "participant_uuid": "55555AAAiAAAAAiAiAiiAii",
                        "join_time": "2021-07-14T02:44:51Z",
                        "email": "jchill@example.com",
                        "registrant_id": "abcdefghij0-klmnopq23456",
                        "participant_user_id": "rstuvwxyza789-cde",
                        "customer_key": "349589LkJyeW",
                    },
                },
            },
        },
        {
            "event_ts": now(30),
            MEET
            + "start_time": (
                after("participant.join_time", -4 * 3_600, 900),
                changes_only_with("uuid"),
            ),
            WHO + "user_id": matching(r"\d{6,10}"),
            WHO + "user_name": (unchanged | matching(_NAME), one_to_one("id")),
            WHO + "id": matching(r"[\w-]{20,24}"),
            WHO + "participant_uuid": matching(r"[0-9A-Za-z+/=_-]{20,36}"),
            WHO + "join_time": after("$.event_ts", -60, 0.5),
            WHO
            + "email": (
                matching(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
                one_to_one("user_name"),
            ),
            WHO + "registrant_id": (matching(r"[\w-]{20,26}"), one_to_one("user_name")),
            WHO
            + "participant_user_id": (
                matching(r"[\w-]{16,26}"),
                one_to_one("user_name"),
            ),
            WHO + "customer_key": (matching(r"[\w-]{8,36}"), one_to_one("user_name")),
        },
    ),
    Payload(
        "calendly-invitee",
        "appointments",
        "calendly/webhooks",
        {
            "event": "invitee.created",
            "created_at": "2020-11-23T17:51:19.000000Z",
            "created_by": "https://api.calendly.com/users/AAAAAAAAAAAAAAAA",
            "payload": {
                "cancel_url": "https://calendly.com/cancellations/AAAAAAAAAAAAAAAA",
                "created_at": "2020-11-23T17:51:18.327602Z",
                "email": "test@example.com",
                "event": "https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA",
                "name": "John Doe",
                "new_invitee": None,
                "old_invitee": None,
                "questions_and_answers": [],
                "reschedule_url": "https://calendly.com/reschedulings/AAAAAAAAAAAAAAAA",
                "rescheduled": False,
                "status": "active",
                "text_reminder_number": None,
                "timezone": "America/New_York",
                "tracking": {
                    "utm_campaign": None,
                    "utm_source": None,
                    "utm_medium": None,
                    "utm_content": None,
                    "utm_term": None,
                    "salesforce_uuid": None,
                },
                "updated_at": "2020-11-23T17:51:18.341657Z",
                "uri": "https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA/invitees/AAAAAAAAAAAAAAAA",  # noqa: E501
            },
        },
        {
            "created_at": now(30),
            "payload.cancel_url": equals(
                lambda o, e: "https://calendly.com/cancellations/" + _last(e)
            ),
            "payload.created_at": after("$.created_at", -120, 0),
            "payload.email": (
                matching(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
                one_to_one("name"),
            ),
            "payload.event": matching(_API + _ID),
            "payload.name": matching(_NAME),
            "payload.reschedule_url": equals(
                lambda o, e: "https://calendly.com/reschedulings/" + _last(e)
            ),
            "payload.timezone": unchanged | matching(r"[A-Z][a-z]+/[A-Z]\w+(/\w+)?"),
            "payload.updated_at": after("created_at", 0, 120),
            "payload.uri": (
                new(_API + _ID + "/invitees/" + _ID),
                where(
                    "of the event",
                    lambda v, o, e: v.rpartition("/invitees/")[0] == o["event"],
                ),
            ),
        },
    ),
    Payload(
        "hackernews-item",
        "news",
        "v0/item/8863.json",
        {
            "by": "dhouston",
            "descendants": 71,
            "id": 8863,
            "kids": [9224, 8917, 8884, 8887, 8952, 8869, 8958, 8940, 8908, 9005],
            "score": 104,
            "time": 1175714200,
            "title": "My YC app: Dropbox - Throw away your USB drive",
            "type": "story",
            "url": "http://www.getdropbox.com/u/2/screencast.html",
        },
        {
            "descendants": (
                counter(0, 3),
                where("the kids and theirs", lambda v, o, e: v >= len(o["kids"])),
            ),
            "kids": length(8, 30),
            "kids.*": Rule("comments", _kids),
            "score": counter(-1, 5),
            "time": unchanged | past(60),
        },
    ),
]
