"""Small clients that read streams, one with care and the others without:

    python small_clients.py KIND URL...

``loop`` reads with httpx-sse, and begins again at once, whatever happens. ``once``
reads to the end and never comes back. ``twice`` opens a second connection beside the
first. ``careful`` does all that a good client does.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import httpx
from httpx_sse import EventSource, SSEError, connect_sse

#: Between two tries, in seconds: as good as at once.
_BREATH = 0.02
_ACCEPT = {"Accept": "text/event-stream"}
#: Silence after which a careful client leaves, in seconds.
_SILENCE = 2.5


def loop(url: str) -> None:
    """Read again and again."""
    with httpx.Client(timeout=None) as client:
        while True:
            try:
                with connect_sse(client, "GET", url) as source:
                    for _ in source.iter_sse():
                        pass
            except (httpx.HTTPError, SSEError):
                pass
            time.sleep(_BREATH)


def once(url: str) -> None:
    """Read to the end, once."""
    try:
        with httpx.stream("GET", url, headers=_ACCEPT, timeout=None) as response:
            for _ in response.iter_bytes():
                pass
    except httpx.HTTPError:
        pass


def twice(url: str) -> None:
    """Read on two connections at a time, one opened a moment after the other."""
    threading.Thread(target=once, args=[url], daemon=True).start()
    time.sleep(1)
    once(url)


def careful(url: str) -> None:
    """Read until nothing more is to come."""
    last_id, wait = "", 3.0
    with httpx.Client(timeout=_SILENCE, follow_redirects=True) as client:
        while True:
            headers = {**_ACCEPT, **({"Last-Event-ID": last_id} if last_id else {})}
            try:
                with client.stream("GET", url, headers=headers) as response:
                    if response.status_code == 503:
                        time.sleep(float(response.headers["Retry-After"]))
                        continue
                    kind = response.headers.get("Content-Type", "")
                    if response.status_code != 200 or "event-stream" not in kind:
                        return
                    for event in EventSource(response).iter_sse():
                        last_id = event.id
                        wait = wait if event.retry is None else event.retry / 1000
            except httpx.HTTPError:
                pass
            if last_id.endswith("-end"):
                return
            time.sleep(wait)


_KINDS: dict[str, Callable[[str], None]] = {
    "loop": loop,
    "once": once,
    "twice": twice,
    "careful": careful,
}


def main() -> None:
    """Read every URL at once, until standard input ends."""
    kind, *urls = sys.argv[1:]
    for url in urls:
        threading.Thread(target=_KINDS[kind], args=[url], daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
