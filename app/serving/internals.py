"""What this project uses of its server's packages beyond their documented interface.

A new version of gunicorn or gevent may change any of it without notice. So setup.cfg
has upper bounds, and a test looks up every name in the versions that are installed.
Nothing private of prometheus-client is used.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Why each is used, by its name as ``module:attribute``.
INTERNALS: Mapping[str, str] = {
    # gevent
    "gevent.socket:socket._sock": "the plain socket: reads and sends without waiting",
    "gevent.socket:socket._accept": "accepts a connection and wraps it once",
    "gevent.core:loop.io": "watches a client's socket without a greenlet",
    "gevent.core:loop.timer": "wakes all sleepers from one timer",
    "gevent.core:loop.run_callback": "wakes one sleeper in the next turn",
    "gevent.hub:Hub.switch": "sleeps until an alarm switches back",
    "gevent.server:StreamServer.do_read": "replaced: makes prompt sockets",
    "gevent.server:StreamServer.stop_accepting": "hands over to the next worker",
    "gevent.server:StreamServer.max_accept": "shares connections among workers",
    # gunicorn, in a worker
    "gunicorn.workers.ggevent:GeventWorker.run": "replaced: serves and leaves",
    "gunicorn.workers.ggevent:GeventWorker.handle": "extended: one connection",
    "gunicorn.workers.ggevent:GeventWorker.handle_request": "extended: one request",
    "gunicorn.workers.ggevent:GeventWorker.is_already_handled": "hands over",
    "gunicorn.workers.ggevent:GeventWorker.handle_error": "replaced: bad_requests",
    "gunicorn.workers.ggevent:GeventWorker.handle_exit": "extended: SIGTERM",
    "gunicorn.workers.ggevent:GeventWorker.notify": "tells the master of life",
    "gunicorn.http.parser:RequestParser.mesg_class": "replaced: bounded requests",
    "gunicorn.http.message:Request.read_into": "extended: bounds the header block",
    "gunicorn.http.message:Request.force_close": "closes after an unread body",
    "gunicorn.http.errors:ParseException": "what the parser refuses",
    "gunicorn.util:write_nonblock": "writes a refusal",
    "gunicorn.sock:ssl_context": "serves TLS",
    "gunicorn.glogging:Logger.access_log_enabled": "forgets requests without a log",
    # gunicorn, in the master
    "gunicorn.arbiter:Arbiter.handle_hup": "replaced: checks before a reload",
    "gunicorn.arbiter:Arbiter.handle_term": "replaced: tells that all workers end",
    "gunicorn.arbiter:Arbiter.handle_int": "replaced: ends as SIGTERM does",
    "gunicorn.arbiter:Arbiter.num_workers": "checks the number of workers",
    "gunicorn.arbiter:Arbiter.APP_LOAD_ERROR": "ends a server that is refused",
    "gunicorn.app.wsgiapp:WSGIApplication": "reads how gunicorn was started",
    "gunicorn.app.wsgiapp:WSGIApplication.chdir": "replaced: leaves sys.path",
}
