"""Shared feeds: one generation, any number of subscribers.

A feed's producer runs once. What it makes is numbered, kept in the feed's history,
and sent to every subscriber; one that comes back goes on where it was. A feed lives in
one worker, or in the log of all (``home``, ``shared``). ``event_ids``,
``history``, ``reading`` and ``terms`` are pure; ``feed``, ``fan_out``,
``subscription`` and ``open_feeds`` run.
"""
