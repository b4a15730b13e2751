"""
Masked datasets for the analysis body (`domain.md` MASK-01 to 04, S20): nobody in one can be told apart from nine others.

`columns` says what a dataset has and how coarse each cell can be made, `anonymity` how coarse each must be, `attack` tries to find
somebody again, `course` by which steps a dataset is given and deleted.
"""
