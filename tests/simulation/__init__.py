"""Whole exchanges in a seeded world: the real use cases, on a virtual clock, with faults.

``python -m tests.simulation --seed 7 --worlds 1`` replays a world with a readable trace.

A business context joins with one file, such as ``ledger_life``: a class that takes the ``World``
and is a ``Context`` (see ``world``), and a line in ``run.CONTEXTS``. Its actions reach the use
cases through ``world.ask`` (keyed: sent again, twice at once, late, and answered alike each time)
or ``world.call``; ``world.expires`` brings clients to the moments at which something ends. Its
``check`` runs after every write and looks at what changed, its ``check_at_the_end`` at everything.
The bugs that it must see join in ``planted_bugs``.
"""
