"""Events as bytes. Pure: no I/O, no clock, no randomness."""
