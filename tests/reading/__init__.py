"""Public readers of event streams, and what they make of a stream."""
