"""Space weather, wearables, baseball."""

import math

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    is_number,
    matching,
    new,
    past,
    unchanged,
    varies_with,
    where,
)
from public_payloads.times import form, seconds

# -- SWPC ------------------------------------------------------------------------

MAG = "*."


def _time_tag(series):
    """A minute or so ago, in UTC without a zone."""
    moments = [seconds(value) for value in series.values]
    return (
        all(form(value) == form(series.example) for value in series.values)
        and all(a <= b for a, b in zip(moments, moments[1:]))
        and all(-1 <= t / 1000 - m <= 600 for m, t in zip(moments, series.times))
    )


def _component(series):
    """Nanotesla with two digits, which change by little from minute to minute."""
    return all(
        is_number(value) and abs(value) <= 40 and round(value, 2) == value
        for value in series.values
    ) and all(abs(b - a) <= 3 for a, b in series.pairs())


def _moves(series):
    """What is measured at other times is not the same each time."""
    tags = {owner["time_tag"] for owner in series.owners}
    return len(tags) < 4 or len(set(series.values)) > 1


def _length(frame):
    """The total field is the length of the vector."""

    def check(value, owner, event):
        parts = [owner[f"b{axis}_{frame}"] for axis in "xyz"]
        return abs(math.hypot(*parts) - owner["bt"]) <= 0.1

    return where(f"length in {frame}", check)


def _theta(frame):
    """Its latitude."""

    def check(value, owner, event):
        x, y, z = (owner[f"b{axis}_{frame}"] for axis in "xyz")
        return abs(math.degrees(math.atan2(z, math.hypot(x, y))) - value) <= 1 and (
            round(value, 2) == value
        )

    return where("latitude", check)


def _phi(frame):
    """Its longitude, from 0 to 360."""

    def check(value, owner, event):
        wanted = math.degrees(math.atan2(owner[f"by_{frame}"], owner[f"bx_{frame}"]))
        return (
            0 <= value <= 360
            and abs((wanted - value + 180) % 360 - 180) <= 1
            and round(value, 2) == value
        )

    return where("longitude", check)


_PART = Rule("a component", _component)
_ONE_MINUTE = changes_only_with("time_tag")

# -- WHOOP -----------------------------------------------------------------------

SCORE = "score."
ZONE = "score.zone_durations."
_OF_WORKOUT = changes_only_with("$.id")


def _ranges(low, high):
    return (
        each(f"{low}..{high}", lambda v: is_number(v) and low <= v <= high),
        _OF_WORKOUT,
    )


def _duration(event):
    return seconds(event["end"]) - seconds(event["start"])


def _zones(value, owner, event):
    """The zones are not longer than the workout."""
    whole = 1000 * _duration(event)
    return isinstance(value, int) and value >= 0 and sum(owner.values()) <= whole * 1.01


_ZONE = (where("in the workout", _zones), _OF_WORKOUT)

# -- MLB -------------------------------------------------------------------------


def _ordinal(owner, event):
    inning = owner["currentInning"]
    last = (
        "th"
        if 10 <= inning % 100 <= 20
        else {1: "st", 2: "nd", 3: "rd"}.get(inning % 10, "th")
    )
    return f"{inning}{last}"


_HALVES = {"Top": "Top", "Middle": "Top", "Bottom": "Bottom", "End": "Bottom"}


def _half(owner, event):
    return _HALVES[owner["inningState"]]


def _order(event):
    return event["currentInning"], list(_HALVES).index(event["inningState"])


def _inning(series):
    """A game goes on half by half, some of them at most."""
    places = [4 * n + at for n, at in map(_order, series.events)]
    return (
        all(isinstance(value, int) for value in series.values)
        and all(0 <= b - a <= 2 for a, b in zip(places, places[1:]))
        and 0 <= places[-1] - places[0] <= 8
        and abs(series.values[0] - series.example) <= 1
    )


def _state(series):
    return all(value in _HALVES for value in series.values) and _inning(
        series._replace(
            values=[event["currentInning"] for event in series.events], example=7
        )
    )


def _count(most):
    """Balls, strikes: one more at a time, or none again with both."""

    def check(series):
        for n, value in enumerate(series.values):
            if not isinstance(value, int) or not 0 <= value <= most:
                return False
            if n == 0:
                continue
            before, event = series.events[n - 1], series.events[n]
            risen = [event[k] - before[k] for k in ("balls", "strikes")]
            again = event["balls"] == event["strikes"] == 0
            if not again and (min(risen) < 0 or sum(risen) > 1):
                return False
        return True

    return Rule(f"a count up to {most}", check)


def _outs(series):
    """One or two more at a time, none again in the next half."""
    for n, value in enumerate(series.values):
        if not isinstance(value, int) or not 0 <= value <= 3:
            return False
        if n and value < series.values[n - 1]:
            if _order(series.events[n]) == _order(series.events[n - 1]) or value > 0:
                return False
    return True


def _tally(half, most):
    """It rises only while the team is at bat, or in the field for its errors."""

    def check(series):
        for n in range(1, len(series.values)):
            gap = series.values[n] - series.values[n - 1]
            halves = {series.events[k]["inningHalf"] for k in (n - 1, n)}
            if gap < 0 or gap > most or gap and half not in halves:
                return False
        return all(isinstance(v, int) and 0 <= v <= 30 for v in series.values) and (
            series.values[-1] - series.values[0] <= 6
            and abs(series.values[0] - series.example) <= 3
        )

    return Rule(f"in the {half}", check)


def _person(series):
    """A person has one id, one name, one link."""
    people = {(o["id"], o["fullName"], o["link"]) for o in series.owners}
    return (
        len({p[0] for p in people}) == len(people) == len({p[1] for p in people})
        and len(people) <= 4
    )


def _player(at):
    return {
        at
        + "id": (
            each("an id", lambda v: type(v) is int and 100_000 <= v < 10**6),
            Rule("one person", _person),
        ),
        at
        + "fullName": (
            matching(r"[A-Z][\w'.-]*( [\w'.-]+)+"),
            Rule("one person", _person),
        ),
        at + "link": equals(lambda o, e: f"/api/v1/people/{o['id']}"),
    }


PAYLOADS = [
    Payload(
        "swpc-magnetometer",
        "space weather",
        "json/rtsw/rtsw_mag_1m.json",
        [
            {
                "time_tag": "2026-09-06T17:20:00",
                "active": True,
                "source": "SOLAR1",
                "range": None,
                "scale": None,
                "sensitivity": None,
                "manual_mode": False,
                "sample_size": 60,
                "bt": 6.93,
                "bx_gse": 4.65,
                "by_gse": -0.74,
                "bz_gse": -5.09,
                "theta_gse": -47.12,
                "phi_gse": 350.59,
                "bx_gsm": 4.65,
                "by_gsm": -2.55,
                "bz_gsm": -4.47,
                "theta_gsm": -40.17,
                "phi_gsm": 331.24,
                "max_telemetry_flag": 0,
                "max_data_flag": -9999,
                "overall_quality": 0,
            }
        ],
        {
            MAG + "time_tag": Rule("a minute ago", _time_tag),
            MAG
            + "sample_size": (
                each("samples", lambda v: type(v) is int and 20 <= v <= 60),
                _ONE_MINUTE,
            ),
            MAG + "bt": (_PART, _length("gsm"), Rule("moves", _moves), _ONE_MINUTE),
            MAG
            + "bx_gse": (
                _PART,
                where("as in GSM", lambda v, o, e: abs(v - o["bx_gsm"]) < 0.031),
                _ONE_MINUTE,
            ),
            MAG + "by_gse": (_PART, _ONE_MINUTE),
            MAG + "bz_gse": (_PART, _length("gse"), _ONE_MINUTE),
            MAG + "theta_gse": (_theta("gse"), _ONE_MINUTE),
            MAG + "phi_gse": (_phi("gse"), _ONE_MINUTE),
            MAG + "bx_gsm": (_PART, _ONE_MINUTE),
            MAG + "by_gsm": (_PART, _ONE_MINUTE),
            MAG + "bz_gsm": (_PART, _ONE_MINUTE),
            MAG + "theta_gsm": (_theta("gsm"), _ONE_MINUTE),
            MAG + "phi_gsm": (_phi("gsm"), _ONE_MINUTE),
        },
    ),
    Payload(
        "whoop-workout",
        "wearables",
        "whoop/v2/activity/workout",
        {
            "id": "ecfc6a15-4661-442f-a9a4-f160dd7afae8",
            "v1_id": 1043,
            "user_id": 9012,
            "created_at": "2022-04-24T11:25:44.774Z",
            "updated_at": "2022-04-24T14:25:44.774Z",
            "start": "2022-04-24T02:25:44.774Z",
            "end": "2022-04-24T10:25:44.774Z",
            "timezone_offset": "-05:00",
            "sport_name": "running",
            "score_state": "SCORED",
            "score": {
                "strain": 8.2463,
                "average_heart_rate": 123,
                "max_heart_rate": 146,
                "kilojoule": 1569.34033203125,
                "percent_recorded": 100,
                "distance_meter": 1772.77035916,
                "altitude_gain_meter": 46.64384460449,
                "altitude_change_meter": -0.781372010707855,
                "zone_durations": {
                    "zone_zero_milli": 300000,
                    "zone_one_milli": 600000,
                    "zone_two_milli": 900000,
                    "zone_three_milli": 900000,
                    "zone_four_milli": 600000,
                    "zone_five_milli": 300000,
                },
            },
            "sport_id": 1,
        },
        {
            "id": unchanged | new(UUID),
            "v1_id": (each("an id", lambda v: type(v) is int and v > 0), _OF_WORKOUT),
            "created_at": (after("end", 0, 3 * 86_400), _OF_WORKOUT),
            "updated_at": (
                past(6_000, fixed=False),
                where("later", lambda v, o, e: seconds(v) >= seconds(o["created_at"])),
            ),
            "start": (past(6_000, fixed=False), _OF_WORKOUT, varies_with("id")),
            "end": (after("start", 60, 43_200), _OF_WORKOUT),
            SCORE + "strain": _ranges(0, 21),
            SCORE
            + "average_heart_rate": (
                *_ranges(60, 200),
                where("below the most", lambda v, o, e: v <= o["max_heart_rate"]),
            ),
            SCORE + "max_heart_rate": _ranges(80, 225),
            SCORE
            + "kilojoule": (
                *_ranges(20, 15_000),
                where("of its time", lambda v, o, e: v <= 2 * _duration(e)),
            ),
            SCORE + "percent_recorded": _ranges(0, 100),
            SCORE
            + "distance_meter": (
                *_ranges(100, 100_000),
                where("of its time", lambda v, o, e: v <= 7 * _duration(e)),
            ),
            SCORE + "altitude_gain_meter": _ranges(0, 5_000),
            SCORE + "altitude_change_meter": _ranges(-5_000, 5_000),
            ZONE + "zone_zero_milli": _ZONE,
            ZONE + "zone_one_milli": _ZONE,
            ZONE + "zone_two_milli": _ZONE,
            ZONE + "zone_three_milli": _ZONE,
            ZONE + "zone_four_milli": _ZONE,
            ZONE + "zone_five_milli": _ZONE,
        },
    ),
    Payload(
        "mlb-linescore",
        "baseball",
        "api/v1/game/634543/linescore",
        {
            "currentInning": 7,
            "currentInningOrdinal": "7th",
            "inningState": "Top",
            "inningHalf": "Top",
            "isTopInning": True,
            "scheduledInnings": 9,
            "teams": {
                "home": {"runs": 3, "hits": 6, "errors": 0, "leftOnBase": 5},
                "away": {"runs": 2, "hits": 8, "errors": 1, "leftOnBase": 7},
            },
            "defense": {
                "pitcher": {
                    "id": 605483,
                    "fullName": "Blake Snell",
                    "link": "/api/v1/people/605483",
                }
            },
            "offense": {
                "batter": {
                    "id": 608369,
                    "fullName": "Corey Seager",
                    "link": "/api/v1/people/608369",
                }
            },
            "balls": 1,
            "strikes": 2,
            "outs": 1,
        },
        {
            "currentInning": Rule("goes on", _inning),
            "currentInningOrdinal": equals(_ordinal),
            "inningState": Rule("goes on", _state),
            "inningHalf": equals(_half),
            "isTopInning": equals(lambda o, e: o["inningHalf"] == "Top"),
            "teams.home.runs": _tally("Bottom", 4),
            "teams.home.hits": _tally("Bottom", 2),
            "teams.home.errors": _tally("Top", 1),
            "teams.home.leftOnBase": _tally("Bottom", 3),
            "teams.away.runs": _tally("Top", 4),
            "teams.away.hits": _tally("Top", 2),
            "teams.away.errors": _tally("Bottom", 1),
            "teams.away.leftOnBase": _tally("Top", 3),
            **_player("defense.pitcher."),
            **_player("offense.batter."),
            "balls": _count(4),
            "strikes": _count(3),
            "outs": Rule("outs", _outs),
        },
    ),
]
