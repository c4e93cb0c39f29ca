"""Surveys, chats of shops, support, downloads, battle arenas."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    is_number,
    matching,
    new,
    now,
    past,
    rarely,
    rarely_changes,
    text,
    unchanged,
    walk,
    where,
    whole,
)
from public_payloads.times import form, seconds

_MAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"

# -- Typeform --------------------------------------------------------------------

FORM = "form_response."
_PLACE = r"\b(city|town|village|live|lives|living|neighbou?r|street|area|people|cold"
_PLACE += r"|warm|hot|rain|sunny|quiet|noisy|park|shops?|house|home|here|place|hill"
_PLACE += r"|mountain|sea|beach|coast|country|suburb|downtown|weather|community)"

# -- WhatsApp --------------------------------------------------------------------

CHAT = "entry.*.changes.*.value."
_SHOP = r"colou?r|size|order|deliver|ship|stock|price|cost|return|store|shop|availab"
_SHOP += r"|come in|buy|refund|discount|thank|hello|\bhi\b|help|open|when|how|can i|"
_SHOP += r"do you|is it|is there|does|could|please|appointment|item|product|much|pay"


def _contact(event):
    return event["entry"][0]["changes"][0]["value"]["contacts"][0]


def _named(series):
    """A number has one name, another number another."""
    pairs = {(v, _contact(e)["wa_id"]) for v, e in zip(series.values, series.events)}
    return len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})


# -- Zendesk ---------------------------------------------------------------------

TICKET = "ticket."


def _updated(series):
    """It does not go back, nor ahead of the time, nor before the ticket was made."""
    moments = [seconds(value) for value in series.values]
    return (
        all(form(value) == form(series.example) for value in series.values)
        and moments == sorted(moments)
        and all(m <= t / 1000 + 0.5 for m, t in zip(moments, series.times))
        and all(m >= seconds(o["created_at"]) for m, o in zip(moments, series.owners))
    )


# -- qBittorrent -----------------------------------------------------------------

GET = "*."


def _shrinks(series):
    """What is left gets less by what the speed says."""
    passed = (series.times[-1] - series.times[0]) / 1000
    speeds = [owner["dlspeed"] for owner in series.owners]
    wanted = sum(speeds) / len(speeds) * passed
    values = series.values
    done = values[0] - values[-1]
    return (
        all(type(v) is int for v in values)
        and all(0 <= v <= o["size"] for v, o in zip(values, series.owners))
        and all(a >= b for a, b in series.pairs())
        and done <= 2 * wanted + 8_000_000
        and (not series.is_slow or done >= 0.4 * wanted)
    )


def _speed(low, high):
    """Bytes a second that change by half at most, or by little."""

    def check(series):
        values = series.values
        return (
            all(type(v) is int and low <= v <= high for v in values)
            and all(abs(b - a) <= 0.6 * max(a, b) + 200_000 for a, b in series.pairs())
            and (not series.is_slow or len(set(values)) > 1)
        )

    return Rule(f"speed {low}..{high}", check)


def _eta(value, owner, event):
    """The seconds to go at about this speed, or that nobody knows."""
    if owner["dlspeed"] <= 0:
        return value == 8_640_000
    wanted = owner["amount_left"] / owner["dlspeed"]
    return type(value) is int and abs(value - wanted) <= 0.35 * wanted + 15


def _fraction(wanted):
    def check(value, owner, event):
        return is_number(value) and abs(value - wanted(owner)) <= 0.0011

    return where("of the others", check)


def _active(series):
    """It goes on as the time does, and not beyond what passed since it was added."""
    values = series.values
    gone = [
        v - values[0] - (t - series.times[0]) / 1000
        for v, t in zip(values, series.times)
    ]
    return (
        all(type(v) is int and v > 0 for v in values)
        and all(a <= b for a, b in series.pairs())
        and all(abs(each) <= 2 for each in gone)
        and all(
            o["added_on"] + v <= t / 1000 + 2
            for v, o, t in zip(values, series.owners, series.times)
        )
    )


# -- League of Legends -----------------------------------------------------------

ME = "activePlayer."
STATS = "activePlayer.championStats."
ALL = "allPlayers.*."
SCORE = "allPlayers.*.scores."


def _gold(series):
    """It comes in by little and goes when something is bought."""
    return (
        all(is_number(v) and 0 <= v <= 20_000 for v in series.values)
        and all(b - a <= 1_000 for a, b in series.pairs())
        and sum(b < a for a, b in series.pairs()) <= 4
        and (not series.is_slow or len(set(series.values)) > 1)
    )


def _clock(series):
    """The seconds of the game go on as the time does."""
    gone = [
        v - series.values[0] - (t - series.times[0]) / 1000
        for v, t in zip(series.values, series.times)
    ]
    return (
        all(is_number(v) and 0 <= v <= 7_200 for v in series.values)
        and abs(series.values[0] - series.example) <= 120
        and all(abs(each) <= 0.6 for each in gone)
    )


def _within(most):
    def check(series):
        return all(
            is_number(v) and 0 <= v <= o[most] + 0.01
            for v, o in zip(series.values, series.owners)
        )

    return Rule(f"up to {most}", check)


def _dead(owner, event):
    return event["activePlayer"]["championStats"]["currentHealth"] <= 0


def _waits(value, owner, event):
    if not owner["isDead"]:
        return value == 0
    return is_number(value) and 0 <= value <= 80


def _grown(share):
    """Something bought or a level changes it, by a share of what it was."""

    def check(series):
        return all(is_number(v) and v > 0 for v in series.values) and all(
            abs(b - a) <= share * a for a, b in series.pairs()
        )

    return (Rule(f"grown by {share}", check), rarely_changes)


PAYLOADS = (
    Payload(
        "typeform-response",
        "surveys",
        "typeform/webhooks",
        {
            "event_id": "LtWXD3crgy",
            "event_type": "form_response",
            "form_response": {
                "form_id": "lT4Z3j",
                "token": "a3a12ec67a1365927098a606107fac15",
                "submitted_at": "2018-01-18T18:17:02Z",
                "landed_at": "2018-01-18T18:07:02Z",
                "calculated": {"score": 9},
                "definition": {
                    "id": "lT4Z3j",
                    "title": "Webhooks example",
                    "fields": [
                        {
                            "id": "DlXFaesGBpoF",
                            "title": "What's it like where you live? Tell us in a few sentences.",  # noqa: E501
                            "type": "long_text",
                        },
                        {
                            "id": "SMEUb7VJz92Q",
                            "title": "Please give us your email address.",
                            "type": "email",
                        },
                        {
                            "id": "RUqkXSeXBXSd",
                            "title": "How many people live with you?",
                            "type": "number",
                        },
                    ],
                },
                "answers": [
                    {
                        "type": "text",
                        "text": "It's cold right now! I live in an older medium-sized city with a university. Geographically, the area is hilly.",  # noqa: E501
                        "field": {"id": "DlXFaesGBpoF", "type": "long_text"},
                    },
                    {
                        "type": "email",
                        "email": "laura@example.com",
                        "field": {"id": "SMEUb7VJz92Q", "type": "email"},
                    },
                    {
                        "type": "number",
                        "number": 1,
                        "field": {"id": "RUqkXSeXBXSd", "type": "number"},
                    },
                ],
            },
        },
        {
            "event_id": new("[0-9A-Za-z]{10,26}"),
            FORM + "token": new("[0-9a-z]{32}"),
            FORM + "submitted_at": now(60),
            FORM + "landed_at": after("submitted_at", -14_400, -1),
            FORM
            + "calculated.score": each(
                "a score", lambda v: type(v) is int and 0 <= v <= 100
            ),
            FORM + "answers.*.text": text(_PLACE),
            FORM + "answers.*.email": matching(_MAIL),
            FORM
            + "answers.*.number": each(
                "some people", lambda v: type(v) is int and 0 <= v <= 15
            ),
        },
    ),
    Payload(
        "whatsapp-message",
        "chats of shops",
        "whatsapp/webhook",
        {
            "object": "whatsapp_business_account",
            "entry": [
                {
                    "id": "102290129340398",
                    "changes": [
                        {
                            "value": {
                                "messaging_product": "whatsapp",
                                "metadata": {
                                    "display_phone_number": "15550783881",
                                    "phone_number_id": "106540352242922",
                                },
                                "contacts": [
                                    {
                                        "profile": {"name": "Sheena Nelson"},
                                        "wa_id": "16505551234",
                                    }
                                ],
                                "messages": [
                                    {
                                        "from": "16505551234",
                                        "id": "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",  # noqa: E501
                                        "timestamp": "1749416383",
                                        "type": "text",
                                        "text": {
                                            "body": "Does it come in another color?"
                                        },
                                    }
                                ],
                            },
                            "field": "messages",
                        }
                    ],
                }
            ],
        },
        {
            CHAT
            + "contacts.*.profile.name": (
                unchanged | matching(r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*){0,3}"),
                Rule("of its number", _named),
            ),
            CHAT + "contacts.*.wa_id": matching(r"[1-9]\d{9,14}"),
            CHAT + "messages.*.from": equals(lambda o, e: _contact(e)["wa_id"]),
            CHAT + "messages.*.id": new(r"wamid\.[0-9A-Za-z+/_-]{20,90}={0,2}"),
            CHAT + "messages.*.timestamp": now(60),
            CHAT + "messages.*.text.body": text(_SHOP),
        },
    ),
    Payload(
        "zendesk-ticket",
        "support",
        "api/v2/tickets/35436.json",
        {
            "ticket": {
                "url": "https://company.zendesk.com/api/v2/tickets/35436.json",
                "id": 35436,
                "via": {"channel": "web"},
                "created_at": "2009-07-20T22:55:29Z",
                "updated_at": "2011-05-05T10:38:52Z",
                "type": "incident",
                "subject": "Help, my printer is on fire!",
                "description": "The fire is very colorful.",
                "priority": "high",
                "status": "open",
                "requester_id": 20978392,
                "assignee_id": 235323,
                "organization_id": 509974,
                "group_id": 98738,
                "collaborator_ids": [35334, 234],
                "has_incidents": False,
                "tags": ["enterprise", "other_tag"],
                "custom_fields": [
                    {"id": 27642, "value": "745"},
                    {"id": 27648, "value": "yes"},
                ],
            }
        },
        {
            TICKET + "created_at": unchanged | past(30),
            TICKET + "updated_at": Rule("updated", _updated),
            TICKET
            + "priority": (
                rarely("low", "normal", "high", "urgent"),
                changes_only_with("updated_at"),
            ),
            TICKET
            + "status": (
                rarely("open", "pending", "hold", "solved"),
                changes_only_with("updated_at"),
            ),
            TICKET
            + "assignee_id": (
                whole,
                each("an id", lambda v: 0 < v < 10**14),
                rarely_changes,
                changes_only_with("updated_at"),
            ),
        },
    ),
    Payload(
        "qbittorrent-torrents",
        "downloads",
        "api/v2/torrents/info",
        [
            {
                "added_on": 1698765432,
                "amount_left": 3526363546,
                "category": "linux",
                "completed": 1511298662,
                "dlspeed": 9681262,
                "downloaded": 1513804118,
                "eta": 364,
                "hash": "8c212779b4abde7c6bc608063a0d008b7e40ce32",
                "last_activity": 1698765602,
                "name": "ubuntu-22.04.3-desktop-amd64.iso",
                "num_leechs": 4,
                "num_seeds": 58,
                "priority": 1,
                "progress": 0.3,
                "ratio": 0.0187,
                "save_path": "/downloads/linux/",
                "size": 5037662208,
                "state": "downloading",
                "time_active": 170,
                "uploaded": 28311552,
                "upspeed": 215433,
            }
        ],
        {
            GET + "added_on": unchanged | past(10),
            GET + "amount_left": Rule("gets less", _shrinks),
            GET
            + "completed": (
                whole,
                equals(lambda o, e: o["size"] - o["amount_left"]),
            ),
            GET + "dlspeed": _speed(50_000, 120_000_000),
            GET
            + "downloaded": (
                counter(0, 300_000_000),
                where(
                    "with what was lost",
                    lambda v, o, e: o["completed"] <= v <= 1.05 * o["completed"],
                ),
            ),
            GET + "eta": where("at this speed", _eta),
            GET + "last_activity": now(60),
            GET + "num_leechs": walk(4, 0, 60, rests=True),
            GET + "num_seeds": walk(8, 1, 200, rests=True),
            GET + "progress": _fraction(lambda o: o["completed"] / o["size"]),
            GET + "ratio": _fraction(lambda o: o["uploaded"] / o["downloaded"]),
            GET + "time_active": Rule("goes on", _active),
            GET + "uploaded": counter(0, 20_000_000),
            GET + "upspeed": _speed(0, 20_000_000),
        },
    ),
    Payload(
        "riot-liveclient",
        "battle arenas",
        "liveclientdata/allgamedata",
        {
            "activePlayer": {
                "championStats": {
                    "abilityPower": 71.0,
                    "armor": 48.5,
                    "attackDamage": 64.3,
                    "currentHealth": 912.4,
                    "maxHealth": 1078.0,
                    "moveSpeed": 380.0,
                    "resourceMax": 594.0,
                    "resourceType": "MANA",
                    "resourceValue": 381.2,
                },
                "currentGold": 1250.7,
                "level": 8,
                "summonerName": "Riot Tuxedo",
            },
            "allPlayers": [
                {
                    "championName": "Annie",
                    "isDead": False,
                    "level": 8,
                    "respawnTimer": 0.0,
                    "scores": {
                        "assists": 3,
                        "creepScore": 61,
                        "deaths": 1,
                        "kills": 2,
                        "wardScore": 5.4,
                    },
                    "summonerName": "Riot Tuxedo",
                    "team": "ORDER",
                }
            ],
            "gameData": {
                "gameMode": "CLASSIC",
                "gameTime": 734.18,
            },
        },
        {
            STATS + "abilityPower": _grown(0.6),
            STATS + "armor": _grown(0.4),
            STATS + "attackDamage": _grown(0.3),
            STATS + "currentHealth": _within("maxHealth"),
            STATS + "maxHealth": _grown(0.2),
            STATS
            + "moveSpeed": each("a speed", lambda v: is_number(v) and 80 <= v <= 800),
            STATS + "resourceMax": _grown(0.3),
            STATS + "resourceValue": _within("resourceMax"),
            ME + "currentGold": Rule("gold", _gold),
            ME + "level": (counter(0, 1), each("a level", lambda v: 1 <= v <= 18)),
            ALL + "isDead": equals(_dead),
            ALL + "level": equals(lambda o, e: e["activePlayer"]["level"]),
            ALL + "respawnTimer": where("of the dead", _waits),
            SCORE + "assists": counter(0, 2),
            SCORE + "creepScore": counter(0, 7),
            SCORE + "deaths": counter(0, 1),
            SCORE + "kills": counter(0, 3),
            SCORE + "wardScore": counter(0, 2),
            "gameData.gameTime": Rule("goes on", _clock),
        },
    ),
)
