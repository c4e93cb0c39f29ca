"""The configuration: typed, documented, checked at the start, then frozen.

``load_settings`` reads it into ``Settings``, and ``catalogue`` describes every
key. ``model`` declares the settings.
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
