"""Words that believable values are made of."""
