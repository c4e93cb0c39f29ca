"""The version of this release, in its one place."""

__version__ = "0.2.0"
