"""What machines ask of a server: whether it lives, whether it is ready, its metrics."""
