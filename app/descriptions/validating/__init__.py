"""Requests held against a description: parameters, credentials and bodies."""
