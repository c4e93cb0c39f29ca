"""Weather stations at home, live meters of electricity, calls of elevators."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    counter,
    every,
    matching,
    never_falls,
    now,
    one_of,
    unchanged,
    walk,
    where,
)


def calm(most):
    """Over all of the events, some seconds, it moves by so much at most."""
    return Rule(
        f"within {most}",
        lambda series: max(series.values) - min(series.values) <= most + 1e-9,
    )


# -- Tempest ---------------------------------------------------------------------

#: What an observation has, it keeps.
_OBSERVED = changes_only_with("0")
OBS = "obs.0."


def _of_last_minute(series):
    """A station observes every minute, or reports more often."""
    return never_falls(series) and all(
        isinstance(value, int) and -0.5 <= time / 1000 - value <= 62
        for value, time in zip(series.values, series.times)
    )


def _wind(value, owner, event):
    lull, average, gust = owner[1:4]
    return 0 <= lull <= average <= gust <= 40


def _blows(series):
    """Where there are new observations, the wind is not the same in all of them."""
    epochs = {owner[0] for owner in series.owners}
    return len(epochs) < 4 or len(set(series.values)) > 1


def _turns(series):
    """A direction in degrees, that does not jump about."""
    turns = [abs((b - a + 180) % 360 - 180) for a, b in series.pairs()]
    return all(
        isinstance(value, int) and 0 <= value <= 360 for value in series.values
    ) and all(turn <= 60 for turn in turns)


def _light(value, owner, event):
    """A watt per square metre of sun is some 120 lux."""
    lux, watts = owner[9], owner[11]
    return 60 * max(watts - 1, 0) - 60 <= lux <= 200 * (watts + 1) + 60


def _rain(value, owner, event):
    """It is dry where nothing falls."""
    return value >= 0 and (value == 0) == (owner[13] == 0) and value < 5


def _strikes(value, owner, event):
    """No lightning has no distance."""
    return (owner[14] == 0) == (owner[15] == 0) and 0 <= owner[14] <= 40


WIND = (where("lull, average and gust", _wind), Rule("blows", _blows), _OBSERVED)

# -- Tibber ----------------------------------------------------------------------

LIVE = "payload.data.liveMeasurement."


def _live(event):
    return event["payload"]["data"]["liveMeasurement"]


def _energy(unit):
    """It rises by what the power is over the time, about."""

    def check(series):
        powers = [_live(event)["power"] for event in series.events]
        hours = (series.times[-1] - series.times[0]) / 3_600_000
        rise = series.values[-1] - series.values[0]
        return (
            0.2 * min(powers) / 1000 * hours - unit
            <= rise
            <= 5 * max(powers) / 1000 * hours + unit
        )

    return Rule("energy of its power", check)


def _as_much(series):
    """The hour's consumption rises as the day's does."""
    gaps = [
        _live(event)["accumulatedConsumption"] - value
        for value, event in zip(series.values, series.events)
    ]
    return max(gaps) - min(gaps) <= 2e-5


def _cost(series):
    """It rises with what is consumed, by what a kWh may cost."""
    used = [_live(event)["accumulatedConsumption"] for event in series.events]
    rise = series.values[-1] - series.values[0]
    return (
        never_falls(series)
        and abs(series.values[0] - series.example) <= 0.1
        and all(abs(round(value, 6) - value) < 1e-9 for value in series.values)
        and 0.02 * (used[-1] - used[0]) - 3e-6 <= rise
        and rise <= 8 * (used[-1] - used[0]) + 3e-6
    )


def _peak(series):
    """The most of the day so far: it is another only where the power reaches it."""
    powers = [_live(event)["power"] for event in series.events]
    known = [series.example, *series.values]
    return all(
        isinstance(value, int) and value == max(before, power)
        for before, value, power in zip(known, series.values, powers)
    )


def _carries(value, owner, event):
    """Volts times amperes are the watts or more, and not many times as much."""
    apparent = sum(owner[f"voltagePhase{n}"] * owner[f"currentL{n}"] for n in (1, 2, 3))
    return 0.85 * owner["power"] - 60 <= apparent <= 2.5 * owner["power"] + 300


def _follows(series):
    """Amperes change as the power does, or by little."""
    powers = [owner["power"] for owner in series.owners]
    return all(
        abs(b - a) <= 0.6 + abs(q - p) / 150
        for (a, b), p, q in zip(series.pairs(), powers, powers[1:])
    )


VOLTS = (walk(2, 215, 250, rests=True), calm(7))
_AMPERES = (
    walk(6, 0, 63, rests=True),
    where("of the power", _carries),
    Rule("follows the power", _follows),
)

# -- KONE ------------------------------------------------------------------------

_STEPS = ["created", "approved", "served"]
_OF_CALL = changes_only_with("$.requestId")
_GUIDANCE = {
    "created": {"wait_for_car"},
    "approved": {"wait_for_car", "enter_car", "stay_in_car"},
    "served": {"exit_car", "stay_in_car"},
    "cancelled": {"call_cancelled"},
}


def _forward(series):
    """A call never goes a step back."""
    seen = {}
    for value, event in zip(series.values, series.events):
        call = event["requestId"]
        step = _STEPS.index(value) if value in _STEPS else 3
        if step < seen.get(call, 0):
            return False
        seen[call] = step
    return True


def _guides(value, owner, event):
    return value in _GUIDANCE[event["callStatus"]]


def _of_lift(kind):
    """A part of the lift that serves the call."""

    def check(value, owner, event):
        lift = event["liftId"].partition(":")[2]
        return value.startswith(f"{kind}:{lift}:")

    return where("of the lift", check)


PAYLOADS = [
    Payload(
        "tempest-observation",
        "weather at home",
        "tempest/udp",
        {
            "serial_number": "ST-00000512",
            "type": "obs_st",
            "hub_sn": "HB-00013030",
            "obs": [
                [
                    1588948614,
                    0.18,
                    0.22,
                    0.27,
                    144,
                    6,
                    1017.57,
                    22.37,
                    50.26,
                    328,
                    0.03,
                    3,
                    0.0,
                    0,
                    0,
                    0,
                    2.41,
                    1,
                ]
            ],
            "firmware_revision": 129,
        },
        {
            OBS + "0": Rule("of the last minute", _of_last_minute),
            OBS + "1": (walk(1, 0, 10, rests=True), where("wind", _wind), _OBSERVED),
            OBS + "2": (walk(1.5, 0, 12, rests=True), *WIND),
            OBS + "3": (walk(2.5, 0, 18, rests=True), where("wind", _wind), _OBSERVED),
            OBS + "4": (Rule("turns", _turns), _OBSERVED),
            OBS + "6": (walk(0.3, 980, 1_045, rests=True), calm(1), _OBSERVED),
            OBS + "7": (walk(0.3, 10, 35, rests=True), calm(1.5), _OBSERVED),
            OBS + "8": (walk(2, 20, 85, rests=True), calm(6), _OBSERVED),
            OBS
            + "9": (
                walk(400, 0, 5_000, rests=True),
                where("of the sun", _light),
                _OBSERVED,
            ),
            OBS + "10": (walk(0.1, 0, 1.5, rests=True), _OBSERVED),
            OBS
            + "11": (
                walk(4, 0, 45, rests=True),
                where("of the light", _light),
                _OBSERVED,
            ),
            OBS + "12": where("of what falls", _rain),
            OBS + "13": one_of(0, 1, 2, 3),
            OBS + "14": where("of the strikes", _strikes),
            OBS + "15": where("of their distance", _strikes),
            OBS + "16": (walk(0.02, 2.2, 2.8, rests=True), _OBSERVED),
        },
    ),
    Payload(
        "tibber-live",
        "live electricity",
        "tibber/v1-beta/gql/subscriptions",
        {
            "id": "1",
            "type": "next",
            "payload": {
                "data": {
                    "liveMeasurement": {
                        "timestamp": "2022-06-16T16:43:20.000+02:00",
                        "power": 600,
                        "minPower": 0,
                        "averagePower": 681.3,
                        "maxPower": 6665,
                        "accumulatedConsumption": 11.393055,
                        "accumulatedConsumptionLastHour": 0.252055,
                        "accumulatedCost": 1.666866,
                        "currency": "NOK",
                        "lastMeterConsumption": 88094.695,
                        "voltagePhase1": 238.9,
                        "voltagePhase2": 239.0,
                        "voltagePhase3": 239.2,
                        "currentL1": 1.064,
                        "currentL2": 1.159,
                        "currentL3": 1.089,
                        "powerFactor": 0.919,
                        "signalStrength": -48,
                    }
                }
            },
        },
        {
            LIVE + "timestamp": now(20),
            LIVE + "power": walk(700, 50, 7_000),
            LIVE + "averagePower": (walk(1, 500, 900, rests=True), calm(3)),
            LIVE + "maxPower": Rule("the peak of the day", _peak),
            LIVE
            + "accumulatedConsumption": (
                counter(0, 0.02, rests=False),
                _energy(2e-6),
            ),
            LIVE
            + "accumulatedConsumptionLastHour": (
                counter(0, 0.02, rests=False),
                Rule("as much as the day's", _as_much),
            ),
            LIVE + "accumulatedCost": Rule("cost of the energy", _cost),
            LIVE
            + "lastMeterConsumption": (
                counter(0, 0.02, rests=False),
                _energy(0.0011),
            ),
            LIVE + "voltagePhase1": VOLTS,
            LIVE + "voltagePhase2": VOLTS,
            LIVE + "voltagePhase3": VOLTS,
            LIVE + "currentL1": _AMPERES,
            LIVE + "currentL2": _AMPERES,
            LIVE + "currentL3": _AMPERES,
            LIVE + "powerFactor": walk(0.08, 0.6, 1, rests=True),
            LIVE + "signalStrength": walk(6, -90, -30, rests=True),
        },
    ),
    Payload(
        "kone-lift-call",
        "elevators",
        "kone/lift-call",
        {
            "type": "lift-call-state",
            "timestamp": "2021-03-22T13:52:57.412Z",
            "requestId": "252390420",
            "callStatus": "approved",
            "passengerGuidance": "wait_for_car",
            "callType": "normal",
            "callAction": "destination",
            "buildingId": "building:9990000508",
            "groupId": "group:9990000508:1",
            "liftId": "lift:9990000508:1:1",
            "deckId": "deck:9990000508:1:1:1",
            "sourceDoorId": "door:9990000508:1:1:1:1",
            "destinationDoorId": "door:9990000508:1:1:1:1",
            "sourceId": "area:9990000508:3000",
            "destinationId": "area:9990000508:5000",
        },
        {
            "timestamp": now(5),
            "requestId": unchanged | matching(r"\d{6,12}"),
            "callStatus": (
                one_of("created", "approved", "served", "cancelled"),
                Rule("never back", _forward),
            ),
            "passengerGuidance": where("of the status", _guides),
            "liftId": unchanged | every(matching(r"lift:9990000508:1:[1-8]"), _OF_CALL),
            "deckId": (matching(r"deck:9990000508(:\d){3}"), _of_lift("deck")),
            "sourceDoorId": (matching(r"door:9990000508(:\d){4}"), _of_lift("door")),
            "destinationDoorId": (
                matching(r"door:9990000508(:\d){4}"),
                _of_lift("door"),
            ),
            "sourceId": unchanged
            | every(matching(r"area:9990000508:\d{1,2}000"), _OF_CALL),
            "destinationId": (
                unchanged | every(matching(r"area:9990000508:\d{1,2}000"), _OF_CALL),
                where("elsewhere", lambda v, o, e: v != o["sourceId"]),
            ),
        },
    ),
]
