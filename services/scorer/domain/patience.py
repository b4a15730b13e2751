"""
When a child of whom there is news is evaluated: at once in the afternoon, once it was left alone in a flood.

A night brings a child's twenty records within seconds. To evaluate the child with each of them would cost more than all the rest, and
would tell the ward of states that were never true. So news that comes in a flood is kept as a row (table `news`: of whom, and since
when by the database's clock), saved with the facts themselves, and the turn of the child comes

- once nobody was told anything for a moment (`calm_seconds`): the flood is over, and everybody is evaluated;
- before that, once the child was left alone for some time (`alone_seconds`): its records are together, as far as anybody knows; up
  to ten seconds where the flood comes as fast as it can be heard, two where it leaves room;
- at the latest after `longest_seconds`, however much news still comes: nobody starves in a flood that does not end;
- as soon as more than `most_waiting` children wait, for those of them who were left alone the longest: what is left to do when a flood
  ends is bounded, too;
- at once where the ward was told that people should look: nobody shall start on a review whose reasons are gone;
- at once for some of those of each lot who were evaluated before, have no news that waits, and of whom little was said for long: what came
  now may be all that the flood brings of them. It costs one or two evaluations more where it was not, and a single event does not wait
  behind other people's flood.

News that comes outside of a flood does not wait at all: the child is evaluated in the transaction of the news. Whose day has come
without any news waits for nothing, either. They are evaluated in slices, a transaction each, so that parcels are heard in between.
Whoever evaluates a child locks it, deletes the news that it sees, and then reads: news that is saved meanwhile stays, for a next turn.
Several processes need not know of each other, and one that is killed leaves the news where it was.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long news of a child waits at this moment."""

    calm_seconds: float | None
    """Once there was no news of anybody for so long, everybody's turn has come; None: not now, however long it was."""
    alone_seconds: float
    """Once there was no news of a child for so long, its turn has come."""
    longest_seconds: float
    """None waits longer than this."""
    most_waiting: int
    """No more children than this wait."""


NONE = Patience(0.0, 0.0, 0.0, 0)
"""Everybody's turn has come."""
