"""Removable media (ACQ-03): bundles of the school network, verified whole before a row of them is read."""
