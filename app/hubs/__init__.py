"""Hubs: connections of SignalR clients, their calls, and the groups that they join.

A transport hands bytes to a ``HubConnection`` and takes frames from it; ``Hub`` knows
the open ones. What clients may call is a table of methods, so that another hub is
another table.
"""
