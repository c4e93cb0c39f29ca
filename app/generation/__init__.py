"""The embedded generator: from a schema, or a path alone, to values that behave.

::

    Subject (path, schema, count, locale, fields)
      | plan.compile_plan
      |   documents     the schema as a whole: references, checks
      |   alternatives  combinators away: a few flat schemas (conjunction)
      |   compiler      a writer for each: objects, arrays, numbers, texts, ...
      |   roles         what a field is, by its name
      v
    Plan                shared, never changes
      | start
      v
    Simulation          what one stream remembers (state)
      | value, elements
      v
    JSON text           cut into pieces by ``pieces``, into elements by ``cutting``

Everything here is pure: time and random numbers are passed in.
"""
