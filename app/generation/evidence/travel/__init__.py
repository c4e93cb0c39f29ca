"""How what an example is about moves, and where it says its places."""
