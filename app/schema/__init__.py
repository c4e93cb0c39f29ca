"""What JSON Schemas and examples are: parsing, merging, checking. Pure."""
