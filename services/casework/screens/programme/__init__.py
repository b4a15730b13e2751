"""Running the programme itself (`domain.md` §1.2, §1.8): a folder each for what its screens show."""
