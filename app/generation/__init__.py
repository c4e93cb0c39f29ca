"""The embedded generator: from a schema, or a path alone, to values that behave.

::

    Subject (path, schema, count, locale, fields)
      | plan.compile_plan
      |   documents      the schema as a whole: references, checks
      |   survey         its examples as a whole: the present, what repeats what
      |   alternatives   combinators away: a few flat schemas (conjunction)
      |   compiler       a writer for each, by type:
      |     objects      templates; neighbours and relations make members agree
      |     arrays       entities that last, or new entries in every event
      |     numbers      ranges, and the motion in them
      |     texts        kinds of text, and how they begin, change or follow clocks
      |   evidence       or, for an example: what it says of itself, and
      |   examples       the writers of what has earned a change, all else kept
      |   roles          what a field is, by its name; its tables are number_roles,
      |                  text_roles and moments
      v
    Plan                 shared, never changes
      | start
      v
    Simulation           what one stream remembers (state)
      | value, elements
      v
    JSON text            cut into pieces by ``pieces``, into elements by ``cutting``

``archetypes`` knows what paths are about, ``vocabulary`` the words, ``census`` the
names of a locale. Everything is pure: time and random numbers are passed in.
"""
