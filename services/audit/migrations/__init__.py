"""The tables of the log, oldest migration first."""
