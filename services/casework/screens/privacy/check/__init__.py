"""The privacy check of every year (PRIV-02): evidence gathered, what is to be mended, two signatures; on a page and as a PDF."""
