"""The programme's cycle of a year: its steps with their dates, who sees to each, and what came of it (PUSH-09, SCH-01)."""
