"""The WSGI application, ``wsgi:app``. ``scripts/serve`` starts its server.

``LLMOCK_CONFIG`` in the environment names the configuration file. Without it,
the defaults and the ``MockLlmApi__*`` variables hold.
"""

from __future__ import annotations

from gevent import monkey

# The config file of gunicorn has done it before; under another server it is up to us.
if not monkey.is_module_patched("socket"):
    monkey.patch_all()

from app import create_app, logs  # noqa: E402
from app.errors import SettingsError  # noqa: E402
from app.serving.configuration import (  # noqa: E402
    CONFIGURATION,
    HOW_TO_START,
    refuse,
)

if __name__ == "__main__":
    raise SystemExit(f"wsgi.py is no program; {HOW_TO_START}")

try:
    CONFIGURATION.check_unchecked()
    settings = CONFIGURATION.settings
    app = create_app(settings)
except SettingsError as error:
    refuse(error)

# The worker starts the work in the background; another server knows nothing of it.
if not CONFIGURATION.checked:
    logs.configure(settings)
    app.extensions["llmock"].start()
