"""Descriptions of APIs, from their text to routes that serve them.

::

    text --description_text--> document --openapi--> Operations --digest--> bytes
    bytes --digest--> Operations --described--> Routes

A format is one function, from ``References`` over a parsed document to a ``Digest``:
the operations, those that are not served with their reasons, and the schemas that
they name. Another format adds its function to ``FORMATS`` in ``description_formats``;
everything behind it is the same. A channel of AsyncAPI that clients receive from is an
operation whose response is a stream, with a ``Kind`` for each message.

A digest is made in a process of its own, because reading a large document takes
seconds. Its parts stay bytes until a request needs them.
"""
