"""How often Python looks for objects that refer to each other in a circle."""

import gc

ALLOCATIONS = 100_000
"""So many more objects than were let go of, until the youngest are looked through."""


def seldom_look_for_cycles() -> None:
    """
    Let Python look for cycles rarely: events make many short-lived objects and hardly one, and looking costs a tenth of the CPU.

    A process says so before it imports what it runs by, all of which stays (a fifth of the time until a service is there), and after it.
    """
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 50, 100)
