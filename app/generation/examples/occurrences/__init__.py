"""How the numbers of what happens once are written."""
