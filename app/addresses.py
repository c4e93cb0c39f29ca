"""Where the endpoints of the service are; no route can take what is its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

#: The service's own paths, and folders of such paths, below ``Addresses.service``.
_PAGES = frozenset({"/", "/docs", "/healthz", "/readyz", "/metrics", "/openapi.json"})
_FOLDERS = ("/api/manage", "/docs", "/static")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one configuration.

    ``base`` is the prefix of the mock endpoints, and ``service`` that of all others:
    both without a slash at the end. An empty ``service`` is the root, of which the
    service has a few paths only; else everything below the prefix is its own. ``hub``
    is the path of the hub, and ``contexts`` that of its contexts among the mock
    endpoints; both are empty where nothing is served there.
    """

    base: str = "/api/mock"
    service: str = ""
    hub: str = ""
    contexts: str = ""

    @property
    def management(self) -> str:
        """The prefix of the management API."""
        return f"{self.service}/api/manage"

    def is_service(self, path: str) -> bool:
        """Whether a path is one of the service's own."""
        if self.service:
            return is_within(path, self.service)
        return path in _PAGES or any(is_within(path, folder) for folder in _FOLDERS)

    def is_built_in(self, path: str) -> bool:
        """Whether a path belongs to a mock endpoint."""
        return path.startswith(f"{self.base}/")

    def is_hub(self, path: str) -> bool:
        """Whether a path is the hub's, or below it."""
        return self.hub != "" and is_within(path, self.hub)

    def is_contexts(self, path: str) -> bool:
        """Whether a path is for the hub's contexts, though among the mock endpoints."""
        return self.contexts != "" and is_within(path, self.contexts)

    def is_management(self, path: str) -> bool:
        """Whether a path is for operators: the management API, and the metrics."""
        return path == f"{self.service}/metrics" or is_within(path, self.management)

    def is_reserved(self, path: str) -> bool:
        """Whether no route can take a path: it is the service's own, or the hub's."""
        return self.is_service(path) or self.is_hub(path)

    @property
    def are_apart(self) -> bool:
        """Whether mock endpoints, hub and the service's own paths share none."""
        own = {self.service} if self.service else {*_PAGES, *_FOLDERS} - {"/"}
        hub = {self.hub} if self.hub else set()
        pairs = [*product({self.base}, own | hub), *product(hub, own)]
        return not any(is_within(a, b) or is_within(b, a) for a, b in pairs)


def is_within(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or below it."""
    return path == folder or path.startswith(f"{folder}/")
