"""The weekly report (REP-01): made once a week, kept as made, read on a page, as a PDF and as a table."""
