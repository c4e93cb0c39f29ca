"""The feeds of the configuration, as requests for them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from ..errors import BadRequest, PayloadTooLarge
from ..request.parse import parse_request
from ..request.parsers import Limits
from ..router.building import limits_of
from ..schema.jsontext import dumps
from ..settings import Settings
from ..settings.model import FeedSettings
from .making import Predefined


def predefined_feeds(settings: Settings, limits: Limits) -> Sequence[Predefined]:
    """The feeds that ``settings`` declare.

    Raises ``SettingsError`` for one that cannot be used.
    """
    found: dict[str, Predefined] = {}
    for placed in settings.feeds:
        declared = placed.value
        if declared.name in found:
            raise placed.place.key("Name").error(
                f'is "{declared.name}"; accepted: a name that no other feed has'
            )
        if len(found) >= settings.max_feeds:
            raise placed.place.error(
                f"is one too many; accepted: MaxFeeds, which is {settings.max_feeds}"
            )
        try:
            found[declared.name] = _predefined(declared, settings, limits)
        except (BadRequest, PayloadTooLarge) as error:
            raise placed.place.error(error.detail.removesuffix(".")) from None
    return [*found.values()]


def check_feeds(settings: Settings) -> None:
    """Raise ``SettingsError`` for a feed of the settings that cannot be used."""
    backends = [backend.name for backend in settings.effective_backends()]
    predefined_feeds(settings, limits_of(settings, backends))


def _predefined(
    declared: FeedSettings, settings: Settings, limits: Limits
) -> Predefined:
    options = {
        "feed": declared.name,
        "interval": declared.interval_ms,
        "sseMode": declared.sse_mode and declared.sse_mode.value,
        "backend": declared.backend,
        "shape": declared.shape and dumps(declared.shape.value),
    }
    given = {name: value for name, value in options.items() if value is not None}
    request = parse_request(
        method="GET",
        path=declared.path,
        query=urlencode(given).encode(),
        headers={},
        body=b"",
        settings=settings,
        limits=limits,
    )
    return Predefined(request, declared.history, declared.always)
