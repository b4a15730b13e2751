"""The city that nobody disturbed, with which every test here compares; its stack ends with the last of them."""

from tests.played import played

__all__ = ["played"]
