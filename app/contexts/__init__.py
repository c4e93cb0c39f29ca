"""Contexts: what the requests of one session share.

``context`` is a context as a value, ``observation`` what an answer adds to it, and
``view`` what the next answer takes from it; all three are pure. ``sessions`` keeps
contexts, ``stores`` chooses where, and ``remembering`` wraps a backend so that it
reads and records them.
"""
