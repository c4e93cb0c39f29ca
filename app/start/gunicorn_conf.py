"""How gunicorn serves the application; ``server`` adds address and workers.

gunicorn reads this module in its master process when it starts, and again on
SIGHUP. The application itself is made in each worker, after the fork: no event
loop, socket or random state is shared between them.
"""

from __future__ import annotations

# Before every other import, or what is imported keeps the blocking originals.
from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402

from .. import logs  # noqa: E402
from ..errors import SettingsError  # noqa: E402
from ..serving import bad_requests  # noqa: E402
from ..serving.configuration import CONFIGURATION, refuse  # noqa: E402
from ..serving.hooks import (  # noqa: E402
    child_exit,
    nworkers_changed,
    on_exit,
    on_starting,
    post_worker_init,
    pre_fork,
    when_ready,
)
from ..serving.worker import LAST_EVENTS_SECONDS, Worker  # noqa: E402

__all__ = [
    "child_exit",
    "nworkers_changed",
    "on_exit",
    "on_starting",
    "post_worker_init",
    "pre_fork",
    "when_ready",
]

# Nobody asks which greenlet has spawned which; to know it takes memory for each stream.
gevent.config.track_greenlet_tree = False

# Connections beside the streams: health checks, refusals, idle ones.
SPARE_CONNECTIONS = 1000
# Time for a worker to leave after its last events, in seconds: clients that do not
# read are cut off in it.
LEAVING_SECONDS = 5

try:
    settings = CONFIGURATION.settings
except SettingsError as error:
    refuse(error, 2)

logs.configure(settings)
# The handlers of our loggers serve gunicorn's too; its own would write twice.
errorlog = None
loglevel = settings.log_level.value

# For an access log, if an operator turns one on: a query may hold a key.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s "%(a)s"'

wsgi_app = f"{__package__}.wsgi:app"
proc_name = "llmock"
worker_class = Worker
# The application refuses streams above its own limit with a 503; here gunicorn
# would only stop to accept, health checks too.
worker_connections = settings.max_concurrent_streams + SPARE_CONNECTIONS
backlog = 4096
# Shapes come in the query string and in a header.
limit_request_line = bad_requests.MAX_REQUEST_LINE_BYTES
limit_request_field_size = bad_requests.MAX_HEADER_BYTES
limit_request_fields = bad_requests.MAX_HEADERS
# An idle connection holds up a worker that leaves, this long. A proxy in front must
# close its idle connections sooner.
keepalive = 5
# The master kills what is left after this time.
graceful_timeout = int(settings.drain_seconds) + LAST_EVENTS_SECONDS + LEAVING_SECONDS
# The control socket is not used, and its thread does not go with forks.
control_socket_disable = True
