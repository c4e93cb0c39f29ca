"""Plays the faults of one stream: ``distortion`` changes frames, ``writer`` writes."""
