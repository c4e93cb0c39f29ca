"""Which paths are the service's own: no route can take them."""

from __future__ import annotations

#: The management API.
MANAGEMENT = "/api/manage"

_EXACT = frozenset({"/", "/docs", "/healthz", "/readyz", "/metrics", "/openapi.json"})
_BELOW = (f"{MANAGEMENT}/", "/docs/", "/static/")


def is_service_path(path: str) -> bool:
    """Whether ``path`` is one of the service's own."""
    return path in _EXACT or path.startswith(_BELOW) or path == MANAGEMENT
