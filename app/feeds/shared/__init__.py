"""Feeds of all workers: produced at one of them, read from a log by each.

``written`` is pure: how events and feeds stand in the log. A ``Replica`` is one
worker's copy of a feed, and the ``Keeper`` keeps all of a worker's replicas in step
with the log.
"""
