"""The same event for every framework: a stock whose price walks, encoded by orjson."""

from __future__ import annotations

import datetime
import random

import orjson


class Feed:
    """One stream's events."""

    def __init__(self) -> None:
        """Start at the example's price."""
        self.price = 150.25
        self.index = -1

    def event(self) -> bytes:
        """The next event's JSON."""
        self.price = round(self.price + random.uniform(-0.5, 0.5), 2)
        self.index += 1
        now = datetime.datetime.now(datetime.timezone.utc)
        return orjson.dumps(
            {
                "data": {"ticker": "AAPL", "price": self.price},
                "index": self.index,
                "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
                "done": False,
            }
        )
