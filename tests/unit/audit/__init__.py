"""Pure tests of the audit log."""
