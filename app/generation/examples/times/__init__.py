"""The times of an example: points in time, whole days, lengths that go by."""
