"""The nouns of web services, one module a subject; each a typical object."""
