"""What people and programs send each other."""

from __future__ import annotations

from typing import Any

from realism_rules import (
    F,
    between,
    fits,
    kept,
    matches,
    name,
    new,
    now,
    past,
    person,
    same,
    sentence,
    steady,
    varies,
    whole,
    words,
)

LOGIN = r"[A-Za-z0-9][\w.-]{1,38}"

GITHUB_EVENTS = [
    {
        "id": F("45892177341", new, matches(r"\d{11}")),
        "type": F(
            "PushEvent",
            matches(r"([A-Z][a-z]+)+Event"),
        ),
        "actor": {
            "id": F(583231, between(1, 1e9), whole),
            "login": F("octo-river", matches(LOGIN), varies),
            "display_login": F("octo-river", fits(lambda v, o: v == o["login"])),
            "url": F(
                "https://api.example.com/users/octo-river",
                fits(lambda v, o: v.endswith("/users/" + o["login"])),
            ),
            "avatar_url": F(
                "https://avatars.example.com/u/583231?",
                fits(lambda v, o: f"/u/{o['id']}" in v),
            ),
        },
        "repo": {
            "id": F(1296269, between(1, 1e10), whole),
            "name": F("octo-river/hello-world", matches(r"[\w.-]+/[\w.-]+")),
            "url": F(
                "https://api.example.com/repos/octo-river/hello-world",
                fits(lambda v, o: v.endswith("/repos/" + o["name"])),
            ),
        },
        "payload": {
            "push_id": F(21883452311, new, between(1, 1e13)),
            "size": F(1, between(0, 100), whole),
            "ref": F("refs/heads/main", matches(r"refs/(heads|tags)/[\w./-]+")),
            "head": F(
                "c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc", new, matches("[0-9a-f]{40}")
            ),
        },
        "public": F(True, steady),
        "created_at": F("2025-01-06T12:34:56Z", now),
    }
]

MASTODON_STATUS = {
    "id": F("113780246150123456", new, matches(r"\d{18}")),
    "created_at": F("2025-01-06T12:34:56.789Z", now),
    "in_reply_to_id": F(None),
    "sensitive": F(False, steady),
    "spoiler_text": F("", matches(".{0,80}")),
    "visibility": F("public", words("public|unlisted|private|direct")),
    "language": F("en", matches("[a-z]{2}")),
    "uri": F(
        "https://social.example.com/users/gargron/statuses/113780246150123456",
        fits(lambda v, o: v.endswith("/statuses/" + o["id"])),
    ),
    "url": F(
        "https://social.example.com/@gargron/113780246150123456",
        fits(lambda v, o: v.endswith("/" + o["id"])),
    ),
    "replies_count": F(7, between(0, 1e5), whole),
    "reblogs_count": F(6, between(0, 1e5), whole),
    "favourites_count": F(11, between(0, 1e6), whole),
    "content": F(
        "<p>Just a quiet morning by the lake.</p>",
        matches(r"<p>.*\w+ \w+.*</p>"),
        varies,
    ),
    "account": {
        "id": F("1", matches(r"\d+")),
        "username": F("gargron", matches(LOGIN)),
        "acct": F("gargron", fits(lambda v, o: v == o["username"])),
        "display_name": F("Eugen Rochko", person),
        "locked": F(False, steady),
        "bot": F(False, steady),
        "created_at": F("2016-03-16T00:00:00.000Z", past(9000)),
        "note": F("<p>Builds things that float.</p>", matches(r"<p>.*\w+ \w+.*</p>")),
        "url": F(
            "https://social.example.com/@gargron",
            fits(lambda v, o: v.endswith("/@" + o["username"])),
        ),
        "avatar": F(
            "https://files.example.com/avatars/original/d96d39a0abb45b92.jpg",
            matches(r"https://\S+\.(jpe?g|png|webp)"),
        ),
        "followers_count": F(318699, between(0, 1e9), whole),
        "following_count": F(453, between(0, 1e6), whole),
        "statuses_count": F(72605, between(0, 1e8), whole),
    },
}

SLACK_MESSAGE = {
    "type": F("message", kept),
    "channel": F("C024BE91L", matches("C[A-Z0-9]{8}")),
    "user": F("U2147483697", matches("U[A-Z0-9]{10}")),
    "text": F("Hello world, lunch at noon?", sentence, new),
    "ts": F("1736166896.000200", matches(r"\d{10}\.\d{6}"), now),
}

TWILIO_MESSAGE = {
    "sid": F("SM2f8a5f0b7c9d4e61a3b5c7d9e1f20314", new, matches("SM[0-9a-f]{32}")),
    "account_sid": F("AC9d4e61a3b5c7d9e1f203142f8a5f0b7c", matches("AC[0-9a-f]{32}")),
    "from": F("+15557122661", matches(r"\+\d{10,14}")),
    "to": F("+15558675310", matches(r"\+\d{10,14}")),
    "body": F("Your parcel arrives between 2 and 4 pm.", sentence, new),
    "status": F(
        "sent",
        words(
            "queued|sending|sent|delivered|failed|undelivered|read"
            "|accepted|received|scheduled|canceled|bounced"
        ),
    ),
    "num_segments": F("1", matches(r"\d{1,2}")),
    "direction": F("outbound-api", matches("(in|out)bound(-[a-z]+)?")),
    "price": F(None),
    "error_code": F(None),
    "date_created": F("Mon, 06 Jan 2025 12:34:56 +0000", now),
    "uri": F(
        "/2010-04-01/Accounts/AC9d4e61a3b5c7d9e1f203142f8a5f0b7c/Messages/"
        "SM2f8a5f0b7c9d4e61a3b5c7d9e1f20314.json",
        fits(lambda v, o: o["sid"] in v and o["account_sid"] in v),
    ),
}

SPOTIFY_PLAYING = {
    "timestamp": F(1736166896789, now),
    "is_playing": F(True, steady),
    "progress_ms": F(44272, fits(lambda v, o: 0 <= v <= o["item"]["duration_ms"])),
    "item": {
        "id": F("2takcwOaAZWiXQijPHIx7B", same, matches(r"\w{22}")),
        "name": F("Time Is a River", same, name),
        "duration_ms": F(207959, same, between(30_000, 1_200_000)),
        "explicit": F(False, steady),
        "popularity": F(73, between(0, 100), whole),
        "track_number": F(4, same, between(1, 60)),
        "artists": [
            {
                "id": F("4Z8W4fKeB5YxbusRsdQVPb", same, matches(r"\w{22}")),
                "name": F("Northern Lanterns", same, name),
            }
        ],
        "album": {
            "name": F("Slow Water", same, name),
            "release_date": F("2018-06-29", same, matches(r"(19|20)\d\d-\d\d-\d\d")),
            "total_tracks": F(12, same, between(1, 60), whole),
        },
    },
    "device": {
        "id": F(
            "ed01a3ca8def0a1772eab7be6c4b0bb37b06163e", same, matches("[0-9a-f]{40}")
        ),
        "name": F("Kitchen speaker", same, name),
        "type": F("Speaker", same, matches(r"[A-Z][\w ]+")),
        "volume_percent": F(59, between(0, 100), whole),
        "is_active": F(True, steady),
    },
}

JIRA_WEBHOOK = {
    "timestamp": F(1736166896789, now),
    "webhookEvent": F("jira:issue_updated", matches("jira:issue_[a-z]+")),
    "issue": {
        "id": F("10002", matches(r"\d{5}")),
        "key": F("PROJ-12", matches(r"[A-Z]{2,5}-\d{1,5}")),
        "fields": {
            "summary": F(
                "Login page times out on slow networks", matches(r".*\w+ \w+.*")
            ),
            "status": {"name": F("In Progress", matches(r"[A-Z][\w ]{2,20}"))},
            "priority": {
                "name": F(
                    "Medium",
                    words("Lowest|Low|Medium|High|Highest|Critical" "|Normal|Urgent"),
                )
            },
            "assignee": {
                "displayName": F("Mia Krystof", person),
                "emailAddress": F(
                    "mia.krystof@example.com",
                    matches(r"[\w.+-]+@[\w.-]+\.\w+"),
                    fits(
                        lambda v, o: o["displayName"].split()[-1].lower()[:3]
                        in v.lower()
                        or not o["displayName"].isascii()
                    ),
                ),
                "active": F(True, steady),
            },
            "created": F("2025-01-02T09:12:44.000+0000", past(4000)),
            "updated": F("2025-01-06T12:34:56.789+0000", now),
        },
    },
}

MESSAGES: dict[str, tuple[str, Any]] = {
    "GitHub events": ("github/events", GITHUB_EVENTS),
    "Mastodon status": ("mastodon/statuses", MASTODON_STATUS),
    "Slack message": ("slack/messages", SLACK_MESSAGE),
    "Twilio message": ("sms/messages", TWILIO_MESSAGE),
    "Spotify now playing": ("spotify/player", SPOTIFY_PLAYING),
    "Jira webhook": ("jira/webhooks", JIRA_WEBHOOK),
}
