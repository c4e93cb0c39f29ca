"""The configuration: typed, documented, checked at the start, then frozen.

``load_settings`` reads it, ``Settings`` is its value, ``catalogue`` describes
every key. The settings themselves are declared in ``app.settings.model``.
"""

from __future__ import annotations

from .catalogue import CatalogueEntry, catalogue
from .load import SECTION, load_settings
from .model import (
    BackendSettings,
    CorsSettings,
    LogFormat,
    LogLevel,
    Provider,
    Settings,
)
from .secret import Secret

__all__ = [
    "SECTION",
    "BackendSettings",
    "CorsSettings",
    "CatalogueEntry",
    "LogFormat",
    "LogLevel",
    "Provider",
    "Secret",
    "Settings",
    "catalogue",
    "load_settings",
]
