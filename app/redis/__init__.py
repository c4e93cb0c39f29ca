"""The adapters of Redis: its connection, documents and exchange."""
