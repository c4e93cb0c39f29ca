"""Games, sports, music and the weather."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    after,
    changes_only_with,
    counter,
    equals,
    grows,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    rarely_changes,
    rate,
    same,
    text,
    unchanged,
    walk,
    where,
)

PAYLOADS = [
    Payload(
        "football-fixture",
        "football",
        "football/fixtures/live",
        {
            "fixture": {
                "id": 239625,
                "referee": None,
                "timezone": "UTC",
                "date": "2020-02-06T14:00:00+00:00",
                "timestamp": 1580997600,
                "venue": {"id": 1887, "name": "Stade Mohammed V", "city": "Casablanca"},
                "status": {"long": "Second Half", "short": "2H", "elapsed": 67},
            },
            "league": {
                "id": 200,
                "name": "Botola Pro",
                "country": "Morocco",
                "season": 2019,
                "round": "Regular Season - 14",
            },
            "teams": {
                "home": {"id": 967, "name": "Rapide Oued ZEM", "winner": False},
                "away": {"id": 968, "name": "Wydad AC", "winner": True},
            },
            "goals": {"home": 0, "away": 1},
            "score": {
                "halftime": {"home": 0, "away": 1},
                "fulltime": {"home": None, "away": None},
            },
        },
        {
            "fixture.date": unchanged | past(0.2),
            "fixture.timestamp": after("date", 0, 0),
            "fixture.status.elapsed": (
                counter(0, 1),
                where("second half", lambda v, o, e: 46 <= v <= 97),
            ),
            "teams.home.winner": equals(
                lambda o, e: (
                    None
                    if e["goals"]["home"] == e["goals"]["away"]
                    else e["goals"]["home"] > e["goals"]["away"]
                )
            ),
            "teams.away.winner": equals(
                lambda o, e: (
                    None
                    if e["goals"]["home"] == e["goals"]["away"]
                    else e["goals"]["home"] < e["goals"]["away"]
                )
            ),
            "goals.home": (counter(0, 1), where("few", lambda v, o, e: v <= 2)),
            "goals.away": (counter(0, 1), where("few", lambda v, o, e: v <= 3)),
        },
    ),
    Payload(
        "lichess-game",
        "chess",
        "lichess/board/game/stream",
        {
            "type": "gameState",
            "moves": "e2e4 c7c5 f2f4 d7d6 g1f3 b8c6 f1c4 g8f6 d2d3 g7g6 e1g1 f8g7",
            "wtime": 598040,
            "btime": 595220,
            "winc": 10000,
            "binc": 10000,
            "status": "started",
            "wdraw": False,
            "bdraw": False,
        },
        {
            "moves": grows("e2e4 c7c5 f2f4 d7d6 g1f3 b8c6 f1c4"),
            "wtime": (changes_only_with("moves"), walk(60_000, 1_000, 900_000, True)),
            "btime": (changes_only_with("moves"), walk(60_000, 1_000, 900_000, True)),
        },
    ),
    Payload(
        "openf1-car",
        "motor racing",
        "v1/car_data",
        {
            "date": "2023-09-15T13:08:19.923000+00:00",
            "session_key": 9159,
            "meeting_key": 1219,
            "driver_number": 55,
            "speed": 315,
            "rpm": 11141,
            "n_gear": 8,
            "throttle": 99,
            "brake": 0,
            "drs": 12,
        },
        {
            "date": now(5),
            "speed": rate(200, 0, 370, rests=False),
            "rpm": walk(3_500, 4_000, 13_500),
            "n_gear": walk(1, 0, 8, rests=True),
            "throttle": number(0, 104),
            "brake": one_of(0, 100),
            "drs": one_of(0, 1, 2, 3, 8, 10, 12, 14),
        },
    ),
    Payload(
        "spotify-player",
        "music",
        "me/player",
        {
            "device": {
                "id": "ed01a3ca8def0a1772eab7be6c4b0bb37b06163e",
                "is_active": True,
                "is_private_session": False,
                "is_restricted": False,
                "name": "Kitchen speaker",
                "type": "speaker",
                "volume_percent": 59,
                "supports_volume": True,
            },
            "repeat_state": "off",
            "shuffle_state": False,
            "context": {
                "type": "album",
                "uri": "spotify:album:6DEjYFkNZh67HP7R9PSZvv",
            },
            "timestamp": 1732186520000,
            "progress_ms": 44272,
            "is_playing": True,
            "item": {
                "album": {
                    "album_type": "album",
                    "id": "6DEjYFkNZh67HP7R9PSZvv",
                    "name": "Reputation",
                    "release_date": "2017-11-10",
                    "total_tracks": 15,
                },
                "artists": [
                    {"id": "06HL4z0CvFAxyc27GXpf02", "name": "Taylor Swift"},
                ],
                "disc_number": 1,
                "duration_ms": 232253,
                "explicit": False,
                "id": "1R0a2iXumgCiFb7HEZ7gUE",
                "name": "Don't Blame Me",
                "popularity": 88,
                "track_number": 4,
                "type": "track",
            },
            "currently_playing_type": "track",
        },
        {
            "device.volume_percent": rarely_changes,
            "timestamp": unchanged | now(600),
            "progress_ms": (
                counter(0, 1_500, rests=False),
                where("in the track", lambda v, o, e: v <= e["item"]["duration_ms"]),
            ),
        },
    ),
    Payload(
        "openweather-current",
        "weather",
        "weather",
        {
            "coord": {"lon": 7.367, "lat": 45.133},
            "weather": [
                {
                    "id": 501,
                    "main": "Rain",
                    "description": "moderate rain",
                    "icon": "10d",
                }
            ],
            "base": "stations",
            "main": {
                "temp": 284.2,
                "feels_like": 282.93,
                "temp_min": 283.06,
                "temp_max": 286.82,
                "pressure": 1021,
                "humidity": 60,
                "sea_level": 1021,
                "grnd_level": 910,
            },
            "visibility": 10000,
            "wind": {"speed": 4.09, "deg": 121, "gust": 5.47},
            "rain": {"1h": 2.73},
            "clouds": {"all": 83},
            "dt": 1726660758,
            "sys": {
                "type": 1,
                "id": 6736,
                "country": "IT",
                "sunrise": 1726636384,
                "sunset": 1726680975,
            },
            "timezone": 7200,
            "id": 3165523,
            "name": "Province of Turin",
            "cod": 200,
        },
        {
            "main.temp": walk(0.5, 279, 290),
            "main.feels_like": (
                walk(0.5, 276, 290, rests=True),
                where("near", lambda v, o, e: abs(v - o["temp"]) <= 4),
            ),
            "main.temp_min": where("<= temp", lambda v, o, e: 275 < v <= o["temp"]),
            "main.temp_max": where(">= temp", lambda v, o, e: 293 > v >= o["temp"]),
            "main.pressure": walk(1, 990, 1_040, rests=True),
            "main.humidity": walk(3, 40, 100, rests=True),
            "main.sea_level": equals(lambda o, e: o["pressure"]),
            "main.grnd_level": walk(1, 890, 930, rests=True),
            "visibility": walk(1_500, 2_000, 10_000, rests=True),
            "wind.speed": walk(1.5, 0, 15, rests=True),
            "wind.deg": walk(25, 0, 360, rests=True),
            "wind.gust": (
                walk(2, 0, 25, rests=True),
                where(">= speed", lambda v, o, e: v >= o["speed"]),
            ),
            "rain.1h": walk(0.5, 0.5, 8, rests=True),
            "clouds.all": walk(6, 50, 100, rests=True),
            "dt": now(900),
            "sys.sunset": after("sunrise", 44_500, 44_700),
            "sys.sunrise": (same, unchanged | after("$.dt", -86_400, 86_400)),
        },
    ),
    Payload(
        "wikimedia-recentchange",
        "encyclopedia",
        "v2/stream/recentchange",
        {
            "$schema": "/mediawiki/recentchange/1.0.0",
            "meta": {
                "uri": "https://en.wikipedia.org/wiki/Maria_Kraft",
                "request_id": "bc4ad94f-8c2f-4b0e-9d7f-6c6a0e7d4c5e",
                "id": "4f6d1c7e-0b4a-4f5e-9a63-0c2a4c1d8b9f",
                "dt": "2023-02-16T12:00:03Z",
                "domain": "en.wikipedia.org",
                "stream": "mediawiki.recentchange",
                "topic": "eqiad.mediawiki.recentchange",
                "partition": 0,
                "offset": 4520112337,
            },
            "id": 1613402121,
            "type": "edit",
            "namespace": 0,
            "title": "Maria Kraft",
            "comment": "/* Career */ fixed typo",
            "timestamp": 1676548803,
            "user": "ExampleUser",
            "bot": False,
            "minor": True,
            "length": {"old": 5123, "new": 5140},
            "revision": {"old": 1139700001, "new": 1139700432},
            "server_url": "https://en.wikipedia.org",
            "server_name": "en.wikipedia.org",
            "wiki": "enwiki",
        },
        {
            "meta.uri": where(
                "of the title",
                lambda v, o, e: v
                == "https://en.wikipedia.org/wiki/" + e["title"].replace(" ", "_"),
            ),
            "meta.request_id": unchanged | new(r"[0-9a-f-]{36}"),
            "meta.id": new(r"[0-9a-f-]{36}"),
            "meta.dt": now(10),
            "meta.offset": counter(1, 200),
            "id": counter(1, 2_000),
            "title": unchanged
            | matching(
                r"(?!Version|Plan|Notes|Meeting|Report|Draft|Weekly|Introduction)"
                r"[A-ZÀ-Þ][\w .,'()–-]{2,80}"
            ),
            "comment": unchanged
            | text(
                r"fix|typo|add|remov|updat|revert|link|categor|source|reference|edit"
                r"|clean|copy|format|undid|ref|citation|expand|\*"
            ),
            "timestamp": after("$.meta.dt", -5, 5),
            "user": unchanged | matching(r"\w[\w .-]{2,40}"),
            "bot": one_of(True, False),
            "minor": one_of(True, False),
            "length.old": number(100, 400_000),
            "length.new": where(
                "near the old one", lambda v, o, e: abs(v - o["old"]) < 3_000 and v > 0
            ),
            "revision.old": where(
                "before the new one", lambda v, o, e: 0 < v < o["new"]
            ),
            "revision.new": counter(1, 5_000),
        },
    ),
]
