"""Chat of federated servers, opened mails, answers of models, staff records."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    unchanged,
    varied,
    where,
)

# -- Matrix ----------------------------------------------------------------------


def _a_message(value):
    """Something that somebody writes: no placeholder, no markup."""
    return (
        isinstance(value, str)
        and 0 < len(value.strip()) <= 500
        and not re.search(r"lorem ipsum|<|\bundefined\b|\bnull\b|^string$", value)
    )


def _sentences(series):
    """Not the same again and again, and not only single words."""
    long = sum(len(value.split()) > 1 for value in series.values)
    return len(series.values) < 2 or (
        len(set(series.values)) > 1 and long >= len(series.values) / 2
    )


def _formatted(value, owner, event):
    """The body with tags around its words."""
    return re.sub(r"</?[a-z]+>", "", value) == owner["body"] and (
        value.count("<") == 2 * value.count("</")
    )


# -- Mailgun ---------------------------------------------------------------------

_OF_ADDRESS = changes_only_with("$.event-data.ip")
_MAIL = "event-data."


def _an_address(value):
    parts = value.split(".")
    return len(parts) == 4 and all(p.isdigit() and int(p) < 256 for p in parts)


def _fraction_now(series):
    """Seconds with a fraction, whose last zeros a number does not have."""
    late = [time / 1000 - value for value, time in zip(series.values, series.times)]
    return (
        all(isinstance(value, float) for value in series.values)
        and all(len(str(v).partition(".")[2]) <= 6 for v in series.values)
        and all(-0.5 <= each_late <= 60 for each_late in late)
        and all(a <= b for a, b in series.pairs())
        and (not series.is_slow or series.values[-1] > series.values[0])
    )


def _signed(value, owner, event):
    """It is signed when it happens, or some seconds later."""
    gap = int(value) - event["event-data"]["timestamp"]
    return bool(re.fullmatch(r"\d{10}", value)) and -1.1 <= gap <= 60


def _domain(owner, event):
    return event["event-data"]["recipient"].partition("@")[2]


# -- Gemini ----------------------------------------------------------------------

_USAGE = "usageMetadata."


def _reads_on(series):
    """Parts of a text: put together, they are words with spaces between them."""
    words = re.split(r"[\s.,;:!?\"'()*-]+", "".join(series.values))
    return all(len(word) <= 24 for word in words)


def _tokens_so_far(series):
    """The tokens of the answer until now: more with every part of it."""
    steps = [b - a for a, b in series.pairs()]
    return (
        all(isinstance(value, int) and 1 <= value <= 8_192 for value in series.values)
        and series.values[0] <= 300
        and all(0 <= step <= 100 for step in steps)
        and (not steps or sum(steps) > 0)
    )


# -- BambooHR --------------------------------------------------------------------

STAFF = "employees.*."
_OF_PERSON = changes_only_with("$.employees.0.id")
_NAME = matching(r"[A-Z][\w' -]+")


def _one_person(series):
    """A number is one person's, another person has another."""
    people = {
        (
            owner["id"],
            owner["fields"]["firstName"]["value"],
            owner["fields"]["lastName"]["value"],
        )
        for owner in series.owners
    }
    numbers = {known for known, _, _ in people}
    names = {(first, last) for _, first, last in people}
    return len(people) == len(numbers) == len(names)


def _mail_of(value, owner, event):
    last = event["employees"][0]["fields"]["lastName"]["value"]
    return re.sub("[^a-z]", "", last.lower()) in value and bool(
        re.fullmatch(r"[\w.-]+@example\.com", value)
    )


def _changed(value, owner, event):
    return value in event["employees"][0]["fields"]


PAYLOADS = [
    Payload(
        "matrix-message",
        "federated chat",
        "matrix/client/v3/rooms/messages",
        {
            "content": {
                "body": "This is an example text message",
                "format": "org.matrix.custom.html",
                "formatted_body": "<b>This is an example text message</b>",
                "msgtype": "m.text",
            },
            "event_id": "$143273582443PhrSn:example.org",
            "origin_server_ts": 1432735824653,
            "room_id": "!jEsUZKDJdhlrceRyVU:example.org",
            "sender": "@example:example.org",
            "type": "m.room.message",
            "unsigned": {"age": 1234, "membership": "join"},
        },
        {
            "content.body": (
                each("a message", _a_message),
                Rule("sentences", _sentences),
            ),
            "content.formatted_body": where("the body with tags", _formatted),
            "event_id": new(r"\$[0-9A-Za-z_-]{10,44}:example\.org"),
            "origin_server_ts": now(60),
            "sender": unchanged | matching(r"@[a-z0-9._=/-]{2,30}:example\.org"),
            "unsigned.age": number(0, 60_000),
        },
    ),
    Payload(
        "mailgun-opened",
        "opened mails",
        "mailgun/webhooks/opened",
        {
            "signature": {
                "timestamp": "1521243339",
                "token": "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0",
                "signature": "d2271d12299f6592d9d44cd9d250f0704e4674c30d79d07c47a66f95ce71cf55",  # noqa: E501
            },
            "event-data": {
                "id": "Ase7i2zsRYeDXztHGENqRA",
                "timestamp": 1521243339.873676,
                "log-level": "info",
                "event": "opened",
                "message": {
                    "headers": {"message-id": "20130503182626.18666.16540@example.com"}
                },
                "recipient": "alice@example.com",
                "recipient-domain": "example.com",
                "ip": "50.56.129.169",
                "geolocation": {
                    "country": "US",
                    "region": "CA",
                    "city": "San Francisco",
                },
                "client-info": {
                    "client-os": "Linux",
                    "device-type": "desktop",
                    "client-name": "Chrome",
                    "client-type": "browser",
                    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/26.0.1410.43 Safari/537.31",  # noqa: E501
                },
                "campaigns": [],
                "tags": ["my_tag_1", "my_tag_2"],
                "user-variables": {
                    "my_var_1": "Mailgun Variable #1",
                    "my-var-2": "awesome",
                },
            },
        },
        {
            "signature.timestamp": (now(60), where("of the event", _signed)),
            "signature.token": new("[0-9a-f]{50}"),
            "signature.signature": new("[0-9a-f]{64}"),
            _MAIL + "id": new("[0-9A-Za-z_-]{22}"),
            _MAIL + "timestamp": Rule("now", _fraction_now),
            _MAIL + "message.headers.message-id": unchanged
            | matching(r"\d{14}\.[\w.]+@[\w.-]+"),
            _MAIL + "recipient": unchanged | matching(r"[\w.+-]+@[\w.-]+\.\w{2,}"),
            _MAIL + "recipient-domain": equals(_domain),
            _MAIL + "ip": each("an address", _an_address),
            _MAIL + "geolocation.country": unchanged
            | every(matching("[A-Z]{2}"), _OF_ADDRESS),
            _MAIL + "geolocation.region": unchanged
            | every(matching("[A-Z0-9]{1,3}"), _OF_ADDRESS),
            _MAIL + "geolocation.city": unchanged
            | every(matching("[A-Z][A-Za-z .'-]+"), _OF_ADDRESS),
        },
    ),
    Payload(
        "gemini-chunk",
        "language models",
        "v1beta/models/gemini-2.0-flash:streamGenerateContent",
        {
            "candidates": [
                {
                    "content": {
                        "parts": [{"text": "Once upon a time, in a"}],
                        "role": "model",
                    },
                    "index": 0,
                }
            ],
            "usageMetadata": {
                "promptTokenCount": 8,
                "candidatesTokenCount": 7,
                "totalTokenCount": 15,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
            },
            "modelVersion": "gemini-2.0-flash",
            "responseId": "9tkGaJbTLf6Tz7IPsJa5qA",
        },
        {
            "candidates.0.content.parts.0.text": (
                varied,
                each(
                    "a token or some",
                    lambda v: isinstance(v, str) and 0 < len(v) <= 400,
                ),
                Rule("reads on", _reads_on),
            ),
            _USAGE + "candidatesTokenCount": Rule("rises", _tokens_so_far),
            _USAGE
            + "totalTokenCount": equals(
                lambda o, e: o["promptTokenCount"] + o["candidatesTokenCount"]
            ),
        },
    ),
    Payload(
        "bamboohr-updated",
        "staff records",
        "bamboohr/webhooks/employees",
        {
            "employees": [
                {
                    "id": 5,
                    "action": "Updated",
                    "timestamp": "2025-11-21T18:42:00+0000",
                    "changedFields": ["jobTitle"],
                    "fields": {
                        "firstName": {"value": "Ashley"},
                        "lastName": {"value": "Adams"},
                        "jobTitle": {"value": "Senior HR Administrator"},
                        "department": {"value": "Human Resources"},
                        "hireDate": {"value": "2019-04-15"},
                        "workEmail": {"value": "aadams@example.com"},
                    },
                }
            ]
        },
        {
            STAFF + "id": (number(1, 100_000), Rule("one person", _one_person)),
            STAFF + "timestamp": now(120),
            STAFF + "changedFields.*": where("a field of the record", _changed),
            STAFF + "fields.firstName.value": unchanged | every(_NAME, _OF_PERSON),
            STAFF + "fields.lastName.value": unchanged | every(_NAME, _OF_PERSON),
            STAFF + "fields.jobTitle.value": unchanged
            | each(
                "a post",
                lambda v: bool(
                    re.fullmatch(r"[A-Z][\w&,/ -]{2,50}", v)
                    and re.search(
                        r"HR|Human|People|Talent|Recruit|Payroll|Benefits|Compensation"
                        r"|Manager|Director|Administrator|Specialist|Generalist"
                        r"|Coordinator|Partner|Assistant|Analyst|Engineer|Developer",
                        v,
                    )
                ),
            ),
            STAFF + "fields.department.value": unchanged
            | every(
                one_of(
                    "Human Resources",
                    "Finance",
                    "Marketing",
                    "Sales",
                    "Engineering",
                    "Operations",
                    "IT",
                    "Legal",
                    "Customer Success",
                    "Product",
                ),
                _OF_PERSON,
            ),
            STAFF + "fields.hireDate.value": unchanged
            | every(past(15_000, fixed=False), _OF_PERSON),
            STAFF + "fields.workEmail.value": unchanged
            | every(where("of the name", _mail_of), _OF_PERSON),
        },
    ),
]
