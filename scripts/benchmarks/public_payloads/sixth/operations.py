"""Certificates, events of containers, requests of a web server."""

import ipaddress

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    each,
    equals,
    length,
    matching,
    new,
    now,
    number,
    one_of,
    rising,
    unchanged,
    varied,
    where,
)


def stamp(lag, digits):
    """Seconds with a part, of now; the last digits may be zero and not written."""

    def check(series):
        late = [t / 1000 - v for v, t in zip(series.values, series.times)]
        return (
            all(type(v) is float and round(v, digits) == v for v in series.values)
            and all(-0.5 <= each_late <= lag for each_late in late)
            and all(a <= b for a, b in series.pairs())
            and (not series.is_slow or series.values[-1] > series.values[0])
        )

    return Rule(f"now, {lag} s", check)


# -- Certstream ------------------------------------------------------------------

LEAF = "data.leaf_cert."
_DOMAIN = r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,23}"
_PRINT = "([0-9A-F]{2}:){19}[0-9A-F]{2}"

# -- Docker ----------------------------------------------------------------------

_NEXT = {
    "create": ("start", "destroy"),
    "start": ("kill", "die", "stop", "pause", "restart"),
    "kill": ("kill", "die", "stop"),
    "die": ("stop", "start", "restart", "destroy"),
    "stop": ("start", "destroy", "restart"),
    "pause": ("unpause",),
    "unpause": ("pause", "kill", "die", "stop"),
    "restart": ("kill", "die", "stop", "pause", "restart"),
    "destroy": (),
}
#: What changes nothing of the container's state.
_ASIDE = (
    "attach commit copy detach exec_create exec_detach exec_die exec_start export"
    " health_status oom rename resize top update"
).split()


def _life(series):
    """What a container does follows from what it did; it is created once."""
    known = {}
    for value, event in zip(series.values, series.events):
        before = known.get(event["Actor"]["ID"])
        if value in _ASIDE and before != "destroy":
            continue
        if value not in _NEXT or (before is not None and value not in _NEXT[before]):
            return False
        known[event["Actor"]["ID"]] = value
    return True


def _of_container(series):
    known = {}
    return all(
        known.setdefault(event["Actor"]["ID"], value) == value
        for value, event in zip(series.values, series.events)
    )


def _named_apart(series):
    """Containers that are there together have other names."""
    pairs = {(v, e["Actor"]["ID"]) for v, e in zip(series.values, series.events)}
    return len({name for name, _ in pairs}) == len(pairs)


# -- Caddy -----------------------------------------------------------------------

REQ = "request."


def _address(value):
    ipaddress.ip_address(value)
    return isinstance(value, str)


def _level(owner, event):
    return "error" if owner["status"] >= 500 else "info"


_CODES = (200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308)
_CODES += (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 504)


def _size(value, owner, event):
    """Bytes of the answer; some answers have none."""
    return (
        type(value) is int
        and 0 <= value <= 10**8
        and (owner["status"] not in (204, 304) or value == 0)
    )


PAYLOADS = (
    Payload(
        "certstream-update",
        "certificates",
        "certstream",
        {
            "message_type": "certificate_update",
            "data": {
                "update_type": "X509LogEntry",
                "leaf_cert": {
                    "subject": {
                        "aggregated": "/CN=app.theaffairsite.com",
                        "C": None,
                        "ST": None,
                        "L": None,
                        "O": None,
                        "OU": None,
                        "CN": "app.theaffairsite.com",
                    },
                    "extensions": {
                        "keyUsage": "Digital Signature, Key Encipherment",
                        "basicConstraints": "CA:FALSE",
                        "subjectKeyIdentifier": "01:BE:17:27:B8:D8:26:EF:E1:5C:7A:F6:14:A7:EA:B5:D0:D8:B5:9B",  # noqa: E501
                        "authorityKeyIdentifier": "keyid:A8:4A:6A:63:04:7D:DD:BA:E6:D1:39:B7:A6:45:65:EF:F3:A8:EC:A1\n",  # noqa: E501
                        "subjectAltName": "DNS:app.theaffairsite.com",
                    },
                    "not_before": 1509908649.0,
                    "not_after": 1517684649.0,
                    "serial_number": "33980d1bef9b6a76cfc708e3139f55f33c5",
                    "fingerprint": "95:CA:86:6B:B4:98:59:D2:EC:C7:CA:E8:42:70:80:0B:18:03:C7:75",  # noqa: E501
                    "all_domains": ["app.theaffairsite.com"],
                },
                "cert_index": 27910635,
                "seen": 1509912803.959279,
                "source": {
                    "url": "sabre.ct.comodo.com",
                    "name": "Comodo 'Sabre' CT log",
                },
            },
        },
        {
            LEAF + "subject.aggregated": equals(lambda o, e: "/CN=" + o["CN"]),
            LEAF + "subject.CN": (matching(_DOMAIN), varied),
            LEAF + "extensions.subjectKeyIdentifier": new(_PRINT),
            LEAF
            + "extensions.subjectAltName": equals(
                lambda o, e: ", ".join(
                    "DNS:" + name for name in e["data"]["leaf_cert"]["all_domains"]
                )
            ),
            LEAF + "not_before": after("$.data.seen", -7 * 86_400, 0),
            LEAF + "not_after": after("not_before", 90 * 86_400 - 1, 90 * 86_400),
            LEAF + "serial_number": new("[0-9a-f]{34,36}"),
            LEAF + "fingerprint": new(_PRINT),
            LEAF
            + "all_domains": (
                length(1, 100),
                where("with its name", lambda v, o, e: o["subject"]["CN"] in v),
            ),
            LEAF + "all_domains.*": matching(_DOMAIN),
            "data.cert_index": (
                rising,
                each("an index", lambda v: type(v) is int and v >= 27_910_635),
            ),
            "data.seen": stamp(10, 6),
        },
    ),
    Payload(
        "docker-event",
        "containers",
        "docker/events",
        {
            "status": "create",
            "id": "ede54ee1afda366ab42f824e8a5ffd195155d853ceaec74a927f249ea270c743",
            "from": "alpine",
            "Type": "container",
            "Action": "create",
            "Actor": {
                "ID": "ede54ee1afda366ab42f824e8a5ffd195155d853ceaec74a927f249ea270c743",  # noqa: E501
                "Attributes": {
                    "com.example.some-label": "some-label-value",
                    "image": "alpine",
                    "name": "my-container",
                },
            },
            "scope": "local",
            "time": 1461943101,
            "timeNano": 1461943101607533796,
        },
        {
            "status": equals(lambda o, e: o["Action"]),
            "id": equals(lambda o, e: o["Actor"]["ID"]),
            "from": equals(lambda o, e: o["Actor"]["Attributes"]["image"]),
            "Action": Rule("its life", _life),
            "Actor.ID": matching("[0-9a-f]{64}"),
            "Actor.Attributes.image": (
                matching(r"[a-z0-9]+([._/-][a-z0-9]+)*(:[\w][\w.-]{0,127})?"),
                Rule("of the container", _of_container),
            ),
            "Actor.Attributes.name": (
                matching(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"),
                Rule("of the container", _of_container),
                Rule("apart", _named_apart) | unchanged,
            ),
            "time": after("timeNano", -1, 0),
            "timeNano": now(5),
        },
    ),
    Payload(
        "caddy-access-log",
        "web servers",
        "caddy/logs/access",
        {
            "level": "info",
            "ts": 1646861401.5241024,
            "logger": "http.log.access",
            "msg": "handled request",
            "request": {
                "remote_ip": "127.0.0.1",
                "remote_port": "41342",
                "client_ip": "127.0.0.1",
                "proto": "HTTP/2.0",
                "method": "GET",
                "host": "localhost",
                "uri": "/",
                "headers": {"User-Agent": ["curl/7.82.0"], "Accept": ["*/*"]},
                "tls": {
                    "resumed": False,
                    "version": 772,
                    "cipher_suite": 4865,
                    "proto": "h2",
                    "server_name": "example.com",
                },
            },
            "bytes_read": 0,
            "user_id": "",
            "duration": 0.000929675,
            "size": 10900,
            "status": 200,
            "resp_headers": {"Server": ["Caddy"], "Content-Encoding": ["gzip"]},
        },
        {
            "level": equals(_level),
            "ts": stamp(5, 7),
            REQ + "remote_ip": each("an address", _address),
            REQ
            + "remote_port": each(
                "a port", lambda v: isinstance(v, str) and 1_024 <= int(v) <= 65_535
            ),
            REQ + "client_ip": equals(lambda o, e: o["remote_ip"]),
            REQ + "method": one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            REQ + "uri": matching(r"/[\w./?=&%+~@:,-]*"),
            REQ + "headers.User-Agent.*": unchanged | matching(r"\S+/[\d.]+.*"),
            REQ + "tls.resumed": one_of(True, False),
            "bytes_read": where(
                "of the request",
                lambda v, o, e: v == 0
                or o["request"]["method"] in ("POST", "PUT", "PATCH")
                and type(v) is int
                and 0 <= v < 10**7,
            ),
            "duration": (number(0.00001, 30), varied),
            "size": where("bytes", _size),
            "status": one_of(*_CODES),
        },
    ),
)
