"""The command that records a stream as its client would read it."""
