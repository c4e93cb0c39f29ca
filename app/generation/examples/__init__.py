"""From an example to the writers of its values: what stays, and what changes how.

A value of the example is believable by definition, so a change has to earn its
place: a field changes where its name, its form, its neighbours or the path say
how (``evidence``). Everything else keeps the example's value.
"""
