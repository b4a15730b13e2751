"""Unit tests of the embedded stack: definitions, secrets, ports, processes."""
