"""Comparing the register anew with the rows of the schools' lists, once the model or the normaliser is another one."""
