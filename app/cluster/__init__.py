"""The open streams of all workers: finding and stopping them from any one.

``directory`` says what can be asked, and ``own`` answers it for this worker
alone. ``shared`` asks the other workers too, through an ``exchange``, of which
``redis_exchange`` is the real one.
"""
