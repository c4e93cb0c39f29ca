"""Recordings of event streams: reading and writing their files. Pure."""
