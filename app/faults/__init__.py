"""Faults: what a mock does wrong on purpose, so that a client can be tested.

``catalogue`` names them all, ``notation`` reads how a fault is written, ``player``
says when each acts, and ``spoiling`` changes payloads. The framings of events are
changed in ``sse/``, and ``streams/`` plays everything on a connection.
"""
