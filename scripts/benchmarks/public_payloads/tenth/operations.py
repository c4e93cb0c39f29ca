"""Lag of consumers, background jobs, build servers, registries, content delivery."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    counter,
    each,
    is_number,
    matching,
    now,
    one_of,
    past,
    rarely,
    recent,
    unchanged,
    walk,
    where,
    whole,
)
from public_payloads.times import form

_count = each("a count", lambda v: type(v) is int and v >= 0)

# -- Burrow ----------------------------------------------------------------------

STAT = "status."
PART = "status.partitions.*."
MAX = "status.maxlag."


def _behind(event):
    """The partition that is most behind."""
    return max(event["status"]["partitions"], key=lambda p: p["current_lag"])


def _of_max(name):
    """What the partition with the same number says."""

    def check(value, owner, event):
        known = event["status"]["maxlag"]["partition"]
        parts = event["status"]["partitions"]
        wanted = [p for p in parts if p["partition"] == known][0]
        for step in name.split("."):
            wanted = wanted[step]
        return value == wanted

    return where("of its partition", check)


def _most(value, owner, event):
    return any(
        p["partition"] == value and p["current_lag"] == _behind(event)["current_lag"]
        for p in event["status"]["partitions"]
    )


def _offset(series):
    """An offset of the log, which only rises, by some thousands at once at most."""
    passed = (series.times[1] - series.times[0]) / 1000
    return (
        all(type(v) is int for v in series.values)
        and abs(series.values[0] - series.example) <= 200_000
        and all(0 <= b - a <= 20_000 * max(passed, 1) for a, b in series.pairs())
    )


def _ordered(value, owner, event):
    """The window ends at or after its start, with the times as with the offsets."""
    return any(
        p["start"]["offset"] <= p["end"]["offset"]
        and p["start"]["timestamp"] <= p["end"]["timestamp"]
        for p in event["status"]["partitions"]
        if value in (p["start"]["offset"], p["end"]["offset"])
    )


def _window(value, owner, event):
    """The start of the window is some minutes before its end at most."""
    return any(
        0 <= p["end"]["timestamp"] - value <= 1_200_000
        for p in event["status"]["partitions"]
        if p["start"]["timestamp"] == value
    )


_lag = each("messages", lambda v: type(v) is int and 0 <= v <= 500_000)


def _drift(series):
    """Messages that come and go by some thousands at once at most."""
    return all(abs(b - a) <= 5_000 for a, b in series.pairs())


_drifts = Rule("drifts", _drift)

# -- Sidekiq ---------------------------------------------------------------------

JOBS = "sidekiq."
STORE = "redis."


def _time_of_day(series):
    """The time of the event in UTC, without its date."""
    found = []
    for value, time in zip(series.values, series.times):
        match = re.fullmatch(r"(\d\d):(\d\d):(\d\d) UTC", value)
        if not match:
            return False
        hours, minutes, rest = map(int, match.groups())
        late = (time / 1000 - hours * 3_600 - minutes * 60 - rest) % 86_400
        if late > 43_200:
            late -= 86_400
        found.append(time / 1000 - late)
        if not -0.5 <= late <= 4:
            return False
    return found == sorted(found) and (not series.is_slow or found[-1] > found[0])


def _size(text):
    number, unit = re.fullmatch(r"(\d+\.\d\d)([KMG])", text).groups()
    return float(number) * {"K": 1 / 1024, "M": 1, "G": 1024}[unit]


def _memory(series):
    sizes = [_size(value) for value in series.values]
    return all(a - 4 <= b <= a + 4 for a, b in zip(sizes, sizes[1:])) and all(
        4 <= size <= _size(owner["used_memory_peak_human"]) + 0.011
        for size, owner in zip(sizes, series.owners)
    )


def _peak(series):
    """It stays, or rises to what is used."""
    sizes = [_size(value) for value in series.values]
    known = _size(series.example)
    return 0 <= sizes[0] - known <= 8 and all(
        a == b or (b > a and abs(b - _size(o["used_memory_human"])) <= 2)
        for a, b, o in zip(sizes, sizes[1:], series.owners[1:])
    )


def _waited(series):
    """The seconds that the oldest job of the default queue waits; none, if none."""
    return all(is_number(v) and 0 <= v <= 600 for v in series.values) and all(
        b - a <= (series.times[1] - series.times[0]) / 1000 + 5
        for a, b in series.pairs()
    )


# -- Jenkins ---------------------------------------------------------------------

RUN = "build."


def _builds(series):
    """The same build in all events, or one after the other."""
    return (
        all(type(v) is int for v in series.values)
        and all(0 <= v - series.example <= 2_000 for v in series.values)
        and all(a <= b <= a + 20 for a, b in series.pairs())
    )


def _per_build(series):
    """A build has one of this, and another build its own or the same."""
    known = {}
    return all(
        known.setdefault(e["build"]["number"], v) == v
        for v, e in zip(series.values, series.events)
    )


_build = Rule("of the build", _per_build)


def _queued(series):
    """A later build has a higher number in the queue."""
    owners = series.owners
    return all(type(v) is int and v > 0 for v in series.values) and all(
        (a < b) if c["number"] < d["number"] else a == b
        for (a, b), c, d in zip(series.pairs(), owners, owners[1:])
    )


def _started(series):
    """Some hours ago at most, a build's own, and not before an earlier build's."""
    moments = [value / 1000 for value in series.values]
    late = [t / 1000 - m for t, m in zip(series.times, moments)]
    return (
        all(form(v) == form(series.example) for v in series.values)
        and all(-0.5 <= each <= 6 * 3_600 for each in late)
        and moments == sorted(moments)
    )


def _took(series):
    """The milliseconds that the build took, which are over."""
    return all(type(v) is int and v >= 0 for v in series.values) and all(
        (o["timestamp"] + v) / 1000 <= t / 1000 + 1
        for v, o, t in zip(series.values, series.owners, series.times)
    )


def _phases(series):
    """A build that is finalized is not completed once more."""
    phases = list(zip(series.values, series.owners))
    return all(
        not (a == "FINALIZED" and b == "COMPLETED" and c["number"] == d["number"])
        for (a, c), (b, d) in zip(phases, phases[1:])
    )


def _path(value, owner, event):
    return value == f"{event['url']}{owner['number']}/"


def _full(value, owner, event):
    return value == f"http://localhost:8080/{owner['url']}"


# -- Docker Hub ------------------------------------------------------------------

PUSH = "push_data."
REPO = "repository."
_HOOK = "https://registry.hub.docker.com/u/svendowideit/testhook/hook/"


def _hook(value, owner, event):
    return re.fullmatch(re.escape(_HOOK) + "[0-9a-z]{30,40}/", value)


# -- Fastly ----------------------------------------------------------------------

SEC = "Data.*.aggregated."


def _half(share):
    """A number of a second, which is about what it was in the one before."""

    def check(series):
        size = series.example
        return all(
            type(v) is int and 0.25 * size - 10 <= v <= 4 * size + 10
            for v in series.values
        ) and all(abs(b - a) <= share * size + 10 for a, b in series.pairs())

    return Rule(f"of a second, by {share}", check)


def _sum_of(*names):
    return where(
        "the sum",
        lambda v, o, e: type(v) is int and v == sum(o[name] for name in names),
    )


def _ratio(value, owner, event):
    wanted = owner["hits"] / (owner["hits"] + owner["miss"])
    return is_number(value) and abs(value - wanted) <= 0.00051


def _headers(value, owner, event):
    """Some hundreds of bytes for each answer."""
    return 100 <= value / owner["requests"] <= 3_000


def _bodies(value, owner, event):
    return 100 <= value / owner["requests"] <= 400_000


PAYLOADS = (
    Payload(
        "burrow-lag",
        "lag of consumers",
        "v3/kafka/local/consumer/billing/lag",
        {
            "error": False,
            "message": "consumer status returned",
            "status": {
                "cluster": "local",
                "group": "billing",
                "status": "OK",
                "complete": 1.0,
                "partitions": [
                    {
                        "topic": "invoices",
                        "partition": 0,
                        "owner": "/10.0.4.17",
                        "status": "OK",
                        "start": {
                            "offset": 8144211,
                            "timestamp": 1545510646476,
                            "lag": 21,
                        },
                        "end": {
                            "offset": 8150934,
                            "timestamp": 1545510706476,
                            "lag": 14,
                        },
                        "current_lag": 14,
                        "complete": 1.0,
                    },
                    {
                        "topic": "invoices",
                        "partition": 1,
                        "owner": "/10.0.4.18",
                        "status": "OK",
                        "start": {
                            "offset": 8139870,
                            "timestamp": 1545510647102,
                            "lag": 35,
                        },
                        "end": {
                            "offset": 8146002,
                            "timestamp": 1545510707102,
                            "lag": 42,
                        },
                        "current_lag": 42,
                        "complete": 1.0,
                    },
                ],
                "partition_count": 2,
                "maxlag": {
                    "topic": "invoices",
                    "partition": 1,
                    "owner": "/10.0.4.18",
                    "status": "OK",
                    "current_lag": 42,
                },
                "totallag": 56,
            },
            "request": {
                "url": "/v3/kafka/local/consumer/billing/lag",
                "host": "burrow-0",
            },
        },
        {
            STAT + "status": rarely("OK", "WARN", "ERR"),
            PART + "status": rarely("OK", "WARN", "STALL", "STOP"),
            PART
            + "start.offset": (
                Rule("an offset", _offset),
                where("in order", _ordered),
            ),
            PART + "start.timestamp": (recent(1_300), where("a window", _window)),
            PART + "start.lag": (_lag, _drifts),
            PART
            + "end.offset": (
                Rule("an offset", _offset),
                where("in order", _ordered),
            ),
            PART + "end.timestamp": recent(90),
            PART + "end.lag": (_lag, _drifts),
            PART + "current_lag": (_lag, _drifts),
            MAX + "partition": where("the most behind", _most),
            MAX + "owner": _of_max("owner"),
            MAX + "status": _of_max("status"),
            MAX + "current_lag": _of_max("current_lag"),
            STAT
            + "totallag": where(
                "the sum",
                lambda v, o, e: v == sum(p["current_lag"] for p in o["partitions"]),
            ),
        },
    ),
    Payload(
        "sidekiq-stats",
        "background jobs",
        "sidekiq/stats",
        {
            "sidekiq": {
                "processed": 13209411,
                "failed": 26413,
                "busy": 4,
                "processes": 2,
                "enqueued": 17,
                "scheduled": 312,
                "retries": 8,
                "dead": 41,
                "default_latency": 0,
            },
            "redis": {
                "redis_version": "7.2.4",
                "uptime_in_days": "41",
                "connected_clients": "18",
                "used_memory_human": "24.11M",
                "used_memory_peak_human": "31.40M",
            },
            "server_utc_time": "14:21:07 UTC",
        },
        {
            JOBS + "processed": (whole, counter(0, 2_000, rests=False)),
            JOBS + "failed": (whole, counter(0, 50)),
            JOBS + "busy": (whole, walk(20, 0, 50, rests=True)),
            JOBS + "processes": (whole, walk(1, 1, 4, rests=True)),
            JOBS + "enqueued": (whole, walk(200, 0, 2_000, rests=True)),
            JOBS + "scheduled": (whole, walk(40, 0, 2_000, rests=True)),
            JOBS + "retries": (whole, walk(10, 0, 300, rests=True)),
            JOBS + "dead": (whole, counter(0, 5)),
            JOBS + "default_latency": Rule("waits", _waited),
            STORE + "connected_clients": walk(8, 2, 200, rests=True),
            STORE + "used_memory_human": Rule("memory", _memory),
            STORE + "used_memory_peak_human": Rule("a peak", _peak),
            "server_utc_time": Rule("the time of day", _time_of_day),
        },
    ),
    Payload(
        "jenkins-notification",
        "build servers",
        "jenkins/notifications",
        {
            "name": "asgard",
            "display_name": "asgard",
            "url": "job/asgard/",
            "build": {
                "full_url": "http://localhost:8080/job/asgard/18/",
                "number": 18,
                "queue_id": 1214,
                "timestamp": 1477080482913,
                "duration": 94112,
                "phase": "FINALIZED",
                "status": "SUCCESS",
                "url": "job/asgard/18/",
                "scm": {
                    "url": "https://github.com/evgeny-goldin/asgard.git",
                    "branch": "origin/master",
                    "commit": "c6d86dc654b12425e706bcf951adfe5a8627a517",
                },
                "log": "",
                "notes": "",
            },
        },
        {
            RUN + "full_url": where("of its path", _full),
            RUN + "number": Rule("a build", _builds),
            RUN + "queue_id": Rule("in the queue", _queued),
            RUN + "timestamp": (Rule("started", _started), _build),
            RUN + "duration": (Rule("took", _took), _build),
            RUN
            + "phase": (
                one_of("COMPLETED", "FINALIZED"),
                Rule("in order", _phases),
            ),
            RUN
            + "status": (one_of("SUCCESS", "FAILURE", "UNSTABLE", "ABORTED"), _build),
            RUN + "url": where("of its number", _path),
            RUN + "scm.commit": (matching("[0-9a-f]{40}"), _build),
        },
    ),
    Payload(
        "dockerhub-push",
        "registries of images",
        "webhooks/dockerhub",
        {
            "callback_url": _HOOK + "2141b5bi5i5b02bec211i4eeih0242eg11000a/",
            "push_data": {
                "pushed_at": 1417566161,
                "pusher": "trustedbuilder",
                "tag": "latest",
            },
            "repository": {
                "comment_count": 0,
                "date_created": 1417494799,
                "description": "",
                "full_description": "Docker Hub based automated build from a GitHub repo",  # noqa: E501
                "is_official": False,
                "is_private": True,
                "is_trusted": True,
                "name": "testhook",
                "namespace": "svendowideit",
                "owner": "svendowideit",
                "repo_name": "svendowideit/testhook",
                "repo_url": "https://registry.hub.docker.com/u/svendowideit/testhook/",
                "star_count": 0,
                "status": "Active",
            },
        },
        {
            "callback_url": where("a hook", _hook),
            PUSH + "pushed_at": now(60),
            PUSH + "pusher": matching("[a-z0-9][a-z0-9_-]{2,38}"),
            PUSH + "tag": matching(r"\w[\w.-]{0,127}"),
            REPO + "comment_count": (_count, counter(0, 3)),
            REPO + "date_created": unchanged | past(5_000),
            REPO + "star_count": (_count, counter(0, 5)),
        },
    ),
    Payload(
        "fastly-realtime",
        "content delivery",
        "v1/channel/SU1Z0isxPaozGVKXdv0eY/ts/0",
        {
            "Timestamp": 1608560817,
            "AggregateDelay": 5,
            "Data": [
                {
                    "recorded": 1608560812,
                    "aggregated": {
                        "requests": 4218,
                        "hits": 3794,
                        "miss": 312,
                        "pass": 104,
                        "synth": 8,
                        "errors": 6,
                        "hit_ratio": 0.924,
                        "header_size": 2480184,
                        "body_size": 118402911,
                        "status_2xx": 3911,
                        "status_3xx": 214,
                        "status_4xx": 87,
                        "status_5xx": 6,
                        "http2": 3617,
                        "tls": 4176,
                    },
                }
            ],
        },
        {
            "Timestamp": now(15),
            "Data.*.recorded": (
                now(30),
                where(
                    "before the answer",
                    lambda v, o, e: 0 <= e["Timestamp"] - v <= e["AggregateDelay"] + 4,
                ),
            ),
            SEC
            + "requests": (
                _half(0.6),
                _sum_of("hits", "miss", "pass", "synth"),
                Rule("moves", lambda s: not s.is_slow or len(set(s.values)) > 1),
            ),
            SEC + "hits": _half(0.6),
            SEC + "miss": _half(1.0),
            SEC + "pass": _half(1.0),
            SEC + "synth": _half(1.5),
            SEC
            + "errors": where(
                "the failed ones",
                lambda v, o, e: type(v) is int
                and 0 <= v <= o["status_4xx"] + o["status_5xx"],
            ),
            SEC + "hit_ratio": where("hits of both", _ratio),
            SEC + "header_size": (whole, where("headers", _headers)),
            SEC + "body_size": (whole, where("bodies", _bodies)),
            SEC
            + "status_2xx": where(
                "with the others",
                lambda v, o, e: v + o["status_3xx"] + o["status_4xx"] + o["status_5xx"]
                == o["requests"],
            ),
            SEC + "status_3xx": _half(1.0),
            SEC + "status_4xx": _half(1.5),
            SEC + "status_5xx": _half(2.0),
            SEC
            + "http2": where(
                "some of all", lambda v, o, e: 0.5 * o["requests"] <= v <= o["requests"]
            ),
            SEC
            + "tls": where(
                "most of all", lambda v, o, e: 0.8 * o["requests"] <= v <= o["requests"]
            ),
        },
    ),
)
