"""Runs and rides, forums, American football, offers of flights, listened music."""

import math
import re
from urllib.parse import unquote_plus

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    ahead,
    changes_only_with,
    each,
    has_one,
    matching,
    new,
    now,
    one_to_one,
    past,
    price,
    rarely_changes,
    recent,
    unchanged,
    where,
    whole,
)
from public_payloads.times import form, seconds

_words = each("words", lambda v: isinstance(v, str) and len(v.strip()) > 1)

# -- Discourse -------------------------------------------------------------------

POST = "post."


def _numbers(series):
    """In a topic each post has a higher number than the one before."""
    last = {}
    for value, owner in zip(series.values, series.owners):
        if type(value) is not int or not 1 <= value <= 20_000:
            return False
        if value <= last.get(owner["topic_id"], 0):
            return False
        last[owner["topic_id"]] = value
    return True


def _counted(series):
    """Of a topic there are as many posts as its last number, or some fewer less."""
    last = {}
    for value, owner in zip(series.values, series.owners):
        known = last.get(owner["topic_id"], 0)
        if type(value) is not int or value <= known:
            return False
        if not owner["post_number"] - 20 <= value <= owner["post_number"] + 5:
            return False
        last[owner["topic_id"]] = value
    return True


def _cooked(value, owner, event):
    """The text as a paragraph or some."""
    plain = re.sub(r"<[^>]+>", "", value)
    same = re.sub(r"\s+", " ", plain).strip() == re.sub(r"\s+", " ", owner["raw"])
    return value.startswith("<p>") and value.endswith("</p>") and same


def _slug(value, owner, event):
    words = re.sub(r"['’]", "", owner["topic_title"].lower())
    return value == re.sub(r"[^a-z0-9]+", "-", words).strip("-")


# -- SportsDataIO ----------------------------------------------------------------

GAME = "*."
_TEAMS = ("CIN", "CLE")


def _left(series):
    """The game clock, which stands or goes as the time does, or is told late."""
    found = []
    for value in series.values:
        match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", value)
        if not match:
            return False
        found.append(int(match[1]) * 60 + int(match[2]))
    gone = (series.times[-1] - series.times[0]) / 1000
    return (
        abs(found[0] - 321) <= 60
        and all(a >= b >= 0 for a, b in zip(found, found[1:]))
        and found[0] - found[-1] <= gone + 40
    )


def _scored(series):
    """Points as there are for one score or two of them."""
    return (
        all(type(v) is int for v in series.values)
        and 0 <= series.values[0] - series.example <= 8
        and all(b - a in (0, 1, 2, 3, 6, 7, 8) for a, b in series.pairs())
        and series.values[-1] - series.example <= 16
    )


def _sum(side):
    def check(value, owner, event):
        parts = [owner[f"{side}ScoreQuarter{n}"] for n in (1, 2, 3, 4)]
        return type(value) is int and value == sum(part or 0 for part in parts)

    return where("the sum of the quarters", check)


def _local(lag):
    """A time of some zone without its name, of the last seconds."""

    def check(series):
        moments = [seconds(value) for value in series.values]
        late = [t / 1000 - m for t, m in zip(series.times, moments)]
        offset = round((late[0] - lag / 2) / 900) * 900
        return (
            all(form(value) == form(series.example) for value in series.values)
            and abs(offset) <= 14 * 3_600
            and all(-2 <= each - offset <= lag for each in late)
            and moments == sorted(moments)
        )

    return Rule(f"local, {lag} s", check)


def _began(series):
    """The kick-off was an hour or so ago, and is the same in all events."""
    gaps = [
        seconds(o["LastUpdated"]) - seconds(v)
        for v, o in zip(series.values, series.owners)
    ]
    return len(set(series.values)) == 1 and all(900 <= g <= 9_000 for g in gaps)


def _yards(series):
    return all(re.fullmatch(r"\d\d?|Goal", v) for v in series.values) and all(
        v == "Goal" or 1 <= int(v) <= 40 for v in series.values
    )


_team = each("a team", lambda v: v in _TEAMS)

# -- Duffel ----------------------------------------------------------------------

OFFER = "data."
LEG = "data.slices.*.segments.*."


def _total(value, owner, event):
    wanted = float(owner["base_amount"]) + float(owner["tax_amount"])
    return re.fullmatch(r"\d+\.\d\d", value) and abs(float(value) - wanted) < 0.006


def _after_made(value, owner, event):
    return seconds(value) >= seconds(owner["created_at"]) - 0.001


def _after_updated(value, owner, event):
    return seconds(value) > seconds(owner["updated_at"])


def _arrives(value, owner, event):
    """After two hours and 26 minutes, an hour later in Germany."""
    gap = seconds(value) - seconds(owner["departing_at"])
    return form(value) == form(owner["departing_at"]) and gap in (8_760, 12_360)


# -- Last.fm ---------------------------------------------------------------------

TRACK = "recenttracks.track.*."
ATTR = "recenttracks.@attr."
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _one_track(series):
    """What was listened to at a time is one track."""
    known = {}
    return all(
        known.setdefault(e["recenttracks"]["track"][0]["date"]["uts"], v) == v
        for v, e in zip(series.values, series.events)
    )


_heard = Rule("of one track", _one_track)


def _address(value, owner, event):
    """The address has the artist and the track."""
    wanted = ["www.last.fm", "music", owner["artist"]["#text"], "_", owner["name"]]
    return [unquote_plus(p) for p in re.split("//?", value)[1:]] == wanted


def _written(value, owner, event):
    """The time in words, such as 9 Jun 2008, 17:16."""
    match = re.fullmatch(r"(\d\d?) ([A-Z][a-z]{2}) (\d{4}), (\d\d:\d\d)", value)
    day, month, year, clock = match.groups()
    text = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{clock}:00+00:00"
    return 0 <= int(owner["uts"]) - seconds(text) < 60


def _scrobbles(series):
    """One more with each other track."""
    totals = [int(value) for value in series.values]
    times = {e["recenttracks"]["track"][0]["date"]["uts"] for e in series.events}
    return (
        abs(totals[0] - int(series.example)) <= 20
        and all(0 <= b - a <= 5 for a, b in zip(totals, totals[1:]))
        and totals[-1] - totals[0] >= len(times) - 1
    )


def _pages(value, owner, event):
    return value == str(math.ceil(int(owner["total"]) / int(owner["perPage"])))


PAYLOADS = (
    Payload(
        "strava-activity-update",
        "runs and rides",
        "webhooks/strava",
        {
            "aspect_type": "update",
            "event_time": 1516126040,
            "object_id": 1360128428,
            "object_type": "activity",
            "owner_id": 134815,
            "subscription_id": 120475,
            "updates": {"title": "Messy"},
        },
        {
            "event_time": now(60),
            "object_id": (
                whole,
                each("an activity", lambda v: 10**8 <= v < 10**12),
            ),
            "owner_id": (
                whole,
                each("an athlete", lambda v: 1 <= v < 10**10),
                Rule(
                    "one for each activity",
                    lambda s: len({o["object_id"] for o in s.owners})
                    == len({(o["object_id"], v) for v, o in zip(s.values, s.owners)}),
                ),
            ),
            "updates.title": _words,
        },
    ),
    Payload(
        "discourse-post",
        "forums",
        "webhooks/discourse/post_created",
        {
            "post": {
                "id": 18734,
                "name": "Jane Doe",
                "username": "jane_doe",
                "avatar_template": "/letter_avatar_proxy/v4/letter/j/3be4f8/{size}.png",
                "created_at": "2021-03-17T13:10:48.311Z",
                "raw": "Thanks, restarting the container fixed it for me.",
                "cooked": "<p>Thanks, restarting the container fixed it for me.</p>",
                "post_number": 7,
                "post_type": 1,
                "posts_count": 7,
                "updated_at": "2021-03-17T13:10:48.311Z",
                "reply_count": 0,
                "reply_to_post_number": None,
                "quote_count": 0,
                "incoming_link_count": 0,
                "reads": 0,
                "score": 0,
                "topic_id": 2417,
                "topic_slug": "upgrade-to-2-7-fails-at-bootstrap",
                "topic_title": "Upgrade to 2.7 fails at bootstrap",
                "category_id": 6,
                "version": 1,
                "trust_level": 1,
                "moderator": False,
                "admin": False,
                "staff": False,
                "user_id": 412,
                "hidden": False,
            }
        },
        {
            POST
            + "id": (
                whole,
                new(r"\d{4,7}"),
                Rule("rising", lambda s: all(a < b for a, b in s.pairs())),
            ),
            POST + "name": (_words, has_one("user_id")),
            POST
            + "username": (
                matching(r"[A-Za-z0-9_][\w.-]{1,24}"),
                one_to_one("user_id"),
            ),
            POST
            + "avatar_template": (
                each("a template", lambda v: v.endswith("/{size}.png")),
                has_one("user_id"),
            ),
            POST + "created_at": now(10),
            POST + "raw": _words,
            POST + "cooked": where("the text", _cooked),
            POST + "post_number": Rule("higher", _numbers),
            POST + "posts_count": Rule("counted", _counted),
            POST
            + "updated_at": (
                now(10),
                where(
                    "not before",
                    lambda v, o, e: 0 <= seconds(v) - seconds(o["created_at"]) <= 5,
                ),
            ),
            POST
            + "reply_to_post_number": where(
                "an earlier post or none",
                lambda v, o, e: v is None
                or (type(v) is int and 0 < v < o["post_number"]),
            ),
            POST + "topic_id": (whole, each("a topic", lambda v: 0 < v < 10**7)),
            POST + "topic_slug": where("of the title", _slug),
            POST + "topic_title": (_words, has_one("topic_id")),
            POST + "category_id": (whole, has_one("topic_id")),
            POST
            + "trust_level": (
                each("a level", lambda v: type(v) is int and 0 <= v <= 4),
                has_one("user_id"),
            ),
            POST + "user_id": (whole, each("a user", lambda v: 0 < v < 10**7)),
        },
    ),
    Payload(
        "sportsdataio-nfl-score",
        "American football",
        "v3/nfl/scores/json/ScoresByWeek/2023REG/1",
        [
            {
                "GameKey": "202310107",
                "SeasonType": 1,
                "Season": 2023,
                "Week": 1,
                "Date": "2023-09-10T13:00:00",
                "AwayTeam": "CIN",
                "HomeTeam": "CLE",
                "AwayScore": 3,
                "HomeScore": 10,
                "Channel": "CBS",
                "Quarter": "2",
                "TimeRemaining": "5:21",
                "Possession": "CLE",
                "Down": 2,
                "Distance": "7",
                "YardLine": 34,
                "YardLineTerritory": "CIN",
                "AwayScoreQuarter1": 0,
                "AwayScoreQuarter2": 3,
                "AwayScoreQuarter3": None,
                "AwayScoreQuarter4": None,
                "HomeScoreQuarter1": 3,
                "HomeScoreQuarter2": 7,
                "HomeScoreQuarter3": None,
                "HomeScoreQuarter4": None,
                "HasStarted": True,
                "IsInProgress": True,
                "IsOver": False,
                "LastUpdated": "2023-09-10T14:02:11",
            }
        ],
        {
            GAME + "Date": unchanged | Rule("began", _began),
            GAME + "AwayScore": _sum("Away"),
            GAME + "HomeScore": _sum("Home"),
            GAME + "TimeRemaining": Rule("left", _left),
            GAME + "Possession": (_team, rarely_changes),
            GAME
            + "Down": (
                each("a down", lambda v: type(v) is int and 1 <= v <= 4),
                rarely_changes,
            ),
            GAME + "Distance": (Rule("yards", _yards), rarely_changes),
            GAME
            + "YardLine": (
                each("a line", lambda v: type(v) is int and 1 <= v <= 50),
                rarely_changes,
            ),
            GAME + "YardLineTerritory": (_team, rarely_changes),
            GAME + "AwayScoreQuarter2": Rule("scored", _scored),
            GAME + "HomeScoreQuarter2": Rule("scored", _scored),
            GAME + "LastUpdated": _local(180),
        },
    ),
    Payload(
        "duffel-offer",
        "offers of flights",
        "air/offers/off_00009htYpSCXrwaB9DnUm0",
        {
            "data": {
                "id": "off_00009htYpSCXrwaB9DnUm0",
                "live_mode": True,
                "created_at": "2020-01-17T10:12:14.545052Z",
                "updated_at": "2020-01-17T10:12:14.545052Z",
                "expires_at": "2020-01-17T10:42:14.545052Z",
                "total_amount": "45.00",
                "total_currency": "GBP",
                "base_amount": "30.20",
                "base_currency": "GBP",
                "tax_amount": "14.80",
                "tax_currency": "GBP",
                "total_emissions_kg": "460",
                "owner": {
                    "id": "arl_00001876aqC8c5umZmrRds",
                    "name": "British Airways",
                    "iata_code": "BA",
                },
                "slices": [
                    {
                        "id": "sli_00009htYpSCXrwaB9Dn123",
                        "duration": "PT02H26M",
                        "segments": [
                            {
                                "id": "seg_00009htYpSCXrwaB9Dn456",
                                "departing_at": "2020-06-13T16:38:02",
                                "arriving_at": "2020-06-13T20:04:02",
                                "marketing_carrier_flight_number": "1234",
                            }
                        ],
                    }
                ],
            }
        },
        {
            OFFER + "created_at": unchanged | past(2),
            OFFER
            + "updated_at": (
                unchanged | recent(86_400),
                where("not before it was made", _after_made),
            ),
            OFFER
            + "expires_at": (
                ahead(3, fixed=False),
                where("after the update", _after_updated),
            ),
            OFFER + "total_amount": where("the sum", _total),
            OFFER + "base_amount": price(0.05, rests=True),
            OFFER + "tax_amount": price(0.05, rests=True),
            LEG + "departing_at": unchanged | ahead(370),
            LEG + "arriving_at": where("of the duration", _arrives),
        },
    ),
    Payload(
        "lastfm-recent-tracks",
        "listened music",
        "api/lastfm/recenttracks",
        {
            "recenttracks": {
                "track": [
                    {
                        "artist": {
                            "mbid": "2f9ecbed-27be-40e6-abca-6de49d50299e",
                            "#text": "Aretha Franklin",
                        },
                        "streamable": "0",
                        "mbid": "",
                        "album": {"mbid": "", "#text": ""},
                        "name": "Sisters Are Doing It For Themselves",
                        "url": "https://www.last.fm/music/Aretha+Franklin/_/Sisters+Are+Doing+It+For+Themselves",  # noqa: E501
                        "date": {"uts": "1213031819", "#text": "9 Jun 2008, 17:16"},
                    }
                ],
                "@attr": {
                    "user": "RJ",
                    "page": "1",
                    "perPage": "1",
                    "totalPages": "30186",
                    "total": "30186",
                },
            }
        },
        {
            TRACK + "artist.mbid": (matching(f"({UUID})?"), has_one("#text")),
            TRACK + "artist.#text": (_words, _heard),
            TRACK + "mbid": (matching(f"({UUID})?"), _heard),
            TRACK + "album.mbid": (matching(f"({UUID})?"), _heard),
            TRACK
            + "album.#text": (each("a title", lambda v: isinstance(v, str)), _heard),
            TRACK + "name": (_words, _heard),
            TRACK + "url": where("of artist and track", _address),
            TRACK + "date.uts": unchanged | recent(1_200),
            TRACK + "date.#text": where("the same time", _written),
            ATTR + "totalPages": where("of the total", _pages),
            ATTR
            + "total": (
                matching(r"\d+"),
                Rule("scrobbles", _scrobbles),
                changes_only_with("$.recenttracks.track.0.date.uts"),
            ),
        },
    ),
)
