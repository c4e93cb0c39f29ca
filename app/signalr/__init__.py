"""The SignalR hub protocol: bytes to messages, and messages to bytes.

``hub_messages`` are values; ``json_protocol`` and ``messagepack`` are their two
encodings. ``protocols`` takes a client's bytes in any pieces, and ``transports`` is the
document with which a client begins.
"""
