"""From an example to the writers of its values: what stays, and what changes how.

A value of the example is believable by definition, so a change has to earn its
place: a field changes where its name, its form, its neighbours or the path say
how. Everything else keeps the example's value.

Of records, what was just made is a new one in every event (``renewal``), with new ids
(``identities``) and texts (``utterances``). What lasts keeps its id and all that
belongs to it, and only what it measures moves (``readings``).
"""
