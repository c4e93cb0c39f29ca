"""Which shape a path has."""
