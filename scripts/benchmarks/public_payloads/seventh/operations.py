"""Web servers, proxies, code quality, training, hosted models, video encoding."""

import ipaddress
import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
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
    one_of,
    past,
    rising,
    unchanged,
    varied,
    varies_with,
    walk,
    where,
    whole,
)
from public_payloads.times import seconds

# -- NGINX -----------------------------------------------------------------------

RES = "responses."
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")


def _received(value, owner, event):
    """Every request is answered, discarded or being processed."""
    done = owner["responses"]["total"] + owner["discarded"]
    return done <= value <= done + owner["processing"] + 100


def _answers(owner, event):
    return sum(owner[name] for name in _CLASSES)


def _code(name):
    """A code is a part of its class; what is left of that does not get less."""

    def check(series):
        rest = [e["responses"][name] - v for v, e in zip(series.values, series.events)]
        return rest[0] >= 0 and all(a <= b for a, b in zip(rest, rest[1:]))

    return (counter(0, 5_000), Rule(f"part of {name}", check))


def _of_handshakes(value, owner, event):
    return value <= owner["handshakes"]


# -- Traefik ---------------------------------------------------------------------

_STATUS = (200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404)
_STATUS += (405, 409, 410, 413, 415, 422, 429, 499, 500, 501, 502, 503, 504)


def _address(value):
    return isinstance(value, str) and ipaddress.ip_address(value) is not None


def _started(series):
    """To the nanosecond; the duration later the line is written."""
    for value, owner in zip(series.values, series.owners):
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", value):
            return False
        whole, _, part = value[:-1].partition(".")
        moment = seconds(whole + "Z") + float("0." + (part or "0"))
        gap = moment + owner["Duration"] / 1e9 - seconds(owner["time"])
        if not -1.1 <= gap <= 1.1:
            return False
    return True


def _body(value, owner, event):
    has_none = owner["RequestMethod"] in ("GET", "HEAD", "OPTIONS", "DELETE")
    return type(value) is int and (value == 0 if has_none else 0 <= value < 10**8)


def _size(value, owner, event):
    has_none = owner["OriginStatus"] in (204, 304)
    return type(value) is int and (value == 0 if has_none else 0 <= value < 10**9)


def _nanoseconds(low, high):
    return each(
        f"nanoseconds {low}..{high}", lambda v: type(v) is int and low <= v <= high
    )


# -- SonarQube -------------------------------------------------------------------

GATE = "qualityGate."
COND = GATE + "conditions.*."


def _condition(owner, event):
    if "value" not in owner:
        return "NO_VALUE"
    value, limit = float(owner["value"]), float(owner["errorThreshold"])
    above = owner["operator"] == "GREATER_THAN"
    return "ERROR" if (value > limit if above else value < limit) else "OK"


def _gate(owner, event):
    found = [condition["status"] for condition in owner["conditions"]]
    return "ERROR" if "ERROR" in found else "OK"


# -- MLflow ----------------------------------------------------------------------

INFO = "run.info."
METRIC = "run.data.metrics."


def _run(series):
    """A run that goes on, or comes to an end and stays so."""
    ends = ("FINISHED", "FAILED", "KILLED")
    return all(v == "RUNNING" or v in ends for v in series.values) and all(
        a == b or a == "RUNNING" for a, b in series.pairs()
    )


def _goes_on(series):
    """Whether the run is at work in all events."""
    return all(e["run"]["info"]["status"] == "RUNNING" for e in series.events)


def _step(far, moves):
    """A step that never falls, and rises while the run is at work."""

    def check(series):
        values = series.values
        rests = not moves or not series.is_slow or not _goes_on(series)
        return (
            all(type(value) is int for value in values)
            and series.example <= values[0] <= series.example + far
            and all(0 <= b - a <= far for a, b in series.pairs())
            and (rests or values[-1] > values[0])
        )

    return Rule(f"step by {far}", check)


def _logged(lag):
    """When it was logged: not ahead, after the start, later with later steps."""

    def check(series):
        values = series.values
        steps = [owner["step"] for owner in series.owners]
        start = series.events[0]["run"]["info"]["start_time"]
        return (
            all(type(v) is int and v >= start for v in values)
            and all(-500 <= t - v <= lag * 1_000 for v, t in zip(values, series.times))
            and all(a <= b for a, b in series.pairs())
            and all(
                a == b or c != d
                for (a, b), c, d in zip(series.pairs(), steps, steps[1:])
            )
        )

    return Rule(f"logged, {lag} s", check)


def _measured(low, high, step):
    """A metric with as many digits as it likes, new with its step at most."""

    def check(series):
        return all(is_number(v) and low <= v <= high for v in series.values) and all(
            abs(b - a) <= step for a, b in series.pairs()
        )

    return (Rule(f"metric {low}..{high}", check), changes_only_with("step"))


# -- Replicate -------------------------------------------------------------------

_API = "https://api.replicate.com/v1/predictions/"


def _gap(start):
    """The seconds between two of the times."""

    def check(value, owner, event):
        wanted = seconds(event["completed_at"]) - seconds(event[start])
        return is_number(value) and abs(value - wanted) <= 0.0025 + 0.02 * wanted

    return where(f"since {start}", check)


def _outcome(value, owner, event):
    if value == "succeeded":
        return owner["error"] is None and isinstance(owner["output"], str)
    if value == "failed":
        return bool(owner["error"]) and owner["output"] is None
    return value == "canceled" and owner["output"] is None


def _output(value, owner, event):
    if owner["status"] != "succeeded":
        return value is None
    return value == "hello " + owner["input"]["text"]


# -- Mux -------------------------------------------------------------------------

SHOT = "data.tracks.0."
_ASSET = "[0-9A-Za-z]{20,60}"


def _same_length(value, owner, event):
    known = event["data"]["duration"]
    return is_number(value) and 0.5 <= value <= 40_000 and abs(value - known) <= 0.5


def _ratio(owner, event):
    video = owner["tracks"][0]
    width, height = video["max_width"], video["max_height"]
    part = math.gcd(width, height)
    return f"{width // part}:{height // part}"


def _resolution(owner, event):
    lines = owner["tracks"][0]["max_height"]
    return "SD" if lines < 720 else "HD" if lines < 1_080 else "FHD"


PAYLOADS = (
    Payload(
        "nginx-server-zone",
        "web servers",
        "api/9/http/server_zones/site1",
        {
            "processing": 2,
            "requests": 736395,
            "responses": {
                "1xx": 0,
                "2xx": 727290,
                "3xx": 4614,
                "4xx": 934,
                "5xx": 1535,
                "codes": {"200": 727270, "301": 4614, "404": 930, "503": 1535},
                "total": 734373,
            },
            "discarded": 2020,
            "received": 180157219,
            "sent": 20183175459,
            "ssl": {
                "handshakes": 79572,
                "handshakes_failed": 21025,
                "session_reuses": 15762,
            },
        },
        {
            "processing": walk(60, 0, 500, rests=True),
            "requests": (
                counter(0, 5_000, rests=False),
                where("all of them", _received),
            ),
            RES + "1xx": counter(0, 50),
            RES + "2xx": counter(0, 5_000, rests=False),
            RES + "3xx": counter(0, 1_000),
            RES + "4xx": counter(0, 1_000),
            RES + "5xx": counter(0, 1_000),
            RES + "codes.200": _code("2xx"),
            RES + "codes.301": _code("3xx"),
            RES + "codes.404": _code("4xx"),
            RES + "codes.503": _code("5xx"),
            RES + "total": (equals(_answers), whole),
            "discarded": counter(0, 200),
            "received": counter(0, 20_000_000, rests=False),
            "sent": counter(0, 2_000_000_000, rests=False),
            "ssl.handshakes": counter(0, 2_000),
            "ssl.handshakes_failed": (
                counter(0, 500),
                where("not more than all", _of_handshakes),
            ),
            "ssl.session_reuses": (
                counter(0, 1_500),
                where("not more than all", _of_handshakes),
            ),
        },
    ),
    Payload(
        "traefik-access",
        "reverse proxies",
        "logs/traefik/access",
        {
            "ClientAddr": "10.42.0.1:53316",
            "ClientHost": "10.42.0.1",
            "ClientPort": "53316",
            "DownstreamContentSize": 1086,
            "DownstreamStatus": 200,
            "Duration": 3279412,
            "OriginContentSize": 1086,
            "OriginDuration": 3118701,
            "OriginStatus": 200,
            "Overhead": 160711,
            "RequestContentSize": 0,
            "RequestCount": 4217,
            "RequestHost": "whoami.localhost",
            "RequestMethod": "GET",
            "RequestPath": "/api",
            "RequestProtocol": "HTTP/1.1",
            "RetryAttempts": 0,
            "RouterName": "whoami@docker",
            "ServiceAddr": "172.18.0.3:80",
            "StartUTC": "2021-11-09T11:05:15.437712612Z",
            "level": "info",
            "time": "2021-11-09T11:05:15Z",
        },
        {
            "ClientAddr": equals(lambda o, e: o["ClientHost"] + ":" + o["ClientPort"]),
            "ClientHost": each("an address", _address),
            "ClientPort": each(
                "a port",
                lambda v: isinstance(v, str)
                and bool(re.fullmatch(r"\d{4,5}", v))
                and 1_024 <= int(v) <= 65_535,
            ),
            "DownstreamContentSize": equals(lambda o, e: o["OriginContentSize"]),
            "DownstreamStatus": equals(lambda o, e: o["OriginStatus"]),
            "Duration": (
                equals(lambda o, e: o["OriginDuration"] + o["Overhead"]),
                whole,
                varied,
            ),
            "OriginContentSize": where("of its status", _size),
            "OriginDuration": (_nanoseconds(10_000, 60_000_000_000), varied),
            "OriginStatus": each("a status", lambda v: v in _STATUS),
            "Overhead": _nanoseconds(1_000, 100_000_000),
            "RequestContentSize": where("of its method", _body),
            "RequestCount": (rising, counter(1, 1_000)),
            "RequestMethod": one_of(
                "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"
            ),
            "RequestPath": matching(r"/[\w.~/%?&=+:@-]*"),
            "RetryAttempts": each("few", lambda v: type(v) is int and 0 <= v <= 3),
            "ServiceAddr": matching(r"172\.18\.\d{1,3}\.\d{1,3}:80"),
            "StartUTC": Rule("started", _started),
            "time": now(60),
        },
    ),
    Payload(
        "sonarqube-analysis",
        "code quality",
        "sonarqube/webhooks",
        {
            "serverUrl": "http://localhost:9000",
            "taskId": "AVh21JS2JepAEhwQ-b3u",
            "status": "SUCCESS",
            "analysedAt": "2016-11-18T10:46:28+0100",
            "revision": "c739069ec7105e01303e8b3065a81141aad9f129",
            "project": {
                "key": "myproject",
                "name": "My Project",
                "url": "https://mycompany.com/sonarqube/dashboard?id=myproject",
            },
            "properties": {},
            "qualityGate": {
                "conditions": [
                    {
                        "errorThreshold": "1",
                        "metric": "new_security_rating",
                        "onLeakPeriod": True,
                        "operator": "GREATER_THAN",
                        "status": "OK",
                        "value": "1",
                    },
                    {
                        "errorThreshold": "1",
                        "metric": "new_reliability_rating",
                        "onLeakPeriod": True,
                        "operator": "GREATER_THAN",
                        "status": "OK",
                        "value": "1",
                    },
                    {
                        "errorThreshold": "1",
                        "metric": "new_maintainability_rating",
                        "onLeakPeriod": True,
                        "operator": "GREATER_THAN",
                        "status": "OK",
                        "value": "1",
                    },
                    {
                        "errorThreshold": "80",
                        "metric": "new_coverage",
                        "onLeakPeriod": True,
                        "operator": "LESS_THAN",
                        "status": "NO_VALUE",
                    },
                ],
                "name": "SonarQube way",
                "status": "OK",
            },
        },
        {
            "taskId": new("[0-9A-Za-z_-]{20}"),
            "analysedAt": now(600),
            "revision": matching("[0-9a-f]{40}"),
            COND + "status": equals(_condition),
            COND + "value": matching("[1-5]"),
            GATE + "status": equals(_gate),
        },
    ),
    Payload(
        "mlflow-run",
        "training of models",
        "api/2.0/mlflow/runs/get",
        {
            "run": {
                "info": {
                    "run_id": "d5ee98b0d8d44ab3a9b6f9ea1bdb8c2f",
                    "experiment_id": "3",
                    "run_name": "painted-crab-816",
                    "user_id": "alice",
                    "status": "RUNNING",
                    "start_time": 1663200111000,
                    "artifact_uri": "s3://mlflow/3/d5ee98b0d8d44ab3a9b6f9ea1bdb8c2f/artifacts",  # noqa: E501
                    "lifecycle_stage": "active",
                },
                "data": {
                    "metrics": [
                        {
                            "key": "train_loss",
                            "value": 0.4213,
                            "timestamp": 1663200871460,
                            "step": 1200,
                        },
                        {
                            "key": "val_accuracy",
                            "value": 0.8712,
                            "timestamp": 1663200866204,
                            "step": 1190,
                        },
                    ],
                    "params": [
                        {"key": "lr", "value": "0.001"},
                        {"key": "batch_size", "value": "64"},
                    ],
                },
            }
        },
        {
            INFO + "status": Rule("at work", _run),
            INFO + "start_time": unchanged | past(30),
            METRIC + "0.value": (*_measured(0.1, 1.2, 0.2), varies_with("step")),
            METRIC + "1.value": _measured(0.7, 1, 0.06),
            METRIC + "0.timestamp": _logged(120),
            METRIC + "1.timestamp": _logged(3_600),
            METRIC + "0.step": _step(200, moves=True),
            METRIC
            + "1.step": (
                _step(200, moves=False),
                where(
                    "not above the training",
                    lambda v, o, e: v <= e["run"]["data"]["metrics"][0]["step"],
                ),
            ),
        },
    ),
    Payload(
        "replicate-prediction",
        "hosted models",
        "replicate/webhooks",
        {
            "id": "gm3qorzdhgbfurvjtvhg6dckhu",
            "model": "replicate/hello-world",
            "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",  # noqa: E501
            "input": {"text": "Alice"},
            "logs": "",
            "output": "hello Alice",
            "error": None,
            "status": "succeeded",
            "created_at": "2023-09-08T16:19:34.765994Z",
            "data_removed": False,
            "started_at": "2023-09-08T16:19:34.779176Z",
            "completed_at": "2023-09-08T16:19:34.791859Z",
            "metrics": {"predict_time": 0.012683, "total_time": 0.025366},
            "urls": {
                "cancel": _API + "gm3qorzdhgbfurvjtvhg6dckhu/cancel",
                "get": _API + "gm3qorzdhgbfurvjtvhg6dckhu",
            },
        },
        {
            "id": new("[0-9a-z]{26}"),
            "input.text": unchanged | matching(r"[A-Z][\w'’-]*( [A-Z][\w'’-]*){0,3}"),
            "output": where("of the input", _output),
            "error": unchanged | each("words", lambda v: v is None or len(v) > 3),
            "status": where("of what came out", _outcome),
            "created_at": after("started_at", -120, 0),
            "started_at": after("completed_at", -60, 0),
            "completed_at": now(30),
            "metrics.predict_time": _gap("started_at"),
            "metrics.total_time": _gap("created_at"),
            "urls.cancel": equals(lambda o, e: _API + e["id"] + "/cancel"),
            "urls.get": equals(lambda o, e: _API + e["id"]),
        },
    ),
    Payload(
        "mux-asset-ready",
        "video encoding",
        "mux/webhooks",
        {
            "type": "video.asset.ready",
            "object": {
                "type": "asset",
                "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002",
            },
            "id": "3a56ac3d-33da-4366-855b-f592d898409d",
            "environment": {"name": "Demo pages"},
            "data": {
                "tracks": [
                    {
                        "type": "video",
                        "max_width": 1280,
                        "max_height": 544,
                        "max_frame_rate": 23.976,
                        "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002",
                        "duration": 153.361542,
                    },
                    {
                        "type": "audio",
                        "max_channels": 2,
                        "id": "FzB95vBizv02bYNqO5QVzNWRrVo5SnQju",
                        "duration": 153.361497,
                    },
                ],
                "status": "ready",
                "max_stored_resolution": "SD",
                "max_stored_frame_rate": 23.976,
                "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002",
                "duration": 153.361542,
                "created_at": "2018-02-15T01:04:45.000Z",
                "aspect_ratio": "40:17",
            },
            "created_at": "2018-02-15T01:04:45.000Z",
        },
        {
            "object.id": new(_ASSET),
            "id": new(UUID),
            SHOT
            + "max_width": each(
                "pixels", lambda v: type(v) is int and v % 2 == 0 and 160 <= v <= 3_840
            ),
            SHOT
            + "max_height": each(
                "pixels", lambda v: type(v) is int and v % 2 == 0 and 90 <= v <= 2_160
            ),
            SHOT + "max_frame_rate": one_of(23.976, 24, 25, 29.97, 30, 50, 59.94, 60),
            "data.tracks.*.id": new(_ASSET),
            "data.tracks.*.duration": where("as long as the asset", _same_length),
            "data.max_stored_resolution": equals(_resolution),
            "data.max_stored_frame_rate": equals(
                lambda o, e: o["tracks"][0]["max_frame_rate"]
            ),
            "data.id": equals(lambda o, e: e["object"]["id"]),
            "data.duration": each(
                "seconds", lambda v: is_number(v) and 0.5 <= v <= 40_000
            ),
            "data.created_at": after("$.created_at", -86_400, 0),
            "data.aspect_ratio": equals(_ratio),
            "created_at": now(60),
        },
    ),
)
