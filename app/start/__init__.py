"""How the service is started: gunicorn, its configuration, and the application."""
