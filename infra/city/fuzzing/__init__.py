"""Fuzzing of ingest: what no honest sender would send, in great number, at a stack that runs; and what must hold afterwards."""
