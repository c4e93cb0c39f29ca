"""Plays of basketball, states of a shooter, streams of music."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    never_falls,
    now,
    number,
    one_of,
    past,
    rarely_changes,
    rising,
    unchanged,
    walk,
    where,
)

# -- NBA -------------------------------------------------------------------------

PLAY = "game.actions.*."
_POINTS = {"2pt": 2, "3pt": 3, "freethrow": 1}


def _made(play):
    return _POINTS[play["actionType"]] if play["shotResult"] == "Made" else 0


def _clock(series):
    """The clock of a quarter runs down; between two plays by half a minute at most."""
    left = []
    for value in series.values:
        found = re.fullmatch(r"PT(\d\d)M(\d\d\.\d\d)S", value)
        left.append(int(found[1]) * 60 + float(found[2]))
    return (
        all(0 <= each_left <= 720 for each_left in left)
        and all(0 <= a - b <= 45 for a, b in zip(left, left[1:]))
        and (not series.is_slow or left[-1] < left[0])
    )


def _score(is_scorer):
    """What was made is in the score of the team that made it; nothing is lost."""

    def check(series):
        plays = series.owners
        if not all(re.fullmatch(r"\d{1,3}", value) for value in series.values):
            return False
        scores = [int(value) for value in series.values]
        for play, before, a, b in zip(plays[1:], plays, scores, scores[1:]):
            is_new = play["actionNumber"] != before["actionNumber"]
            least = _made(play) if is_new and is_scorer else 0
            if not least <= b - a <= least + 9:
                return False
            if not is_new and a != b:
                return False
        return True

    return Rule("the score", check)


def _total(series):
    """What the player has made so far: more with every shot that goes in."""
    for (a, b), before, play in zip(series.pairs(), series.owners, series.owners[1:]):
        is_new = play["actionNumber"] != before["actionNumber"]
        if before["personId"] != play["personId"]:
            continue
        if b - a != (_made(play) if is_new else 0):
            return False
    return all(isinstance(value, int) and 0 <= value <= 80 for value in series.values)


def _tells(value, owner, event):
    """The text names the player, the shot, and his points where it went in."""
    if owner["playerNameI"] not in value or owner["subType"] not in value:
        return False
    feet = re.search(r"(\d+)' ", value)
    if feet and abs(int(feet[1]) - owner["shotDistance"]) > 1:
        return False
    if owner["shotResult"] == "Missed":
        return value.startswith("MISS ")
    return f"({owner['pointsTotal']} PTS)" in value


def _is_another(series):
    """Another play is told with other words, as the points are other."""
    pairs = {
        (owner["actionNumber"], value)
        for value, owner in zip(series.values, series.owners)
    }
    return len(pairs) == 1 or len({value for _, value in pairs}) > len(pairs) // 2


def _far(value, owner, event):
    """The feet from the basket, of the place in tenths of a foot."""
    return abs(math.hypot(owner["xLegacy"], owner["yLegacy"]) / 10 - value) <= 0.6


def _place(series):
    return all(isinstance(v, int) and -250 <= v <= 420 for v in series.values)


# -- Counter-Strike --------------------------------------------------------------

STATE = "player.state."
STATS = "player.match_stats."


def _of_round(event):
    return event["map"]["round"]


def _hurt(series):
    """In a round it only falls."""
    return all(
        isinstance(value, int) and 0 <= value <= 100 for value in series.values
    ) and all(
        a >= b or _of_round(e) != _of_round(f)
        for (a, b), e, f in zip(series.pairs(), series.events, series.events[1:])
    )


def _few(most):
    """A count that rises, by so much at most in all of the events."""
    return Rule(
        f"rises by {most} at most",
        lambda series: never_falls(series)
        and all(isinstance(value, int) for value in series.values)
        and 0 <= series.values[-1] - series.example <= most,
    )


def _rounds(value, owner, event):
    """The rounds that are over are those that the teams have won."""
    game = event["map"]
    return value == game["team_ct"]["score"] + game["team_t"]["score"]


def _kills(value, owner, event):
    stats = event["player"]["match_stats"]
    return 0 <= owner["round_killhs"] <= owner["round_kills"] <= stats["kills"]


def _blinded(series):
    """A flash blinds at once, and less and less from then on."""
    return (
        all(isinstance(value, int) and 0 <= value <= 255 for value in series.values)
        and sum(b > a for a, b in series.pairs()) <= 2
    )


# -- Icecast ---------------------------------------------------------------------

SOURCE = "icestats.source."


def _most(series):
    """The most listeners so far: never fewer than now."""
    return never_falls(series) and all(
        isinstance(value, int) and owner["listeners"] <= value <= 60
        for value, owner in zip(series.values, series.owners)
    )


PAYLOADS = [
    Payload(
        "nba-playbyplay",
        "basketball",
        "liveData/playbyplay/playbyplay_0022000180.json",
        {
            "game": {
                "gameId": "0022000180",
                "actions": [
                    {
                        "actionNumber": 7,
                        "clock": "PT11M38.00S",
                        "timeActual": "2021-01-16T00:42:11.3Z",
                        "period": 1,
                        "periodType": "REGULAR",
                        "teamId": 1610612738,
                        "teamTricode": "BOS",
                        "actionType": "2pt",
                        "subType": "Jump Shot",
                        "descriptor": "pullup",
                        "qualifiers": [],
                        "personId": 1627759,
                        "possession": 1610612738,
                        "scoreHome": "2",
                        "scoreAway": "0",
                        "edited": "2021-01-16T00:42:14Z",
                        "orderNumber": 70000,
                        "xLegacy": 45,
                        "yLegacy": 137,
                        "shotDistance": 14.42,
                        "isFieldGoal": 1,
                        "shotResult": "Made",
                        "pointsTotal": 2,
                        "description": "J. Brown 14' pullup Jump Shot (2 PTS)",
                        "playerName": "Brown",
                        "playerNameI": "J. Brown",
                    }
                ],
            }
        },
        {
            PLAY + "actionNumber": (number(1, 200), rising),
            PLAY + "clock": Rule("runs down", _clock),
            PLAY + "timeActual": now(60),
            PLAY + "scoreHome": _score(True),
            PLAY + "scoreAway": _score(False),
            PLAY + "edited": after("timeActual", -1, 600),
            PLAY + "orderNumber": equals(lambda o, e: 10_000 * o["actionNumber"]),
            PLAY + "xLegacy": Rule("on the court", _place),
            PLAY + "yLegacy": Rule("on the court", _place),
            PLAY + "shotDistance": (number(0, 30), where("of the place", _far)),
            PLAY + "shotResult": one_of("Made", "Missed"),
            PLAY + "pointsTotal": Rule("so far", _total),
            PLAY
            + "description": (
                where("of the play", _tells),
                Rule("other words", _is_another),
            ),
        },
    ),
    Payload(
        "counterstrike-state",
        "computer games",
        "csgo/gsi",
        {
            "provider": {
                "name": "Counter-Strike: Global Offensive",
                "appid": 730,
                "version": 14037,
                "steamid": "76561198117545744",
                "timestamp": 1729088255,
            },
            "map": {
                "mode": "competitive",
                "name": "de_dust2",
                "phase": "live",
                "round": 5,
                "team_ct": {"score": 4, "consecutive_round_losses": 1},
                "team_t": {"score": 1, "consecutive_round_losses": 3},
            },
            "round": {"phase": "live"},
            "player": {
                "steamid": "76561198117545744",
                "name": "Phoenix",
                "team": "T",
                "match_stats": {
                    "kills": 0,
                    "assists": 0,
                    "deaths": 0,
                    "mvps": 1,
                    "score": 4,
                },
                "state": {
                    "health": 99,
                    "armor": 100,
                    "helmet": True,
                    "flashed": 0,
                    "money": 27700,
                    "round_kills": 0,
                    "round_killhs": 0,
                    "equip_value": 4700,
                },
            },
        },
        {
            "provider.timestamp": now(5),
            "map.round": (where("won by the teams", _rounds), _few(1)),
            "map.team_ct.score": _few(1),
            "map.team_t.score": _few(1),
            "map.team_ct.consecutive_round_losses": unchanged
            | every(number(0, 5), changes_only_with("$.map.round")),
            "map.team_t.consecutive_round_losses": unchanged
            | every(number(0, 5), changes_only_with("$.map.round")),
            STATS + "kills": _few(3),
            STATS + "assists": _few(2),
            STATS
            + "deaths": (
                _few(1),
                where(
                    "of the health",
                    lambda v, o, e: (v > 0) == (e["player"]["state"]["health"] == 0)
                    or _of_round(e) > 5,
                ),
            ),
            STATS + "mvps": unchanged
            | every(_few(1), changes_only_with("$.map.round")),
            STATS + "score": _few(8),
            STATE + "health": Rule("only falls", _hurt),
            STATE + "armor": Rule("only falls", _hurt),
            STATE + "flashed": Rule("blinded", _blinded),
            STATE + "money": unchanged
            | every(
                each("of 50s", lambda v: isinstance(v, int) and v % 50 == 0),
                number(0, 65_535),
                rarely_changes,
            ),
            STATE + "round_kills": (_few(3), where("of the kills", _kills)),
            STATE + "round_killhs": (_few(3), where("of the kills", _kills)),
            STATE + "equip_value": unchanged
            | every(
                each("of 50s", lambda v: isinstance(v, int) and v % 50 == 0),
                number(0, 12_000),
                rarely_changes,
            ),
        },
    ),
    Payload(
        "icecast-status",
        "streams of music",
        "icecast/status-json.xsl",
        {
            "icestats": {
                "admin": "zalex@zalex.com.ua",
                "host": "localhost",
                "location": "Andibadra",
                "server_id": "Icecast 2.4.0",
                "server_start": "Sat, 17 Nov 2018 17:57:45 +0300",
                "server_start_iso8601": "2018-11-17T17:57:45+0300",
                "source": {
                    "audio_info": "channels=2;samplerate=44100;bitrate=128",
                    "channels": 2,
                    "genre": "various",
                    "listener_peak": 29,
                    "listeners": 4,
                    "listenurl": "http://localhost:8000/mds.mp3",
                    "samplerate": 44100,
                    "server_description": "Трансляции Модель Для Сборки - музыка",
                    "server_name": "Модель для сборки - музыка",
                    "server_type": "audio/mpeg",
                    "stream_start": "Sat, 17 Nov 2018 17:58:34 +0300",
                    "stream_start_iso8601": "2018-11-17T17:58:34+0300",
                    "title": "Through the Universe - Loungerinium",
                    "dummy": None,
                },
            }
        },
        {
            "icestats.server_start": unchanged | past(3_650),
            "icestats.server_start_iso8601": after("server_start", 0, 0),
            SOURCE + "listener_peak": Rule("the most", _most),
            SOURCE + "listeners": walk(3, 0, 60, rests=True),
            SOURCE
            + "stream_start": (
                unchanged | past(3_650),
                after("$.icestats.server_start", 0, 400 * 86_400),
            ),
            SOURCE + "stream_start_iso8601": after("stream_start", 0, 0),
            SOURCE
            + "title": (
                unchanged | matching(r"\S.{1,60} - .{1,60}\S"),
                rarely_changes,
            ),
        },
    ),
]
