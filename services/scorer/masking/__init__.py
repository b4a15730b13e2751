"""Masked datasets for the analysis body: of whom they speak, the steps by which they are given and deleted, their files."""
