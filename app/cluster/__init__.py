"""The open streams of all workers: finding and stopping them from any worker.

``directory`` defines the questions, and ``own`` answers them for this worker
alone. ``shared`` also asks the other workers, through an ``exchange``; the real
one is in ``app.redis``.
"""
