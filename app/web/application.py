"""The Flask application, put together from its blueprints."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Flask
from werkzeug.routing import PathConverter

from ..bootstrap import Services
from . import (
    access,
    console,
    cors,
    docs,
    errors,
    faults,
    headers,
    journal,
    mock,
    original_contexts,
    routes,
    signalr,
)
from .manage import backends, contexts
from .manage import events as overview
from .manage import feeds as manage_feeds
from .manage import hub_contexts
from .manage import journal as manage_journal
from .manage import recordings
from .manage import routes as manage_routes
from .manage import specs, steering
from .manage import streams as manage
from .manage import verdict, virtual_clocks
from .openapi import description
from .probes import health, metrics


class AnyPath(PathConverter):
    """The rest of a path, line feeds included: they are data as any other character."""

    regex = r"[^/](?s:.*?)"


def make_application(services: Services) -> Flask:
    """A WSGI application that serves ``services``."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_body_bytes
    app.extensions["llmock"] = services
    app.url_map.converters["path"] = AnyPath
    requested = faults.RequestedFaults(services.settings, services.clock.monotonic)
    errors.register(app, services.streams.counts)
    journal.register(app, services.journal, services.settings, services.clock)
    routes.register(app, services.routes, services.settings)
    access.register(app, services.settings)
    cors.register(app, services.routes, services.settings)
    headers.register(app)
    routes.register_answers(
        app,
        services.routes,
        services.streams,
        services.feeds,
        services.settings,
        services.limits,
        requested=requested,
        why_unserved=services.descriptions.why_unserved,
        clock=services.clock,
        rng=services.rng,
    )
    app.register_blueprint(
        mock.blueprint(
            services.streams,
            services.feeds,
            requested,
            services.settings,
            services.limits,
        )
    )
    if services.settings.enable_signalr:
        app.register_blueprint(
            signalr.blueprint(services.hub, services.hub_clients, services.settings)
        )
    if services.settings.addresses.contexts:
        app.register_blueprint(
            original_contexts.blueprint(
                services.hub_contexts, services.hub_clients, services.settings
            )
        )
    for own in _own(services):
        prefix = f"{services.settings.addresses.service}{own.url_prefix or ''}"
        app.register_blueprint(own, url_prefix=prefix)
    return app


def _own(services: Services) -> Iterator[Blueprint]:
    """What the setting ``ServicePath`` moves: all but the mock endpoints."""
    settings, limits = services.settings, services.limits
    yield manage.blueprint(services.directory, limits)
    yield steering.blueprint(services.helm, settings, limits, services.clock)
    yield virtual_clocks.blueprint(
        services.clocks, services.routes, settings, limits, services.clock
    )
    yield backends.blueprint(services.backends)
    yield manage_feeds.blueprint(services.feed_directory)
    yield manage_routes.blueprint(services.routes, settings, limits)
    yield recordings.blueprint(
        services.recordings, services.routes, settings, services.clock
    )
    yield specs.blueprint(services.descriptions, services.routes, settings)
    yield contexts.blueprint(services.contexts, settings, limits)
    if settings.enable_signalr:
        yield hub_contexts.blueprint(
            services.hub_contexts, services.hub_clients, settings
        )
    yield manage_journal.blueprint(services.journal, limits)
    yield verdict.blueprint(services.journal, limits, services.clock)
    yield overview.blueprint(services)
    yield metrics.blueprint(services.metrics)
    yield health.blueprint(services.streams)
    yield console.blueprint(settings, limits)
    yield docs.blueprint()
    yield description.blueprint(settings)
