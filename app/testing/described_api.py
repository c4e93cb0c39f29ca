"""Descriptions in a test's hand: which operations are served, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .api import Api
from .handles import Feed


class Description:
    """A description whose operations are served below a test's prefix.

    ``unserved`` are the operations that are not served, with the reasons.
    """

    def __init__(self, api: Api, server: str, shown: Mapping[str, Any]) -> None:
        """Hold the description that the server at ``server`` has ``shown``."""
        self._api = api
        self._server = server
        self._operations = {each["operationId"]: each for each in shown["operations"]}
        self.name: str = shown["name"]
        self.unserved = {
            each["operation"]: each["reason"] for each in shown["unservedOperations"]
        }
        self._reasons = self.unserved | {
            each["operationId"]: each["reason"] for each in shown["unservedOperations"]
        }

    def operation(self, identity: str) -> Feed:
        """Return the route of an operation by its id, or of a channel by its name.

        Its ``url`` has the path as the description writes it, with ``{parameters}``.
        Raises ``ValueError`` for an id that is not served, with the reason.
        """
        found = self._operations.get(identity)
        if found is None:
            known = ", ".join(map(str, self._operations))
            reason = self._reasons.get(identity, "the description has no such one")
            raise ValueError(f"{identity!r} is not served: {reason}; accepted: {known}")
        url = f"{self._server}{found['path']}"
        return Feed(self._api, found["route"], url, {})
