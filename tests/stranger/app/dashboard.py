"""Two clients of a stream of prices, as an application may have them."""

import json
import threading
import time

import httpx
import requests
from httpx_sse import connect_sse

RETRY_SECONDS = 0.02


class Dashboard:
    """Shows the last price of a stream, which it follows in a thread."""

    def __init__(self, url):
        self.url = url
        self.prices = []
        self.broken = 0
        self._changed = threading.Condition()
        self._last_id = None
        self._leaves = False
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def price(self):
        return self.prices[-1] if self.prices else None

    def wait_for(self, condition, seconds=5):
        with self._changed:
            assert self._changed.wait_for(condition, seconds), self.prices

    def close(self):
        self._leaves = True

    def _follow(self):
        while not self._leaves:
            try:
                self._read()
            except (httpx.HTTPError, requests.RequestException):
                pass  # cut off: it comes back
            time.sleep(RETRY_SECONDS)

    def _read(self):
        headers = {"Last-Event-ID": self._last_id} if self._last_id else {}
        with httpx.Client(timeout=10, trust_env=False) as client:
            with connect_sse(client, "GET", self.url, headers=headers) as source:
                if source.response.status_code == 204:
                    self._leaves = True
                source.response.raise_for_status()
                for event in source.iter_sse():
                    self._last_id = event.id
                    self._show(event.data)

    def _show(self, data):
        with self._changed:
            try:
                self.prices.append(json.loads(data)["p"])
            except ValueError:
                self.broken += 1
            self._changed.notify_all()


def latest_price(url, attempts=5):
    """Ask with ``requests``, again after a 503, as ``Retry-After`` says."""
    for _ in range(attempts):
        answer = requests.get(url, timeout=10)
        if answer.status_code != 503:
            answer.raise_for_status()
            return answer.json()["p"]
        time.sleep(float(answer.headers.get("Retry-After", RETRY_SECONDS)))
    raise RuntimeError(f"{url} is not available")
