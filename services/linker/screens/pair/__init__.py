"""One question: two records side by side, what speaks for it, what would follow, and the answer."""
