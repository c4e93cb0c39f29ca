"""The pool of backends with their guards: rotation, retries, circuit breakers."""
