"""The management API: a blueprint a file."""
