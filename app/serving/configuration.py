"""The configuration of this process, and the checks before it serves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.arbiter import Arbiter

from ..errors import SettingsError
from ..settings import Settings, load_settings
from ..settings.load import unmatched_route_files

#: The environment variable that names the configuration file.
CONFIG_VARIABLE = "LLMOCK_CONFIG"

#: What to start, for everyone who started something else.
HOW_TO_START = (
    "start llmock-api serve, or gunicorn --config "
    f"python:{__name__.partition('.')[0]}.start.gunicorn_conf"
)

#: The exit status that makes gunicorn's master give up instead of trying again.
_GIVE_UP: int = Arbiter.APP_LOAD_ERROR


class Configuration:
    """The settings, read from the file and the environment at first use.

    gunicorn's master reads them and its workers inherit them, so that every worker
    serves with what the master has checked. ``checked`` is True from then on.
    """

    def __init__(self) -> None:
        """Read nothing yet."""
        self._settings: Settings | None = None
        self.checked = False

    @property
    def settings(self) -> Settings:
        """The settings. Raises ``SettingsError``."""
        if self._settings is None:
            self._settings = load_settings(_file(), os.environ)
        return self._settings

    def warnings(self) -> Iterator[str]:
        """A line for each thing that is probably a mistake, and yet can be served."""
        return unmatched_route_files(self.settings.route_files, _file())

    def check(self, workers: int, worker_class: type) -> None:
        """Raise ``SettingsError`` unless such a server can serve the settings."""
        settings = self.settings
        if workers > 1 and settings.redis is None and not settings.per_worker_state:
            raise SettingsError(
                f"{workers} workers need a Redis (MockLlmApi.Redis), or else "
                "MockLlmApi.PerWorkerState: true, with which a request finds, stops "
                "and remembers only what happens to be at the worker that answers it"
            )
        if settings.routes:
            # What compiles them takes time to load.
            from ..router.building import check_routes

            check_routes(settings)
        if settings.specs:
            from ..router.building import check_specs

            check_specs(settings)
        if settings.feeds:
            from ..feeds.predefined import check_feeds

            check_feeds(settings)
        from .worker import Worker

        if not issubclass(worker_class, Worker):
            raise SettingsError(
                f"the worker class {worker_class.__name__} cannot end streams properly;"
                f" {HOW_TO_START}"
            )
        self.checked = True

    def check_unchecked(self) -> None:
        """Check a gunicorn that was started without this project's config file."""
        if not self.checked and "gunicorn" in os.environ.get("SERVER_SOFTWARE", ""):
            server = WSGIApplication().cfg
            self.check(server.workers, server.worker_class)


#: The configuration of this process.
CONFIGURATION = Configuration()


def _file() -> Path | None:
    """The configuration file, if there is one."""
    path = os.environ.get(CONFIG_VARIABLE)
    return Path(path) if path else None


def refuse(error: SettingsError, status: int = _GIVE_UP) -> NoReturn:
    """End the process with one line that says why."""
    print(error, file=sys.stderr, flush=True)
    raise SystemExit(status) from None
