"""What examples of devices, vehicles, games and messages say of how they change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.generated import values

UUID = "2c6bb8f5-6c9e-4f32-9d8b-1e0a6f0c9c53"


def column(path: str, shape: Any, *route: str | int) -> list[Any]:
    """What a route says in the events of a stream."""
    found = []
    for event in values(path, shape):
        for step in route:
            event = event[step]
        found.append(event)
    return found


def moves(path: str, shape: Any, *route: str | int) -> bool:
    return len({json.dumps(each) for each in column(path, shape, *route)}) > 1


# Names


@pytest.mark.parametrize(
    "shape",
    [
        {"ts": 1715364000, "hum": 61.25},
        {"ts": 1715364000, "windChill": 51.25},
        {"ts": 1715364000, "solar_rad": 512.5},
        {"ts": 1715364000, "wNow": 3120.75},
        {"ts": 1715364000, "temperatureSensor": {"1": 21.25}},
    ],
    ids=lambda shape: str([*shape][-1]),
)
def test_measures_of_short_names_move(shape: dict[str, Any]) -> None:
    assert moves("x", shape, [*shape][-1])


def test_a_vehicle_of_short_names_moves_where_it_heads() -> None:
    shape = {"veh": 7, "spd": 9.5, "hdg": 180, "lat": 60.17, "long": 24.94}
    latitudes = column("x", shape, "lat")
    assert latitudes == sorted(latitudes, reverse=True)


@pytest.mark.parametrize("name", ["abilityPower", "attackSpeed", "moveSpeed"])
def test_what_a_player_is_capable_of_stays(name: str) -> None:
    assert not moves("x", {"ts": 1715364000, "gold": 7, name: 112.5}, name)


def test_a_small_txid_is_that_of_a_transmitter() -> None:
    assert not moves("x", {"ts": 1715364000, "temp": 21.5, "txid": 1}, "txid")


def test_temperatures_that_are_the_same_stay_so() -> None:
    shape = {"ts": 1715364000, "temp": 21.5, "feels_like": 21.5}
    for event in values("x", shape):
        assert event["temp"] == event["feels_like"]


def test_an_open_door_makes_no_market() -> None:
    shape = {"voltage": 229.5, "charge_rate": 21.9, "door_open": True}
    assert not moves("x", shape, "charge_rate")


@pytest.mark.parametrize("kind", ["comp", "attribute", "capability", "pollutant"])
def test_a_value_is_of_what_a_neighbour_says(kind: str) -> None:
    shape = [{kind: "humidity", "value": 34.25}, {kind: "co2", "value": 787.5}]
    assert moves("x", {"ts": 1715364000, "sensors": shape}, "sensors", 0, "value")


def test_a_speed_of_one_is_that_of_what_plays() -> None:
    shape = {"player": {"id": 0, "speed": 1}, "voltage": 229.5}
    assert not moves("x", shape, "player", "speed")


def test_watts_of_a_device_move_and_a_width_stays() -> None:
    shape = {"hz": 59.98, "devices": [{"id": "fridge", "w": 98.4}], "solar_w": 412}
    assert moves("x", shape, "devices", 0, "w")
    assert moves("x", shape, "solar_w")
    assert not moves("x", {"hz": 59.98, "box": {"w": 98.4, "h": 20.5}}, "box", "w")


def test_a_temperature_by_two_scales_is_one() -> None:
    degrees = {
        "Metric": {"Value": 24.4, "Unit": "C"},
        "Imperial": {"Value": 76.0, "Unit": "F"},
    }
    for event in values("x", {"ts": 1715364000, "Temperature": degrees}):
        celsius = event["Temperature"]["Metric"]["Value"]
        fahrenheit = event["Temperature"]["Imperial"]["Value"]
        assert fahrenheit == pytest.approx(celsius * 1.8 + 32, abs=0.06)


def test_a_place_in_a_list_and_the_zone_of_a_start_are_no_times_that_go_by() -> None:
    games = [{"position": 1, "length": 2412}, {"position": 2, "length": 1800}]
    assert not moves("x", {"voltage": 229.5, "games": games}, "games", 0, "position")
    day = {"durationInSeconds": 86400, "startTimeOffsetInSeconds": -21600}
    assert not moves("x", {"voltage": 229.5, **day}, "startTimeOffsetInSeconds")


def test_the_time_of_a_lap_goes_by() -> None:
    shape = {"SessionTime": 1423.5, "LapCurrentLapTime": 38.25, "LapBestLapTime": 91.75}
    assert column("x", shape, "LapCurrentLapTime")[:2] == [38.25, 39.25]
    assert not moves("x", shape, "LapBestLapTime")


def test_the_frequency_of_a_radio_stays() -> None:
    hotspot = {"frequency": 867.9, "rssi": -97, "snr": 8.5}
    assert not moves("x", hotspot, "frequency")
    assert moves("x", hotspot, "rssi")


def test_a_value_is_of_what_its_path_ends_in() -> None:
    voltages = column("battery/0/Voltage", {"value": 26.48, "max": None}, "value")
    assert all(abs(a - b) < 0.2 for a, b in zip(voltages, voltages[1:]))


def test_many_players_come_and_go_in_small_shares() -> None:
    shape = {"response": {"player_count": 812_344, "result": 1}}
    counts = column("x", shape, "response", "player_count")
    assert all(abs(a - b) < 1_000 for a, b in zip(counts, counts[1:]))


def test_how_many_are_alive_is_told_by_events() -> None:
    shape = {"elapsedTime": 412, "voltage": 229.5, "numAlivePlayers": 71}
    assert not moves("x", shape, "numAlivePlayers")


def test_a_number_with_decimals_is_no_place_in_a_log() -> None:
    shape = {"power": 3120.4, "carbon_offset": 2041.7}
    assert not moves("x", shape, "carbon_offset")


def test_what_energy_costs_rises_with_it() -> None:
    shape = {
        "state": "charging",
        "energy_kwh": 11.42,
        "power_kw": 91.7,
        "cost_cents": 514.5,
    }
    costs = column("x", shape, "cost_cents")
    assert costs == sorted(costs)
    assert costs[-1] > costs[0]


def test_all_of_a_whole_stays_a_hundred_percent() -> None:
    usages = [{"usage": 0.41, "percentage": 100.0}, {"usage": 0.12, "percentage": 29.1}]
    shape = {"ts": 1715364000, "channelUsages": usages}
    assert not moves("x", shape, "channelUsages", 0, "percentage")


@pytest.mark.parametrize("name", ["acpower", "feedinpower", "powerdc1"])
def test_powers_of_an_inverter_move(name: str) -> None:
    assert moves("x", {"uploadTime": "2024-05-04 10:46:58", name: 1412.5}, name)


def test_what_still_takes_to_charge_is_told_in_minutes() -> None:
    shape = {"lastUpdated": "2024-05-04T10:46:58Z", "chargeTimeRemaining": 41}
    assert set(column("x", shape, "chargeTimeRemaining")) <= {40, 41}


def test_frames_and_departures_are_counted() -> None:
    shape = {"requested_at": "2024-05-04T10:46:58Z", "FCntUp": 7011, "due_seconds": 142}
    assert column("x", shape, "FCntUp")[:2] == [7011, 7012]
    assert column("x", shape, "due_seconds")[:2] == [142, 141]
    assert moves("x", shape, "requested_at")


@pytest.mark.parametrize(
    "name", ["vpv1", "ppv", "pgrid", "etco2", "heartRateBeatsPerMin", "downlink_bps"]
)
def test_measures_of_further_names_move(name: str) -> None:
    shape = {"ts": 1715364000, name.replace("downlink", "throughput"): 38.25}
    assert moves("x", shape, [*shape][-1])


@pytest.mark.parametrize("key", ["key", "instance", "name"])
def test_a_value_inside_is_of_what_the_key_beside_it_says(key: str) -> None:
    data = [{key: "sensorHumidity", "state": {"value": 45.25}}, {key: "x", "state": {}}]
    assert moves("x", {"temperature": 21.5, "data": data}, "data", 0, "state", "value")


def test_what_has_elapsed_goes_on_with_a_measure_beside_it() -> None:
    shape = {"elapsed_time": 412.5, "heart_rate": 152, "workout_state": 1}
    assert column("x", shape, "elapsed_time")[:2] == [412.5, 413.5]


# Places


def test_an_aircraft_in_a_row_by_its_id_moves() -> None:
    row = ["4CA853", 51.2211, -0.3421, 74, 31025, 421, "2342", 1651160123, "EI232"]
    shape = {"full_count": 1, "2d1e7a3b": row}
    assert moves("x", shape, "2d1e7a3b", 1)
    assert moves("x", shape, "2d1e7a3b", 2)


def test_a_point_of_what_travels_moves() -> None:
    point = {"type": "Point", "coordinates": [24.9391, 60.1725]}
    shape = {"train": 27, "location": point, "speed": 113}
    assert moves("train-locations", shape, "location", "coordinates", 0)
    assert moves("train-locations", shape, "location", "coordinates", 1)


def test_the_points_of_a_line_stay() -> None:
    line = [{"lat": 52.41, "lon": 4.84}, {"lat": 52.42, "lon": 4.85}]
    shape = {"currentSpeed": 41.5, "line": line}
    assert moves("x", shape, "currentSpeed")
    assert not moves("x", shape, "line", 0, "lat")


def test_an_aircraft_that_does_not_climb_flies_on() -> None:
    flight = {"lat": 28.3973, "lng": 115.1194, "speed": 808, "v_speed": 0}
    assert moves("flights", {"response": [flight]}, "response", 0, "lat")


def test_what_is_parked_stays_where_it_is() -> None:
    place = {"lat": 40.5865, "lon": -88.9954, "ts": 1715364000}
    shape = {"location": place, "gear": {"value": "park"}, "odometer": 20412345}
    assert not moves("vehicle/state", shape, "location", "lat")
    assert not moves("vehicle/state", shape, "odometer")


def test_places_in_texts_move_along_a_direction() -> None:
    shape = {"pos_latitude": "52.376100", "pos_longitude": "4.908700"}
    shape |= {"speed": 38, "direction": 180}
    latitudes = column("x", shape, "pos_latitude")
    assert latitudes == sorted(latitudes, reverse=True)
    assert len(set(latitudes)) > 1


# Times


@pytest.mark.parametrize(
    "time",
    [
        "7/9/2023 8:11:18 PM",
        "07/09/2023 08:11:18 PM",
        "20230709 20:11:18",
        "20230709T201118",
        "2023-07-09 08:11 PM",
    ],
)
def test_times_of_further_forms_are_now(time: str) -> None:
    assert moves("x", {"temp": 21.5, "time": time}, "time")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-05-04 10:00:00:000", "2024-05-04 10:01:00:000"),
        ("2024-05-04T10:00:07Z", "2024-05-04T10:00:57Z"),
    ],
)
def test_a_span_that_has_just_ended_goes_on_at_both_ends(start: str, end: str) -> None:
    shape = {"id": 4, "level": 3.5, "startTime": start, "endTime": end}
    assert moves("x", shape, "startTime") == moves("x", shape, "endTime")


def test_times_that_stand_keep_their_whole_minutes() -> None:
    fuel = {"kind": "wind", "unit": "MW", "publishTime": "2024-05-04T10:50:00Z"}
    for time in column("x", [fuel, fuel, fuel], 0, "publishTime"):
        assert time.endswith(("0:00Z", "5:00Z"))


def test_what_was_long_before_the_present_stays() -> None:
    runtime = {
        "connectTime": "2024-05-04 10:00:03",
        "lastModified": "2024-05-04 10:07:41",
    }
    shape = {"runtime": runtime, "temperature": 21.5}
    assert not moves("x", shape, "runtime", "connectTime")
    assert moves("x", shape, "runtime", "lastModified")


def test_a_term_of_whole_minutes_goes_with_its_beginning() -> None:
    shape = {"cachetime": 1715364017, "cacheexpires": 1715364077, "players": 812}
    for event in values("x", shape):
        assert event["cacheexpires"] - event["cachetime"] == 60


def test_a_clock_of_a_game_goes_and_its_minute_goes_with_it() -> None:
    event = {"match_time": 27, "match_clock": "26:14", "period": 1}
    assert column("x", event, "match_clock")[:2] == ["26:14", "26:15"]
    assert set(column("x", event, "match_time")) == {27}


def test_a_position_in_what_plays_goes_on_and_its_length_stays() -> None:
    shape = {
        "PositionTicks": 12_034_560_000,
        "IsPaused": False,
        "RunTimeTicks": 697 * 10**8,
    }
    ticks = column("x", shape, "PositionTicks")
    assert ticks[1] - ticks[0] == 10_000_000
    assert not moves("x", shape, "RunTimeTicks")


def test_the_seconds_that_a_clock_shows_go_with_it() -> None:
    status = {"clock": 412.0, "displayClock": "6:52", "period": 3}
    assert column("x", status, "displayClock")[:2] == ["6:52", "6:51"]
    assert column("x", status, "clock")[:2] == [412.0, 411.0]


def test_a_series_of_a_list_is_of_whole_minutes() -> None:
    levels = [{"stime": f"2024-05-04 06:2{n}:00", "level": 2.41} for n in (1, 2, 3)]
    assert column("ioc/sealevel", levels, 2, "stime")[0] == "2025-01-06 12:34:00"


@pytest.mark.parametrize(
    ("text", "now"),
    [("2023-07-19T14", "2025-01-06T12"), ("2023-07-19:14", "2025-01-06:12")],
)
def test_hours_of_days_are_of_now(text: str, now: str) -> None:
    assert column("x", {"temp": 21.5, "datetime": text}, "datetime")[0] == now


def test_the_sun_rises_at_the_same_hour_every_day() -> None:
    shape = {"sunrise": "2024-05-04T06:04:00", "timestamp": "2024-05-04T14:20:11"}
    assert set(column("x", shape, "sunrise")) == {"2025-01-06T06:04:00"}


def test_a_text_with_a_clock_in_it_goes_with_that() -> None:
    shape = {
        "text": "Q3 4:31",
        "period": 3,
        "gameClock": "PT04M31.00S",
        "lead": "3 pts",
    }
    assert column("nba/live", shape, "text")[:2] == ["Q3 4:31", "Q3 4:30"]


def test_the_start_of_a_period_is_as_round_as_its_end() -> None:
    interval = {"start": "2024-05-04T11:00Z", "end": "2024-05-04T12:00Z"}
    shape = {"createdDateTime": "2024-05-04T12:02:13Z", "timeInterval": interval}
    shape["quantity"] = {"unit": "MAW", "codes": ["A04"]}
    assert column("x", shape, "timeInterval", "start")[0].endswith(":00Z")


def test_a_departure_keeps_its_delay() -> None:
    times = {
        "plannedDateTime": "2024-05-04T14:53:00Z",
        "actualDateTime": "2024-05-04T14:55:00Z",
    }
    shape = {"departures": [{"name": "NS 2235", "track": "5", **times}]}
    event = values("x", shape)[0]["departures"][0]
    assert (event["plannedDateTime"][14:], event["actualDateTime"][14:]) == (
        "32:00Z",
        "34:00Z",
    )


def test_a_time_of_day_goes_with_the_date_beside_it() -> None:
    shape = {
        "root": {"date": "11/26/2018", "time": "11:53:02 AM PST", "station": "RICH"}
    }
    assert column("x", shape, "root", "time")[0] == "04:34:56 AM PST"
    assert column("x", shape, "root", "date")[0] == "01/06/2025"


@pytest.mark.parametrize("name", ["startdate", "enddate"])
def test_times_of_names_that_are_run_together_are_times(name: str) -> None:
    shape = {"userid": "363", "startdate": 1530576000, "enddate": 1530698753}
    assert all(
        1_700_000_000 < time < 1_740_000_000 for time in column("x", shape, name)
    )


def test_a_forecast_is_for_a_whole_hour() -> None:
    series = [{"time": "2024-05-04T13:00:00Z", "air_temperature": 19.8}]
    shape = {"updated_at": "2024-05-04T12:31:16Z", "series": series}
    assert set(column("x", shape, "series", 0, "time")) == {"2025-01-06T13:00:00Z"}


def test_rows_of_a_series_keep_its_steps() -> None:
    head, *rows = [["time_tag", "speed"]] + [
        [f"2024-05-04 05:3{n}:00.000", "612.3"] for n in (1, 2)
    ]
    assert column("x", [head, *rows], 2, 0)[0] == "2025-01-06 12:34:00.000"


@pytest.mark.parametrize(
    ("name", "gap"),
    [("eta_epoch", 26_388), ("valid_to", 26_388)],
    ids=lambda each: each,
)
def test_what_is_to_come_is_not_the_present(name: str, gap: int) -> None:
    shape = {"speed": 16.4, "position_epoch": 1672761612, name: 1672761612 + gap}
    assert moves("x", shape, "position_epoch")
    assert all(event[name] > event["position_epoch"] for event in values("x", shape))


# Ids


def test_a_path_that_says_who_sends_events_says_nothing_of_their_type() -> None:
    shape = {"type": "video.ready", "id": UUID, "data": {"id": "v7"}}
    assert not moves("webhooks/acme", shape, "type")
    assert moves("webhooks/acme", shape, "id")


def test_an_id_of_the_path_that_the_example_says_is_that_of_nothing_else() -> None:
    shape = {"response": {"id": 42, "vehicle_id": 1715, "speed": 41}}
    assert set(column("vehicles/42/data", shape, "response", "vehicle_id")) == {1715}


@pytest.mark.parametrize("more", [{}, {"latitude": 48.1371, "speed": 21.5}])
def test_every_position_of_a_device_has_an_id(more: dict[str, Any]) -> None:
    position = {"id": 10834, "deviceId": 7, "fixTime": "2024-05-04T10:00Z", **more}
    assert moves("x", {"positions": [position]}, "positions", 0, "id")


def test_an_event_that_is_held_stays_the_same_one() -> None:
    shape = {"event": {"id": UUID, "sport_event_id": "sr:match:4711"}, "ts": 1715364000}
    assert not moves("x", shape, "event", "sport_event_id")


def test_a_new_call_has_new_ids() -> None:
    payload = {"call_leg_id": UUID, "state": "parked"}
    shape = {
        "data": {"event_type": "call.initiated", "id": UUID[::-1], "payload": payload}
    }
    assert moves("webhooks", shape, "data", "payload", "call_leg_id")


def test_an_id_keeps_the_word_before_its_dot() -> None:
    shape = {"id": "wamid.HBgL1TY5MDM4Nzk0", "from": "1", "to": "2", "text": "Hi!"}
    shape["timestamp"] = 1715364000
    found = column("messages", shape, "id")
    assert len(set(found)) == len(found)
    assert all(text.startswith("wamid.") for text in found)


def test_a_version_that_rises_with_a_change_goes_on() -> None:
    shape = {
        "previous": {"version": 7, "on": True},
        "current": {"version": 8, "on": False},
        "timestamp": 1715364000,
    }
    assert column("x", shape, "current", "version")[:3] == [8, 9, 10]
    assert column("x", shape, "previous", "version")[:3] == [7, 8, 9]


def test_an_object_in_a_text_is_another_one_in_a_text() -> None:
    post = {"id": "wqpuawcw3iy3", "message": "Hello to all of you!"}
    shape = {"event": "posted", "data": {"post": json.dumps(post)}, "seq": 7}
    found = [json.loads(text) for text in column("x", shape, "data", "post")]
    assert all(each.keys() == post.keys() for each in found)
    assert len({each["message"] for each in found}) > 1


def test_a_notice_of_one_record_tells_its_times() -> None:
    data = [{"taken": {"start_time": "2024-05-04T08:14:00Z"}, "weight_kg": 78.4}]
    shape = {"type": "body.taken", "user": {"id": UUID}, "data": data}
    found = column("acme/webhook", shape, "data", 0, "taken", "start_time")
    assert len(set(found)) == len(found)


def test_the_id_of_a_page_is_no_id_of_a_comment_on_it() -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "2019184_2019178"}
    value |= {"message": "Where can I buy this?", "created_time": 1715364000}
    entry = {"id": "138942389473", "time": 1715364002, "changes": [{"value": value}]}
    shape = {"object": "page", "entry": [entry]}
    assert not moves("webhooks/acme", shape, "entry", 0, "id")
    assert moves(
        "webhooks/acme", shape, "entry", 0, "changes", 0, "value", "comment_id"
    )


def test_games_of_a_list_last() -> None:
    game = {
        "id": "401468016",
        "date": "2024-05-04T23:00Z",
        "competitions": [{"id": "7"}],
    }
    assert not moves("nba/scoreboard", {"events": [game]}, "events", 0, "id")


def test_a_uid_beside_an_id_is_that_of_a_user() -> None:
    change = {"id": 131923421, "uid": 1234567, "user": "ana", "open": False}
    change["created_at"] = "2024-05-04T10:11:12Z"
    assert not moves("changesets", {"changesets": [change]}, "changesets", 0, "uid")


def test_tags_around_a_message_are_closed_as_they_were_opened() -> None:
    message = {"id": 4711, "content": '<p>First <a href="x">of all</a> of them</p>'}
    message |= {"sender_id": 7, "timestamp": 1715364000}
    shape = {"type": "message", "message": message}
    for text in column("events", shape, "message", "content"):
        assert text.startswith("<p>")
        assert text.endswith("</p>")
        assert "</a>" not in text


def test_a_record_that_was_created_with_its_event_is_a_new_one() -> None:
    entry = {"id": "etr_4fUIi6Hq", "name": "Assay", "createdAt": "2024-05-04T10:00:00Z"}
    shape = {"id": "evt_dh0KJ3sPf1Kx", "eventType": "v2.entry.created", "entry": entry}
    assert moves(
        "acme/events", {**shape, "createdAt": "2024-05-04T10:00:01Z"}, "entry", "id"
    )


def test_every_place_that_a_vehicle_tells_has_an_id() -> None:
    location = {
        "id": UUID,
        "lat": 34.05,
        "lon": -118.24,
        "located_at": "2024-05-04T10:00:00Z",
    }
    shape = {"vehicle": {"id": 6214}, "location": {**location, "speed": 52.4}}
    assert moves("webhooks/acme", shape, "location", "id")
    assert not moves("webhooks/acme", shape, "vehicle", "id")


def test_the_data_of_what_was_created_has_a_new_id() -> None:
    change = {"changeType": "created", "resourceData": {"id": "1565045298123"}}
    shape = {
        "value": [{"subscriptionId": UUID, **change, "resource": "x('1565045298123')"}]
    }
    for event in values("listen", shape):
        own = event["value"][0]["resourceData"]["id"]
        assert event["value"][0]["resource"] == f"x('{own}')"
    assert moves("listen", shape, "value", 0, "resourceData", "id")


def test_what_a_list_has_by_its_title_lasts() -> None:
    dated = {"date": "2024-05-04T10:00:00Z"}
    fire = {"id": "EONET_6394", "title": "Wildfire", "geometry": [dated]}
    assert not moves("api/events", {"events": [fire]}, "events", 0, "id")


def test_a_call_in_a_frame_has_a_new_id() -> None:
    call = [
        2,
        "19223201",
        "StatusNotification",
        {"connectorId": 1, "status": "Charging"},
    ]
    assert column("ocpp", call, 1)[:2] == ["19223201", "19223202"]


def test_what_has_an_underscore_before_its_id_has_one_too() -> None:
    message = {
        "_id": "78nfHHCJdjNHmPBjK",
        "msg": "good morning to you",
        "u": {"name": "a"},
    }
    shape = {"msg": "changed", "args": [{**message, "ts": 1715364000, "channel": "c"}]}
    assert moves("websocket", shape, "args", 0, "_id")


def test_a_call_that_has_ended_is_another_one_each_time() -> None:
    shape = {
        "CallUUID": UUID,
        "Event": "Hangup",
        "Duration": "52",
        "StartTime": "2024-05-04 10:00:11",
        "AnswerTime": "2024-05-04 10:00:14",
        "EndTime": "2024-05-04 10:01:06",
    }
    assert moves("acme/hangup", shape, "CallUUID")
    assert moves("acme/hangup", shape, "AnswerTime")


def test_a_notification_in_a_text_is_a_new_one() -> None:
    payload = {
        "id": "34975861",
        "type": "mention",
        "created_at": "2024-05-04T07:49:02Z",
    }
    shape = {
        "stream": ["user"],
        "event": "notification",
        "payload": json.dumps(payload),
    }
    found = [
        json.loads(text)["id"] for text in column("streaming/user", shape, "payload")
    ]
    assert len(set(found)) == len(found)
