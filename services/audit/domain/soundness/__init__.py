"""
What makes a log sound, checked entry by entry: nothing that the database says is believed but the leaves' bytes, and those only
as far as signed checkpoints vouch for them.

One module per thing that can be wrong: the `tree`, its `seals`, the producers' `lanes`, `contradictions`. The `examiner` feeds them.
"""
