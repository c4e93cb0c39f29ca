"""Workflows of builds, traces, changes of databases, names of hosts."""

import re
from datetime import datetime

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    never_falls,
    new,
    now,
    number,
    one_of,
    rising,
    text,
    unchanged,
    varied,
    where,
)
from public_payloads.times import seconds

# -- CircleCI --------------------------------------------------------------------

_OF_PIPELINE = changes_only_with("$.pipeline.id")
_OF_COMMIT = changes_only_with("$.pipeline.vcs.revision")
_PAGE = "https://app.circleci.com/pipelines/github/circleci/webhook-service/"


def _numbered(series):
    """A pipeline has one number, a later one a higher."""
    known = {}
    for value, event in zip(series.values, series.events):
        if known.setdefault(event["pipeline"]["id"], value) != value:
            return False
    return (
        all(isinstance(value, int) and 100 <= value < 1_000 for value in series.values)
        and len(set(known.values())) == len(known)
        and never_falls(series)
    )


# -- Zipkin ----------------------------------------------------------------------


def _of_trace(series):
    """A span that is the parent of another belongs to one trace."""
    traces = {}
    for value, owner in zip(series.values, series.owners):
        if traces.setdefault(value, owner["traceId"]) != owner["traceId"]:
            return False
        if value == owner["id"]:
            return False
    return True


# -- Maxwell ---------------------------------------------------------------------

_OF_ROW = changes_only_with("$.data.id")


def _position(series):
    """The offset in the log of the server rises with every transaction."""
    found = [re.fullmatch(r"master\.(\d{6}):(\d+)", value) for value in series.values]
    places = [(int(each_found[1]), int(each_found[2])) for each_found in found]
    known = re.fullmatch(r"master\.(\d{6}):(\d+)", series.example)
    return all(a < b for a, b in zip(places, places[1:])) and all(
        0 <= file - int(known[1]) <= 2 for file, _ in places
    )


def _before(name, is_less=False):
    """What a row had before is what the change before it gave it."""

    def check(series):
        rows = {}
        for value, event in zip(series.values, series.events):
            row = event["data"]["id"]
            if row in rows and rows[row] != value:
                return False
            rows[row] = event["data"][name]
            if value == event["data"][name]:
                return False
            if is_less and seconds(value) >= seconds(event["data"][name]):
                return False
        return True

    return Rule("what the row had", check)


def _six_digits(value):
    moment = datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f")
    return moment.year > 2000 and len(value) == 26


# -- DNS -------------------------------------------------------------------------


def _counts_down(series):
    """The life of an answer in a cache falls as time goes by, and begins anew."""
    span = (series.times[1] - series.times[0]) / 1000
    lives = series.values
    refills = sum(b > a for a, b in series.pairs())
    return (
        all(isinstance(life, int) and 1 <= life <= 21_600 for life in lives)
        and refills <= 1
        and all(b > a or a - b <= span + 2 for a, b in series.pairs())
        and (not series.is_slow or lives[0] != lives[-1])
    )


def _one_life(value, owner, event):
    """The records of one name and type live as long."""
    return len({record["TTL"] for record in event["Answer"]}) == 1


def _hosts(series):
    """The addresses of the name, in whatever order."""
    known = {"17.178.96.59", "17.172.224.47", "17.142.160.59"}
    return all(
        {record["data"] for record in event["Answer"]} == known
        for event in series.events
    )


PAYLOADS = [
    Payload(
        "circleci-workflow",
        "workflows of builds",
        "circleci/webhooks",
        {
            "id": "3888f21b-eaa7-38e3-8f3d-75a63bba8895",
            "type": "workflow-completed",
            "happened_at": "2021-09-01T22:49:34.317Z",
            "webhook": {
                "id": "cf8c4fdd-0587-4da1-b4ca-4846e9640af9",
                "name": "Sample Webhook",
            },
            "project": {
                "id": "84996744-a854-4f5e-aea3-04e2851dc1d2",
                "name": "webhook-service",
                "slug": "github/circleci/webhook-service",
            },
            "organization": {
                "id": "f22b6566-597d-46d5-ba74-99ef5bb3d85c",
                "name": "circleci",
            },
            "workflow": {
                "id": "fda08377-fe7e-46b1-8992-3a7aaecac9c3",
                "name": "build-test-deploy",
                "created_at": "2021-09-01T22:49:03.616Z",
                "stopped_at": "2021-09-01T22:49:34.170Z",
                "url": "https://app.circleci.com/pipelines/github/circleci/webhook-service/130/workflows/fda08377-fe7e-46b1-8992-3a7aaecac9c3",  # noqa: E501
                "status": "success",
            },
            "pipeline": {
                "id": "1285fe1d-d3a6-44fc-8886-8979558254c4",
                "number": 130,
                "created_at": "2021-09-01T22:49:03.544Z",
                "trigger": {"type": "webhook"},
                "vcs": {
                    "provider_name": "github",
                    "origin_repository_url": "https://github.com/circleci/webhook-service",  # noqa: E501
                    "target_repository_url": "https://github.com/circleci/webhook-service",  # noqa: E501
                    "revision": "1dc6aa69429bff4806ad6afe58d3d8f57e25973e",
                    "commit": {
                        "subject": "Description of change",
                        "author": {
                            "name": "Author Name",
                            "email": "author.email@example.com",
                        },
                        "authored_at": "2021-09-01T22:48:53Z",
                    },
                    "branch": "main",
                },
            },
        },
        {
            "id": new(UUID),
            "happened_at": now(60),
            "workflow.id": new(UUID),
            "workflow.created_at": after("stopped_at", -7_200, -1),
            "workflow.stopped_at": after("$.happened_at", -30, 0),
            "workflow.url": equals(
                lambda o, e: _PAGE
                + f"{e['pipeline']['number']}/workflows/{e['workflow']['id']}"
            ),
            "workflow.status": one_of(
                "success", "failed", "error", "canceled", "unauthorized"
            ),
            "pipeline.id": unchanged | matching(UUID),
            "pipeline.number": Rule("one of each pipeline", _numbered),
            "pipeline.created_at": (
                after("$.workflow.created_at", -3_600, 0),
                _OF_PIPELINE,
            ),
            "pipeline.vcs.revision": unchanged
            | every(matching("[0-9a-f]{40}"), _OF_PIPELINE),
            "pipeline.vcs.commit.subject": (
                text(
                    r"add|fix|bump|updat|remov|chang|refactor|test|support|improv|use"
                    r"|merge|revert|release|docs|clean|handle|rename|move|allow"
                ),
                _OF_COMMIT,
            ),
            "pipeline.vcs.commit.author.name": unchanged
            | every(matching(r"[A-Z][\w'-]+( [A-Z][\w'.-]*)+"), _OF_COMMIT),
            "pipeline.vcs.commit.author.email": unchanged
            | every(matching(r"[\w.+-]+@[\w.-]+\.\w+"), _OF_COMMIT),
            "pipeline.vcs.commit.authored_at": (
                after("$.pipeline.created_at", -30 * 86_400, 0),
                _OF_COMMIT,
            ),
        },
    ),
    Payload(
        "zipkin-span",
        "traces",
        "zipkin/api/v2/spans",
        [
            {
                "id": "352bff9a74ca9ad2",
                "traceId": "5af7183fb1d4cf5f",
                "parentId": "6b221d5bc9e6496c",
                "name": "get /api",
                "timestamp": 1556604172355737,
                "duration": 1431,
                "kind": "SERVER",
                "localEndpoint": {
                    "serviceName": "backend",
                    "ipv4": "192.168.99.1",
                    "port": 3306,
                },
                "remoteEndpoint": {"ipv4": "172.19.0.2", "port": 58648},
                "tags": {"http.method": "GET", "http.path": "/api"},
            }
        ],
        {
            "*.id": new("[0-9a-f]{16}"),
            "*.traceId": matching("[0-9a-f]{16}"),
            "*.parentId": (
                matching("[0-9a-f]{16}"),
                Rule("of one trace", _of_trace),
            ),
            "*.timestamp": now(30),
            "*.duration": (number(50, 30_000_000), varied),
            "*.remoteEndpoint.ipv4": unchanged
            | matching(r"(172|10|192)(\.\d{1,3}){3}"),
            "*.remoteEndpoint.port": number(1_024, 65_535),
        },
    ),
    Payload(
        "maxwell-update",
        "changes of databases",
        "maxwell/test/e",
        {
            "database": "test",
            "table": "e",
            "type": "update",
            "ts": 1477053234,
            "xid": 23397,
            "commit": True,
            "position": "master.000006:800911",
            "server_id": 23042,
            "thread_id": 108,
            "primary_key": [1],
            "primary_key_columns": ["id"],
            "data": {
                "id": 1,
                "m": 5.444,
                "c": "2016-10-21 05:33:54.631000",
                "comment": "I am a creature of light.",
            },
            "old": {"m": 4.2341, "c": "2016-10-21 05:33:37.523000"},
        },
        {
            "ts": now(10),
            "xid": (number(20_000, 100_000), rising),
            "position": Rule("rises", _position),
            "thread_id": unchanged | number(1, 100_000),
            "primary_key.0": equals(lambda o, e: e["data"]["id"]),
            "data.id": number(1, 1_000_000),
            "data.m": each(
                "four digits or fewer",
                lambda v: isinstance(v, float) and 0 <= v <= 100 and round(v, 4) == v,
            ),
            "data.c": (now(10), each("of six digits", _six_digits)),
            "data.comment": unchanged
            | every(each("words", lambda v: 1 < len(v.split()) <= 30), _OF_ROW),
            "old.m": _before("m"),
            "old.c": (
                each("of six digits", _six_digits),
                _before("c", is_less=True),
            ),
        },
    ),
    Payload(
        "google-dns-answer",
        "names of hosts",
        "dns.google/resolve",
        {
            "Status": 0,
            "TC": False,
            "RD": True,
            "RA": True,
            "AD": False,
            "CD": False,
            "Question": [{"name": "apple.com.", "type": 1}],
            "Answer": [
                {"name": "apple.com.", "type": 1, "TTL": 3599, "data": "17.178.96.59"},
                {"name": "apple.com.", "type": 1, "TTL": 3599, "data": "17.172.224.47"},
                {"name": "apple.com.", "type": 1, "TTL": 3599, "data": "17.142.160.59"},
            ],
            "edns_client_subnet": "12.34.56.78/0",
        },
        {
            "Answer.*.TTL": (
                Rule("counts down", _counts_down),
                where("one life", _one_life),
            ),
            "Answer.*.data": Rule("the hosts", _hosts),
        },
    ),
]
