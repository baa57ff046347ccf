"""Texts as importers take them: plain, on one line, not too long."""

import re
from typing import Final

LONGEST_DESCRIPTION: Final = 500
LONGEST_SUMMARY: Final = 100
LONGEST_OVERVIEW: Final = 250
MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>")
"""What an importer that strips HTML would take away, and with it what it says."""


def plain(text: str, most: int = LONGEST_DESCRIPTION) -> str:
    """Return the text without markup on one line, cut after a sentence, or else after a word, so that it fits."""
    whole = " ".join(MARKUP.sub(" ", text).split())
    if len(whole) <= most:
        return whole
    head = whole[: most - 1]
    sentence = max(head.rfind(mark) for mark in (". ", "! ", "? "))
    if sentence > most // 2:
        return head[: sentence + 1]
    return f"{head[: head.rfind(' ')] if ' ' in head else head}…"
