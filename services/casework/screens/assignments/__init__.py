"""Who of the ward works with which children: how many each has, what an operation would do, and what became of it."""
