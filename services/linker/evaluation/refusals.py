"""Why an evaluation or a training cannot be: each is told in a line."""


class ColumnMissing(Exception):
    """A file lacks a column without which it says nothing."""


class FileUnreadable(Exception):
    """A file is not there, is empty, or is no CSV in UTF-8 or Windows-31J."""


class NoFebrl(Exception):
    """The package with the data is not installed, or there is no such set."""


class LearnedTheHousehold(Exception):
    """The weights take members of a household, or namesakes, for one person. They must not be used."""
