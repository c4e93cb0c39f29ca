"""The WSGI application, for gunicorn and any other server: ``wsgi:app``.

``LLMOCK_CONFIG`` in the environment names the configuration file. Without it,
the defaults and the ``MockLlmApi__*`` variables hold.
"""

from __future__ import annotations

from gevent import monkey

# The config file of gunicorn has done it before; under another server it is up to us.
if not monkey.is_module_patched("socket"):
    monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from app import create_app, logs  # noqa: E402
from app.errors import SettingsError  # noqa: E402
from app.settings import Settings, load_settings  # noqa: E402


def _settings() -> Settings:
    config = os.environ.get("LLMOCK_CONFIG")
    try:
        return load_settings(Path(config) if config else None, os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


settings = _settings()
logs.configure(settings)
app = create_app(settings)
app.extensions["llmock"].start()
