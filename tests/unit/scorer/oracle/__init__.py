"""
What the indicators should say, worked out slowly and plainly from `domain.md` §2 and its rulings §2.8 alone.

It was written without a look at `services/scorer/domain`, and shares no code with it: where the two differ, one of them has misread the
specification. It says less than the service: only what the specification decides. Where that leaves several answers open, all are allowed.
"""
