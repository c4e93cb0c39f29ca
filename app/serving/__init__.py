"""The server: its worker, connections and counters."""
