"""Frozen dataclasses of hot paths: frozen for whoever reads and checks the code, and at run time at the price of plain ones."""

from collections.abc import Callable
from typing import TYPE_CHECKING

__all__ = ["quick"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick
else:
    from dataclasses import dataclass

    def quick(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """
        Make a dataclass like `dataclass(frozen=True, slots=True)`: mypy refuses whoever assigns to a field, nobody does at run time.

        Python builds a frozen one by a call per field (`object.__setattr__`), four times as slow: for what is made for every event.
        """
        if not frozen or not slots:
            raise ValueError("a quick dataclass is frozen, with slots")
        return dataclass(slots=True, unsafe_hash=True)
