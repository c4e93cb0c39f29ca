"""The WSGI application, for gunicorn and for other servers.

``LLMOCK_CONFIG`` in the environment names the configuration file. Without it,
the defaults and the ``MockLlmApi__*`` variables hold.
"""

from __future__ import annotations

from gevent import monkey

# gunicorn's configuration has done it before; under another server it is up to us.
if not monkey.is_module_patched("socket"):
    monkey.patch_all()

from .. import create_app, logs  # noqa: E402
from ..errors import SettingsError  # noqa: E402
from ..serving.configuration import CONFIGURATION, refuse  # noqa: E402

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
