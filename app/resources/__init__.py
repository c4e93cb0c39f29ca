"""What a path means: nouns with typical objects, ids, names. Pure."""
