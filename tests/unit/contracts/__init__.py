"""Pure parts of the contract."""
