"""Steering live streams: the verbs in force, and cutting connections."""
