"""Which public readers of event streams read which framing, and survive which fault.

Each reader reads one stream of four events with every legal framing and with some
faults. What it hands on is compared with what the standard says of the very bytes:
this project's own parser reads them beside it, from a plain socket. The readers are
installed into .venv-readers; browsers are used where they are there. Prints the table
of the page about faults; with names of readers as arguments, theirs alone.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.faults.catalogue import KINDS
from app.faults.fault import Group
from app.sse.parser import SseParser
from tests.browser.browsers import chromium, firefox, until
from tests.system.chunks import receive
from tests.system.server import ROOT, Server, serve

HOME = ROOT / ".venv-readers"
HERE = Path(__file__).parent / "reading"

#: The packages, by the names of their readers, at the versions that are compared.
NODE = {
    "eventsource": "eventsource@5.1.5",
    "eventsource-2": "eventsource-2@npm:eventsource@2.0.2",
    "fetch-event-source": "@microsoft/fetch-event-source@2.0.1",
    "eventsource-parser": "eventsource-parser@4.1.3",
    "event-source-polyfill": "event-source-polyfill@1.0.31",
    "undici": "undici@7.30.2",
}
PYTHON = {
    "httpx-sse": ("httpx-sse==0.4.3", "httpx"),
    "sseclient-py": ("sseclient-py==1.9.0", "requests"),
    "sseclient": ("sseclient==0.0.27",),
    "requests-sse": ("requests-sse==0.5.3",),
    "aiohttp-sse-client2": ("aiohttp-sse-client2==0.3.0",),
    "openai": ("openai==3.54.0",),
}
BROWSERS: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "Chromium": ("/usr/bin/chromium", chromium),
    "Firefox": ("/usr/bin/firefox-esr", firefox),
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


def install(name: str) -> None:
    """Install a reader where it is not there yet."""
    if name in NODE:
        home = HOME / "node"
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").touch()
        if not (home / "package.json").read_text():
            (home / "package.json").write_text('{"private": true}\n')
        alias = NODE[name].rpartition("@")[0].partition("@npm:")[0]
        if not (home / "node_modules" / alias).exists():
            subprocess.run(
                ["npm", "install", "--silent", "--no-audit", "--no-fund", NODE[name]],
                cwd=home,
                check=True,
            )
    elif name in PYTHON and not (HOME / name).exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--target"]
        subprocess.run([*command, str(HOME / name), *PYTHON[name]], check=True)


def run(name: str, urls: Mapping[str, str]) -> dict[str, Any]:
    """What a reader makes of each stream."""
    command = [sys.executable, str(HERE / "read.py"), name]
    if name in NODE:
        command = ["node", str(HERE / "read.mjs"), name, str(HOME / "node")]
    result = subprocess.run(
        command,
        input=json.dumps(urls),
        env={**os.environ, "PYTHONPATH": str(HOME / name)},
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
    with BROWSERS[name][1]() as browser:
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


def version(name: str) -> str:
    """The version of a reader that is installed."""
    if name in NODE:
        folder = NODE[name].rpartition("@")[0].partition("@npm:")[0]
        text = (HOME / "node" / "node_modules" / folder / "package.json").read_text()
        return str(json.loads(text)["version"])
    if name in PYTHON:
        return PYTHON[name][0].partition("==")[2]
    answer = subprocess.run([BROWSERS[name][0], "--version"], capture_output=True)
    return answer.stdout.decode().split()[-1 if name == "Firefox" else 1].rstrip("esr")


def row(server: Server, name: str, wanted: Mapping[str, list[Event]]) -> str:
    """A reader's line of the table."""
    cases = [*FRAMINGS, *FAULTS]
    urls = {each: f"{server.url}{make(server, each)}" for each in cases}
    found = browse(name, server, urls) if name in BROWSERS else run(name, urls)
    words = {}
    for each in cases:
        events = [(a, b, c) for a, b, c in found[each]["events"]]
        words[each] = judged(
            without_own_ids(wanted[each]),
            without_own_ids(events),
            found[each]["error"],
        )
    cells = [told(words, FRAMINGS), told(words, FAULTS)]
    return f"| {name} {version(name)} | {' | '.join(cells)} |"


def told(words: Mapping[str, str], cases: list[str]) -> str:
    """What is not as the standard says, by what is said of it."""
    by_word: dict[str, list[str]] = {}
    for each in cases:
        if words[each]:
            by_word.setdefault(words[each], []).append(f"`{each}`")
    said = [f"{', '.join(names)}: {word}" for word, names in by_word.items()]
    return "; ".join(said) or "all as the standard says"


def main() -> None:
    """Print the table."""
    names = sys.argv[1:] or [*NODE, *PYTHON, *BROWSERS]
    for name in names:
        install(name)
    print("| reader | legal framings | faults |\n|---|---|---|")
    with serve("MockLlmApi: {LogLevel: error, MaxEventBytes: 2000000}") as server:
        with ThreadPoolExecutor(8) as pool:
            cases = [*FRAMINGS, *FAULTS]
            found = pool.map(lambda each: expected(server, each), cases)
            wanted = dict(zip(cases, found, strict=True))
        for name in names:
            if name in BROWSERS and not Path(BROWSERS[name][0]).exists():
                print(f"{name} is not installed", file=sys.stderr)
                continue
            print(row(server, name, wanted), flush=True)


if __name__ == "__main__":
    main()
