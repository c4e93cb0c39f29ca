"""Payloads as public APIs document them, with the rules of a strict reader.

``tuning`` has the payloads that the generator may be tuned on, ``first`` the
examples of continuous streaming that everybody tries first. A set put aside
for a last look is a folder elsewhere, of modules of the same form.
"""
