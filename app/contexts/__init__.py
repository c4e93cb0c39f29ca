"""What requests know of each other: contexts, and the shapes of paths.

``model`` is the value, ``survey`` what an answer adds to it and ``view`` what
the next answer takes from it; all pure. ``documents`` is where values are kept,
in memory or, with ``redis_documents``, in Redis. ``sessions`` and ``shapes`` say
what is kept, and ``remembering`` puts both around a backend.
"""
