"""Tests of the linker's domain."""
