"""Private streams that go on for a client whose connection broke."""
