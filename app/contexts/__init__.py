"""What requests know of each other: contexts, and the shapes of paths.

``model`` is a context as a value, ``survey`` what an answer adds to it and
``view`` what the next answer takes from it; ``names`` is how they compare names
and ids. All four are pure. ``documents`` is where values are kept: in memory or,
by ``redis_documents`` over ``redis_link``, in Redis. ``sessions`` and ``shapes``
say what is kept, ``stores`` chooses where, and ``remembering`` puts both around
a backend.
"""
