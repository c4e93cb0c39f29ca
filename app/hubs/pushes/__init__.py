"""What a hub pushes to groups: hub contexts, and shared feeds."""
