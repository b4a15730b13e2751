"""
The press: reads HTML from stdin and writes a tagged PDF (PDF/UA-1) with embedded fonts to stdout.

A program of its own, started for one document (`pressing.py`): what hangs or grows is ended with it, nothing that the service holds is in
its reach, and what it prints is in no file. It loads nothing: no address in the HTML is fetched, of the machine's files least of all.
"""

import logging
import resource
import sys
from enum import IntEnum
from typing import Any

CPU_SECONDS = 30
MEMORY = 2 * 1024**3
FONT = "Noto-Sans-CJK-JP"
"""As it is named in a PDF. Without it Japanese text would be printed in whatever the machine has, or as boxes."""


class Ended(IntEnum):
    """How the press ends, as its exit code."""

    PRINTED = 0
    NO_LIBRARY = 3
    NO_FONT = 4


def main() -> int:
    """Print one document."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Warnings quote the document.
    logging.disable(logging.CRITICAL)
    try:
        # Loads Pango, which is Debian's and may not be there.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        return Ended.NO_LIBRARY
    fonts: set[str] = set()
    html = HTML(string=sys.stdin.buffer.read().decode("utf-8"), url_fetcher=URLFetcher(allowed_protocols=()))
    printed = html.write_pdf(pdf_variant="pdf/ua-1", finisher=lambda _, pdf: fonts.update(_fonts_of(pdf)))
    if not any(FONT in name for name in fonts):
        return Ended.NO_FONT
    sys.stdout.buffer.write(printed)
    return Ended.PRINTED


def _fonts_of(pdf: Any) -> set[str]:
    return {str(each["BaseFont"]) for each in pdf.objects if isinstance(each, dict) and "BaseFont" in each}


if __name__ == "__main__":
    sys.exit(main())
