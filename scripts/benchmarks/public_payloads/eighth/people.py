"""Boards of tasks, signatures, managed content, time sheets, tennis, phone calls."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    counter,
    each,
    equals,
    has_one,
    matching,
    new,
    now,
    one_to_one,
    past,
    unchanged,
    where,
)
from public_payloads.times import form, seconds

_NAME = r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*){0,3}"
_MAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
_HEX = "[0-9a-f]{24}"


def _words(low, high):
    """A line of some words, whatever they say, without placeholders."""
    return each(
        "words",
        lambda v: isinstance(v, str)
        and low <= len(v) <= high
        and re.search("[A-Za-z]{2}", v) is not None
        and not re.search("[{}<>_]|lorem", v, re.IGNORECASE),
    )


# -- Trello ----------------------------------------------------------------------

CARD = "action.data.card."
LIST = "action.data."


def _moved(value, owner, event):
    data = event["action"]["data"]
    return data["listBefore"]["id"] != data["listAfter"]["id"]


def _list_names(series):
    """A list has one name in all events, before and after."""
    known = {}
    return all(
        known.setdefault(event["action"]["data"][key]["id"], name) == name
        for event in series.events
        for key in ("listBefore", "listAfter")
        for name in (event["action"]["data"][key]["name"],)
    )


# -- DocuSign --------------------------------------------------------------------

SUM = "data.envelopeSummary."
SIGN = SUM + "recipients.signers.*."

# -- Contentful ------------------------------------------------------------------


def _revised(series):
    """A revision of an entry: higher with each publication of the same one."""
    last = {}
    for value, owner in zip(series.values, series.owners):
        if type(value) is not int or not 1 <= value <= 10_000:
            return False
        if owner["id"] in last and value <= last[owner["id"]]:
            return False
        last[owner["id"]] = value
    return True


def _made(series):
    """Before the update; one time for each entry, another for another."""
    known = {}
    return all(
        form(v) == form(series.example)
        and seconds(v) <= seconds(o["updatedAt"])
        and known.setdefault(o["id"], v) == v
        for v, o in zip(series.values, series.owners)
    )


# -- Toggl -----------------------------------------------------------------------


def _touched(value, owner, event):
    return -2 <= seconds(value) - seconds(owner["start"]) <= 86_400


def _not_ahead(series):
    return all(
        form(v) == form(series.example) and seconds(v) <= t / 1000 + 0.5
        for v, t in zip(series.values, series.times)
    ) and all(seconds(a) <= seconds(b) for a, b in series.pairs())


# -- tennis ----------------------------------------------------------------------

GAME = "sport_event_status.game_state."
SET = "sport_event_status.period_scores.*."
_POINTS = (0, 15, 30, 40, 50)


def _game(event):
    status = event["sport_event_status"]
    state, games = status["game_state"], status["period_scores"][0]
    return (
        (state["home_score"], state["away_score"]),
        (games["home_score"], games["away_score"]),
        state["serving"],
    )


def _won(points, side):
    """The points after one more; None where that is the game."""
    mine, other = points[side], points[1 - side]
    if mine == 50 or (mine == 40 and other < 40):
        return None
    if other == 50:
        return (40, 40)
    after_it = _POINTS[_POINTS.index(mine) + 1]
    return (after_it, other) if side == 0 else (other, after_it)


def _point(series):
    """From event to event it stays, or one point is won, by the rules."""
    for one, two in zip(series.events, series.events[1:]):
        (points, games, _), (points2, games2, _) = _game(one), _game(two)
        if points == points2 and games == games2:
            continue
        for side in (0, 1):
            wanted = _won(points, side)
            if wanted is not None and (points2, games2) == (wanted, games):
                break
            more = (games[0] + (side == 0), games[1] + (side == 1))
            if wanted is None and (points2, games2) == ((0, 0), more):
                break
        else:
            return False
    return all(value in _POINTS for value in series.values)


def _games(series):
    return all(type(v) is int and 0 <= v <= 7 for v in series.values) and _point(
        series._replace(values=[0])
    )


def _serves(series):
    """The other one serves after a game, and only then."""
    for one, two in zip(series.events, series.events[1:]):
        (_, games, server), (_, games2, server2) = _game(one), _game(two)
        if (games != games2) != (server != server2):
            return False
    return all(value in ("home", "away") for value in series.values)


def _last(series):
    """How the last point ended, which a new one changes."""
    words = ("server_winner", "receiver_winner", "ace", "double_fault")
    return all(value in words for value in series.values) and all(
        a == b or _game(one)[:2] != _game(two)[:2]
        for (a, b), one, two in zip(series.pairs(), series.events, series.events[1:])
    )


# -- Vonage ----------------------------------------------------------------------


def _price(value, owner, event):
    wanted = float(owner["rate"]) * int(owner["duration"]) / 60
    return re.fullmatch(r"\d+\.\d{8}", value) and abs(float(value) - wanted) < 2e-8


def _lasted(value, owner, event):
    wanted = seconds(owner["end_time"]) - seconds(owner["start_time"])
    return (
        isinstance(value, str)
        and re.fullmatch(r"0|[1-9]\d*", value) is not None
        and abs(int(value) - wanted) <= 1
        and int(value) <= 14_400
    )


PAYLOADS = (
    Payload(
        "trello-update-card",
        "boards of tasks",
        "trello/webhooks",
        {
            "action": {
                "id": "51f9424bcd6e040f3c002412",
                "idMemberCreator": "4fc78a59a885233f4b349bd9",
                "data": {
                    "card": {
                        "idList": "4eea4ffc91e31d174600004b",
                        "id": "4ed6a2a0c6ee4d2c0a00003c",
                        "name": "Webhooks",
                        "idShort": 3414,
                        "shortLink": "i5Tpsw0P",
                    },
                    "old": {"idList": "4eea4ffc91e31d174600004a"},
                    "board": {
                        "name": "Trello Development",
                        "id": "4d5ea62fd76aa1136000000c",
                        "shortLink": "nC8QJJoZ",
                    },
                    "listBefore": {
                        "name": "Next Up",
                        "id": "4eea4ffc91e31d174600004a",
                    },
                    "listAfter": {
                        "name": "In Progress",
                        "id": "4eea4ffc91e31d174600004b",
                    },
                },
                "type": "updateCard",
                "date": "2013-07-31T16:58:51.949Z",
                "memberCreator": {
                    "id": "4fc78a59a885233f4b349bd9",
                    "fullName": "Doug Patti",
                    "initials": "DP",
                    "username": "doug",
                },
            }
        },
        {
            "action.id": new(_HEX),
            CARD
            + "idList": equals(lambda o, e: e["action"]["data"]["listAfter"]["id"]),
            CARD + "id": matching(_HEX),
            CARD + "name": (unchanged | _words(3, 160), has_one("id")),
            CARD
            + "idShort": (
                each("a number", lambda v: type(v) is int and 1 <= v <= 100_000),
                one_to_one("id"),
            ),
            CARD + "shortLink": (matching("[0-9A-Za-z]{8}"), one_to_one("id")),
            LIST
            + "old.idList": equals(
                lambda o, e: e["action"]["data"]["listBefore"]["id"]
            ),
            LIST + "listBefore.name": (_words(2, 40), Rule("of the list", _list_names)),
            LIST + "listBefore.id": (matching(_HEX), where("moved", _moved)),
            LIST + "listAfter.name": (_words(2, 40), Rule("of the list", _list_names)),
            LIST + "listAfter.id": (matching(_HEX), where("moved", _moved)),
            "action.date": now(60),
            "action.idMemberCreator": (
                matching(_HEX),
                equals(lambda o, e: o["memberCreator"]["id"]),
            ),
            "action.memberCreator.id": matching(_HEX),
            "action.memberCreator.fullName": (
                unchanged | matching(_NAME),
                one_to_one("id"),
            ),
            "action.memberCreator.initials": equals(
                lambda o, e: "".join(w[0] for w in o["fullName"].split()[:1])
                + "".join(w[0] for w in o["fullName"].split()[1:][-1:])
            ),
            "action.memberCreator.username": (
                unchanged | matching("[0-9a-z_.-]{3,40}"),
                one_to_one("id"),
            ),
        },
    ),
    Payload(
        "docusign-envelope-completed",
        "signatures",
        "docusign/connect",
        {
            "event": "envelope-completed",
            "apiVersion": "v2.1",
            "uri": "/restapi/v2.1/accounts/7cb1e4f2-68ad-4e5b-9d0e-3a2b1c4d5e6f/envelopes/e0b9cb52-4f0d-4a10-9f5a-0a3c6f2d1b88",  # noqa: E501
            "retryCount": 0,
            "configurationId": 10418598,
            "generatedDateTime": "2023-08-28T19:23:46.7200000Z",
            "data": {
                "accountId": "7cb1e4f2-68ad-4e5b-9d0e-3a2b1c4d5e6f",
                "userId": "1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b",
                "envelopeId": "e0b9cb52-4f0d-4a10-9f5a-0a3c6f2d1b88",
                "envelopeSummary": {
                    "status": "completed",
                    "emailSubject": "Please sign this document",
                    "signingLocation": "online",
                    "createdDateTime": "2023-08-28T18:51:09.4330000Z",
                    "sentDateTime": "2023-08-28T18:51:10.0670000Z",
                    "deliveredDateTime": "2023-08-28T19:22:58.8470000Z",
                    "completedDateTime": "2023-08-28T19:23:45.3770000Z",
                    "recipients": {
                        "signers": [
                            {
                                "name": "Jane Doe",
                                "email": "jane.doe@example.com",
                                "recipientId": "1",
                                "status": "completed",
                                "signedDateTime": "2023-08-28T19:23:45.2970000Z",
                            }
                        ]
                    },
                },
            },
        },
        {
            "uri": equals(
                lambda o, e: f"/restapi/v2.1/accounts/{e['data']['accountId']}"
                f"/envelopes/{e['data']['envelopeId']}"
            ),
            "generatedDateTime": now(60),
            "data.envelopeId": new(UUID),
            SUM + "emailSubject": unchanged | _words(6, 100),
            SUM + "createdDateTime": after("sentDateTime", -86_400, 0),
            SUM + "sentDateTime": after("deliveredDateTime", -90 * 86_400, 0),
            SUM + "deliveredDateTime": after("completedDateTime", -30 * 86_400, 0),
            SUM + "completedDateTime": after("$.generatedDateTime", -300, 0),
            SIGN + "name": unchanged | matching(_NAME),
            SIGN + "email": (matching(_MAIL), one_to_one("name")),
            SIGN
            + "signedDateTime": after(
                "$.data.envelopeSummary.completedDateTime", -300, 0
            ),
        },
    ),
    Payload(
        "contentful-entry-publish",
        "managed content",
        "contentful/webhooks",
        {
            "metadata": {"tags": []},
            "fields": {
                "title": {"en-US": "Hello, World!"},
                "body": {"en-US": "Bacon is healthy!"},
            },
            "sys": {
                "type": "Entry",
                "id": "5KsDBWseXY6QegucYAoacS",
                "space": {
                    "sys": {
                        "type": "Link",
                        "linkType": "Space",
                        "id": "yadj1kx9rmg0",
                    }
                },
                "environment": {
                    "sys": {
                        "type": "Link",
                        "linkType": "Environment",
                        "id": "staging",
                    }
                },
                "contentType": {
                    "sys": {
                        "type": "Link",
                        "linkType": "ContentType",
                        "id": "hfM9RCJIk0wIm06WkEOQY",
                    }
                },
                "revision": 4,
                "createdAt": "2015-05-18T11:29:46.809Z",
                "updatedAt": "2015-05-18T11:36:12.254Z",
            },
        },
        {
            "fields.title.en-US": unchanged | _words(3, 160),
            "fields.body.en-US": unchanged | _words(3, 2_000),
            "sys.id": matching("[0-9A-Za-z]{20,22}"),
            "sys.revision": Rule("revised", _revised),
            "sys.createdAt": Rule("made", _made),
            "sys.updatedAt": now(60),
        },
    ),
    Payload(
        "toggl-current-entry",
        "time sheets",
        "api/v9/me/time_entries/current",
        {
            "id": 2891023514,
            "workspace_id": 777,
            "project_id": 123693,
            "task_id": None,
            "billable": False,
            "start": "2023-03-06T14:27:35+00:00",
            "stop": None,
            "duration": -1678112855,
            "description": "Meeting with possible clients",
            "tags": ["billed"],
            "duronly": True,
            "at": "2023-03-06T14:27:36+00:00",
            "user_id": 1456,
            "wid": 777,
            "pid": 123693,
        },
        {
            "start": unchanged | past(1),
            "duration": equals(lambda o, e: -int(seconds(o["start"]))),
            "at": (where("since the start", _touched), Rule("not ahead", _not_ahead)),
        },
    ),
    Payload(
        "sportradar-tennis-summary",
        "tennis",
        "tennis/trial/v3/en/sport_events/sr:sport_event:23589813/summary.json",
        {
            "generated_at": "2020-08-20T15:22:34+00:00",
            "sport_event": {
                "id": "sr:sport_event:23589813",
                "start_time": "2020-08-20T15:00:00+00:00",
                "competitors": [
                    {
                        "id": "sr:competitor:14882",
                        "name": "Djokovic, Novak",
                        "qualifier": "home",
                    },
                    {
                        "id": "sr:competitor:122366",
                        "name": "Medvedev, Daniil",
                        "qualifier": "away",
                    },
                ],
            },
            "sport_event_status": {
                "status": "live",
                "match_status": "1st_set",
                "home_score": 0,
                "away_score": 0,
                "period_scores": [
                    {
                        "home_score": 2,
                        "away_score": 1,
                        "type": "set",
                        "number": 1,
                    }
                ],
                "game_state": {
                    "home_score": 30,
                    "away_score": 15,
                    "serving": "home",
                    "last_point_result": "server_winner",
                    "tie_break": False,
                },
            },
        },
        {
            "generated_at": now(60),
            "sport_event.start_time": unchanged | past(0.2),
            SET + "home_score": (counter(0, 1), Rule("a game", _games)),
            SET + "away_score": (counter(0, 1), Rule("a game", _games)),
            GAME + "home_score": Rule("a point", _point),
            GAME + "away_score": Rule("a point", _point),
            GAME + "serving": Rule("serves", _serves),
            GAME + "last_point_result": Rule("last point", _last),
        },
    ),
    Payload(
        "vonage-call-completed",
        "phone calls",
        "webhooks/event",
        {
            "end_time": "2020-01-01T14:00:02.000Z",
            "uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
            "network": "GB-FIXED",
            "duration": "2",
            "start_time": "2020-01-01T14:00:00.000Z",
            "rate": "0.00450000",
            "price": "0.00015000",
            "from": "442079460000",
            "to": "447700900000",
            "conversation_uuid": "CON-aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
            "status": "completed",
            "direction": "inbound",
            "timestamp": "2020-01-01T14:00:02.000Z",
        },
        {
            "end_time": after("timestamp", -30, 0),
            "uuid": new(UUID),
            "network": unchanged | matching(r"[A-Z]{2}-(FIXED|MOBILE)|\d{5,6}"),
            "duration": where("from start to end", _lasted),
            "start_time": after("end_time", -14_400, 0),
            "rate": unchanged | matching(r"0\.[0-2]\d{7}"),
            "price": where("of the rate", _price),
            "from": matching(r"[1-9]\d{7,14}"),
            "to": unchanged,
            "conversation_uuid": new("CON-" + UUID),
            "timestamp": now(60),
        },
    ),
)
