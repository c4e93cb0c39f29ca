"""HTTP: the only room that imports Flask.

A blueprint a file; ``errors`` turns every error into a response.
"""
