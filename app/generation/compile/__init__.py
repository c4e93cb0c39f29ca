"""From a schema to the writers of its values, part by part."""
