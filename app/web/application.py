"""The Flask application, put together from its blueprints."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import PathConverter

from ..bootstrap import Services
from . import (
    access,
    console,
    cors,
    docs,
    errors,
    headers,
    health,
    journal,
    metrics,
    mock,
    routes,
)
from .manage import backends, contexts
from .manage import events as overview
from .manage import journal as manage_journal
from .manage import routes as manage_routes
from .manage import streams as manage
from .manage import verdict
from .openapi import description


class AnyPath(PathConverter):
    """The rest of a path, line feeds included: they are data as any other character."""

    regex = r"[^/](?s:.*?)"


def make_application(services: Services) -> Flask:
    """A WSGI application that serves ``services``."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_body_bytes
    app.extensions["llmock"] = services
    app.url_map.converters["path"] = AnyPath
    errors.register(app, services.streams.counts)
    journal.register(app, services.journal, services.settings, services.clock)
    routes.register(app, services.routes, services.settings)
    access.register(app, services.settings)
    cors.register(app, services.routes, services.settings.cors)
    headers.register(app)
    routes.register_answers(
        app,
        services.routes,
        services.streams,
        services.settings,
        services.limits,
        clock=services.clock,
        rng=services.rng,
    )
    app.register_blueprint(
        mock.blueprint(services.streams, services.settings, services.limits)
    )
    app.register_blueprint(manage.blueprint(services.directory, services.limits))
    app.register_blueprint(backends.blueprint(services.backends))
    app.register_blueprint(
        manage_routes.blueprint(services.routes, services.settings, services.limits)
    )
    app.register_blueprint(
        contexts.blueprint(services.contexts, services.settings, services.limits)
    )
    app.register_blueprint(manage_journal.blueprint(services.journal, services.limits))
    app.register_blueprint(
        verdict.blueprint(services.journal, services.limits, services.clock)
    )
    app.register_blueprint(overview.blueprint(services))
    app.register_blueprint(metrics.blueprint(services.metrics))
    app.register_blueprint(health.blueprint(services.streams))
    app.register_blueprint(console.blueprint(services.settings, services.limits))
    app.register_blueprint(docs.blueprint())
    app.register_blueprint(description.blueprint(services.settings))
    return app
