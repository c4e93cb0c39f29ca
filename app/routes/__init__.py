"""Mock routes: what the service answers at the client's own paths.

::

    mapping --declaration--> Declared --compiled--> Route --table--> RouteTable
    request --RouteTable.find--> the first Route that fits, or why none does

``template`` reads paths, ``conditions`` tells whether a request fits, ``placeholders``
fills ``{{...}}``. All of it is pure.
"""
