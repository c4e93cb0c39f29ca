"""The verdict: what the journal tells of the clients that read its streams.

``visits`` orders a client's requests into feeds, ``rules`` judges them, each rule by
a function of its own, ``judging`` puts the findings of all clients together, and
``junit`` writes the result as a test report.
"""
