"""How values are made and move: numbers, times, texts, identifiers."""
