"""Why an evaluation or a training cannot be: each is told in a line."""


class Refusal(Exception):
    """What whoever called can mend; the text says how, and quotes nothing of a file but its columns."""


class ColumnMissing(Refusal):
    """A file lacks a column without which it says nothing, or has several for one thing."""


class FileUnreadable(Refusal):
    """A file is not there, is empty, or is no CSV in UTF-8 or Windows-31J."""


class RowUnusable(Refusal):
    """A line has no id, or that of another line. It is named by its number."""


class WeightsUnreadable(Refusal):
    """A file is no table of weights, or lacks some."""


class NoFebrl(Refusal):
    """The package with the data is not installed, or there is no such set."""


class NothingToLearn(Refusal):
    """Too few records and people are alike: no weights come of them."""


class LearnedTheHousehold(Refusal):
    """The weights take members of a household, or namesakes, for one person. They must not be used."""
