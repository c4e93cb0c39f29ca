"""The journal: every request that was mocked, and how it was answered.

``entry`` says what is kept of a request, ``masking`` takes the secrets out of it,
and ``journal`` writes it: two records a request, in batches. A ``store`` keeps the
latest of them within bounds; the one that workers share is in ``app.redis``.
"""
