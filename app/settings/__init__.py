"""The configuration: typed, documented, checked at the start, then frozen.

``load_settings`` reads it, ``Settings`` is its value, ``catalogue`` describes
every key. The settings themselves are declared in ``app.settings.model``.
"""

from __future__ import annotations

from app.settings.catalogue import CatalogueEntry, catalogue
from app.settings.load import SECTION, load_settings
from app.settings.model import (
    BackendSettings,
    CorsSettings,
    LogFormat,
    LogLevel,
    Provider,
    Settings,
)
from app.settings.secret import Secret

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
