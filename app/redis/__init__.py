"""The Redis adapters: connection, documents and exchange."""
