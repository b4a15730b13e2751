"""One file per source system: who owns it, how it arrives, what it may say."""
