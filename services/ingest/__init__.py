"""Takes in what the source systems say."""
