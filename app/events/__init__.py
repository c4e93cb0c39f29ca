"""Events as values, and how a value of a source becomes events. Pure."""
