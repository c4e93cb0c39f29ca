"""The server: its worker, connections, signals and what its workers share."""
