"""LLMock API: mock endpoints whose data comes from a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .bootstrap import Services
    from .settings import Settings


def create_app(
    settings: Settings | None = None, *, services: Services | None = None
) -> Flask:
    """The WSGI application.

    ``settings`` default to the built-in ones. ``services`` replace everything
    that would be built from them.
    """
    from .bootstrap import build
    from .settings import Settings
    from .web.application import make_application

    return make_application(services or build(settings or Settings()))
