"""What public readers of event streams make of framings and faults.

Each reader reads one stream of four events with every legal framing and with some
faults. What it hands on is compared with what the standard says of the very bytes:
this project's own parser reads them beside it, from a plain socket.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.faults.catalogue import KINDS
from app.faults.fault import Group
from app.sse.parser import SseParser
from tests.browser.browsers import chromium, firefox, until
from tests.system.chunks import receive
from tests.system.server import Server

HERE = Path(__file__).parent

BROWSERS: Mapping[str, Callable[[], Any]] = {
    "Chromium": chromium,
    "Firefox": firefox,
}

FRAMINGS = [
    "retry:20" if kind.name == "retry" else kind.name
    for kind in KINDS
    if kind.group is Group.FRAMING
]
FAULTS = [
    "cut:clean@2",
    "cut:fin@2",
    "cut:rst@2",
    "cut-mid-frame:clean@2",
    "cut-mid-frame:fin@2",
    "cut-mid-character:clean@2",
    "cut-mid-character:fin@2",
    "bad-chunk@2",
    "stall:1s@2",
    "byte-by-byte",
    "drip:300",
    "no-id",
    "old-id@2",
    "huge:1mb@2",
    "flood:1000@2",
    "no-final-blank",
    "redirect*1",
    "wrong-type",
    "login",
    "no-content",
    "status:503",
]
#: Connections that a browser opens to one host at a time.
MAX_BROWSER_STREAMS = 5

#: What is said of a reader that does not come to an end.
_WORDS = {"no end": "never ends", "crash": "throws what nobody can catch"}

Event = tuple[str, str, str]
_numbers = itertools.count()


def make(server: Server, fault: str | None) -> str:
    """The path of a stream that is served once, or twice where the first is moved."""
    path = f"/readers/{next(_numbers)}"
    steps = [
        {"Data": {"n": number, "s": "ü"}, **({"Event": "price"} if number % 2 else {})}
        for number in range(4)
    ]
    route = {
        "Path": path,
        "Times": 2 if fault == "redirect*1" else 1,
        "Faults": [] if fault is None else [fault],
        "Stream": {"IntervalMs": 5, "RetryMs": 20, "Ids": "counter", "Script": steps},
    }
    request = urllib.request.Request(
        f"{server.url}/api/manage/routes",
        json.dumps(route).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()
    return path


def expected(server: Server, fault: str | None) -> list[Event]:
    """What the standard makes of the bytes of such a stream."""
    path = make(server, fault)
    received = receive(server, path)
    if received.status == 307:
        received = receive(server, path)
    if received.status != 200 or "text/event-stream" not in received.head:
        return []
    body, last_id = b"", ""
    try:
        for chunk in received.chunks:
            body += chunk
    except ValueError:  # a chunk that is none
        body = received.rest.partition(b"zz\r\n")[0]
        body = b"".join(sound_chunks(body))
    found = []
    for event in SseParser(max_line=1 << 24, max_event=1 << 24).feed(body):
        fields = event.fields
        assert fields is not None
        if fields.id is not None:
            last_id = fields.id.decode()
        if event.data is not None:
            name = fields.name.decode() or "message"
            found.append((name, event.data.decode(), last_id))
    return found


def sound_chunks(rest: bytes) -> list[bytes]:
    """The chunks before one that is broken."""
    found = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return found


def standard(server: Server, cases: Iterable[str]) -> dict[str, list[Event]]:
    """What the standard says of each case."""
    cases = [*cases]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda each: expected(server, each), cases)
        return dict(zip(cases, found, strict=True))


def judged(wanted: list[Event], found: list[Event], error: str | None) -> str:
    """What a reader made of a stream, in a few words; empty where it is right."""
    if error is not None and error in _WORDS:
        return _WORDS[error]
    if found == wanted:
        return ""
    values = [(name, data) for name, data, _ in wanted]
    told = [(name, data) for name, data, _ in found]
    if told == values:
        return "other ids" if any(event[2] for event in found) else "no ids"
    if told == [value for value in values if value[1]]:
        return "leaves out empty events"
    if [value for value in told if value[1]] == values:
        return "adds empty events"
    if told == values[: len(told)]:
        return f"loses {len(values) - len(told)} of {len(values)}"
    if told[: len(values)] == values:
        return f"adds {len(told) - len(values)}"
    if len(told) == len(values):
        return "other data"
    return f"hands on {len(told)} in place of {len(values)}"


def without_own_ids(events: list[Event]) -> list[Event]:
    """Events as readers tell of them that know the ids of their own blocks only."""
    return [(name, data, event_id if data else "") for name, data, event_id in events]


def run(name: str, urls: Mapping[str, str], home: Path | None) -> dict[str, Any]:
    """What a reader of Node.js or of Python makes of each stream.

    ``home`` is where its packages are, None for those of this Python.
    """
    command = [sys.executable, str(HERE / "read.py"), name]
    if home is not None and (home / "node_modules").exists():
        command = ["node", str(HERE / "read.mjs"), name, str(home)]
    result = subprocess.run(
        command,
        input=json.dumps(urls),
        env={**os.environ, **({} if home is None else {"PYTHONPATH": str(home)})},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


_IN_PAGE = """
window.found ??= {};
for (const [name, url] of Object.entries(arguments[0])) {
  const events = [];
  const source = new EventSource(url);
  const show = (event) => events.push([event.type, event.data, event.lastEventId]);
  source.addEventListener('message', show);
  source.addEventListener('price', show);
  const end = (error) => {
    source.close();
    window.found[name] ??= { events, error };
  };
  source.onerror = () => end(null);
  setTimeout(end, 6000, 'no end');
}
"""


def browse(name: str, server: Server, urls: Mapping[str, str]) -> dict[str, Any]:
    """What a browser's event source makes of each stream."""
    told: dict[str, Any] = {}
    names = [*urls]
    with BROWSERS[name]() as browser:
        browser.open(f"{server.url}/")
        for at in range(0, len(names), MAX_BROWSER_STREAMS):
            batch = {each: urls[each] for each in names[at : at + MAX_BROWSER_STREAMS]}
            browser.run(_IN_PAGE, batch)
            until(
                browser,
                "arguments[0].every((name) => window.found[name])",
                [*batch],
                patience=20,
            )
        told = browser.run("return window.found")
    return told


def said(
    server: Server,
    name: str,
    wanted: Mapping[str, list[Event]],
    home: Path | None = None,
) -> dict[str, str]:
    """What is said of a reader, by what it had to read; empty where it is right.

    ``wanted`` is what the standard says; ``home`` as for ``run``.
    """
    urls = {each: f"{server.url}{make(server, each)}" for each in wanted}
    found = browse(name, server, urls) if name in BROWSERS else run(name, urls, home)
    words = {}
    for each, events in wanted.items():
        words[each] = judged(
            without_own_ids(events),
            without_own_ids([(a, b, c) for a, b, c in found[each]["events"]]),
            found[each]["error"],
        )
    return words


def cell(words: Mapping[str, str], cases: Iterable[str]) -> str:
    """What is not as the standard says, by what is said of it."""
    by_word: dict[str, list[str]] = {}
    for each in cases:
        if words[each]:
            by_word.setdefault(words[each], []).append(f"`{each}`")
    said = [f"{', '.join(names)}: {word}" for word, names in by_word.items()]
    return "; ".join(said) or "all as the standard says"
