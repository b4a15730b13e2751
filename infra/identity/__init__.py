"""Who the people are: registered staff, password and one-time code, sessions (`architecture.md` §6)."""
