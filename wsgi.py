"""The WSGI application, ``wsgi:app``, for a server that is started in this folder."""

from __future__ import annotations

if __name__ == "__main__":
    raise SystemExit("wsgi.py is no program; start scripts/serve")

from app.start.wsgi import app

__all__ = ["app"]
