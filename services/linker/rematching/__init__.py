"""Comparing the register anew with the rows of the schools' lists, once the model, the normaliser or the gate is another one."""
