"""From a name as somebody wrote it to plain words: one case, one script, no punctuation."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = re.compile("['’‘`´ʼ]")
_AND = re.compile("[&+＆]")
_DOTTED = re.compile(r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+\.?(?![^\W_])")
_WORD = re.compile(r"[^\W_]+")
_NOT_PLAIN = re.compile("[^a-z0-9]+")


def written_words(text: str) -> list[str]:
    """Return the words of a text in its own script: compatibility forms resolved, without case, marks and dots.

    Dotted initials become one word (``S.p.A.`` is ``spa``), ``&`` and ``+`` become ``and``, apostrophes vanish.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    plain = _AND.sub(" and ", _APOSTROPHES.sub("", plain))
    return _WORD.findall(_DOTTED.sub(lambda found: found.group().replace(".", ""), plain))


def plain_words(words: list[str]) -> list[str]:
    """Return the words in ASCII; single letters that follow each other become one word (``a b c`` is ``abc``)."""
    joined: list[str] = []
    run = ""
    for word in words:
        plain = word if word.isascii() else _transliterated(word)
        if len(plain) == 1 and plain.isalpha():
            run += plain
            continue
        joined += [each for each in (run, plain) if each]
        run = ""
    return [*joined, run] if run else joined


def plain_word(text: str) -> str:
    """Return a text as one plain word, as it is compared."""
    return "".join(plain_words(written_words(text)))


@lru_cache(maxsize=65_536)
def _transliterated(word: str) -> str:
    return _NOT_PLAIN.sub("", anyascii(word).casefold())


@lru_cache(maxsize=4_096)
def script(letter: str) -> str:
    """Return the first word of a letter's Unicode name, which is its script (``CJK``, ``LATIN``)."""
    return unicodedata.name(letter, "").partition(" ")[0]
