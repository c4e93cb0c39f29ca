"""Messengers, social feeds, live streams, answers of language models."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    each,
    equals,
    matching,
    new,
    now,
    number,
    past,
    rising,
    unchanged,
    varied,
    where,
)

TID = "[234567a-j][234567a-z]{12}"
DID = "did:plc:[a-z2-7]{24}"
CID = "bafyrei[a-z2-7]{52}"


_OF_SENDER = unchanged | changes_only_with("$.message.from.id")


def _likes_once(series):
    """Nobody likes the same post twice."""
    likes = [(e["did"], value) for value, e in zip(series.values, series.events)]
    return len(set(likes)) == len(likes)


def _of_post(series):
    """The same post has the same hash, another post another."""
    known = {}
    for value, owner in zip(series.values, series.owners):
        if known.setdefault(owner["uri"], value) != value:
            return False
    return len(set(known.values())) == len(known)


def _of_user(series):
    """A user has one login, another user another."""
    pairs = {(owner["user_id"], owner["user_login"]) for owner in series.owners}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def _is_another(series):
    """Not the same cheer of the same user again and again."""
    cheers = {
        (owner["user_id"], owner["bits"], owner["message"]) for owner in series.owners
    }
    return len(cheers) > 1


PAYLOADS = [
    Payload(
        "telegram-update",
        "messengers",
        "telegram/webhook",
        {
            "update_id": 10000,
            "message": {
                "date": 1441645532,
                "chat": {
                    "last_name": "Test Lastname",
                    "id": 1111111,
                    "type": "private",
                    "first_name": "Test Firstname",
                    "username": "Testusername",
                },
                "message_id": 1365,
                "from": {
                    "last_name": "Test Lastname",
                    "id": 1111111,
                    "is_bot": False,
                    "first_name": "Test Firstname",
                    "username": "Testusername",
                    "language_code": "en",
                },
                "text": "/start",
            },
        },
        {
            "update_id": (number(1, 999_999_999), rising),
            "message.date": now(60),
            "message.chat.last_name": equals(
                lambda o, e: e["message"]["from"]["last_name"]
            ),
            "message.chat.id": equals(lambda o, e: e["message"]["from"]["id"]),
            "message.chat.first_name": equals(
                lambda o, e: e["message"]["from"]["first_name"]
            ),
            "message.chat.username": equals(
                lambda o, e: e["message"]["from"]["username"]
            ),
            "message.message_id": (number(1, 99_999_999), rising),
            "message.from.last_name": (_OF_SENDER, matching(r"[A-Z][\w' -]+")),
            "message.from.id": unchanged | number(10_000, 9_999_999_999),
            "message.from.first_name": (_OF_SENDER, matching(r"[A-Z][\w' -]+")),
            "message.from.username": (
                _OF_SENDER,
                matching("[A-Za-z][A-Za-z0-9_]{4,31}"),
            ),
            "message.from.language_code": (
                _OF_SENDER,
                matching("[a-z]{2}(-[A-Za-z]{2,4})?"),
            ),
            "message.text": unchanged
            | each("something written", lambda v: 0 < len(v.strip()) <= 500),
        },
    ),
    Payload(
        "bluesky-jetstream",
        "social feeds",
        "jetstream/subscribe",
        {
            "did": "did:plc:eygmaihciaxprqvxpfvl6flk",
            "time_us": 1725911162329308,
            "kind": "commit",
            "commit": {
                "rev": "3l3qo2vutsw2b",
                "operation": "create",
                "collection": "app.bsky.feed.like",
                "rkey": "3l3qo2vuowo2b",
                "record": {
                    "$type": "app.bsky.feed.like",
                    "createdAt": "2024-09-09T19:46:02.102Z",
                    "subject": {
                        "cid": "bafyreidc6sydkkbchcyg62v77wbhzvb2mvytlmsychqgwf2xojjtirmzj4",  # noqa: E501
                        "uri": "at://did:plc:wa7b35aakoll7hugkrjtf3xf/app.bsky.feed.post/3l3pte3p2e325",  # noqa: E501
                    },
                },
                "cid": "bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi",
            },
        },
        {
            "did": unchanged | matching(DID),
            "time_us": now(5),
            "commit.rev": new(TID),
            "commit.rkey": new(TID),
            "commit.record.createdAt": now(60),
            "commit.record.subject.cid": (matching(CID), Rule("of the post", _of_post)),
            "commit.record.subject.uri": (
                matching(f"at://{DID}/app\\.bsky\\.feed\\.post/{TID}"),
                Rule("another post or another user", _likes_once),
            ),
            "commit.cid": new(CID),
        },
    ),
    Payload(
        "twitch-cheer",
        "live streaming",
        "eventsub/callback",
        {
            "subscription": {
                "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
                "type": "channel.cheer",
                "version": "1",
                "status": "enabled",
                "cost": 0,
                "condition": {"broadcaster_user_id": "1337"},
                "transport": {
                    "method": "webhook",
                    "callback": "https://example.com/webhooks/callback",
                },
                "created_at": "2019-11-16T10:11:12.634234626Z",
            },
            "event": {
                "is_anonymous": False,
                "user_id": "1234",
                "user_login": "cool_user",
                "user_name": "Cool_User",
                "broadcaster_user_id": "1337",
                "broadcaster_user_login": "cooler_user",
                "broadcaster_user_name": "Cooler_User",
                "message": "pogchamp",
                "bits": 1000,
            },
        },
        {
            "subscription.created_at": unchanged | past(3_650),
            "event.user_id": unchanged | matching(r"\d{3,10}"),
            "event.user_login": (
                matching("[a-z0-9_]{3,25}"),
                Rule("one of each user", _of_user),
            ),
            "event.user_name": where(
                "the login with capitals", lambda v, o, e: v.lower() == o["user_login"]
            ),
            "event.message": unchanged
            | each("a word or some", lambda v: 0 < len(v.strip()) <= 300),
            "event.bits": (number(1, 100_000), Rule("another cheer", _is_another)),
        },
    ),
    Payload(
        "ollama-chat",
        "language models",
        "api/chat",
        {
            "model": "llama3.2",
            "created_at": "2023-08-04T08:52:19.385406455-07:00",
            "message": {"role": "assistant", "content": "The", "images": None},
            "done": False,
        },
        {
            "created_at": now(2),
            "message.content": (
                varied,
                each(
                    "a token or some",
                    lambda v: isinstance(v, str) and v != "" and len(v) <= 40,
                ),
            ),
        },
    ),
]
