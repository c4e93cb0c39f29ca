"""What an example says of itself: its fields, its times, what is new in each event.

``outline`` puts together what the other modules find. Nothing here writes values:
that is what ``examples`` does with it.

What was just made is a new record in every event (``renewal``), with new ids
(``identities``) and texts (``utterances``). What lasts keeps its id and all that
belongs to it, and only what it measures moves (``changes``).
"""
