"""Texts as they come from files, hosts and the vendor: what may be stored, and what is tidied first."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 255
"""Characters of an id, name or list element; the platform takes no more either."""
_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that reorder text on a screen: a name holding one does not read as what it is."""
_UNWANTED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_UNSEEN: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters that nobody sees. Some belong inside names of some scripts; none belongs in an id, or around a text."""


def problem_in(text: str) -> tuple[str, str] | None:
    """Return code and half a sentence for a text that must not be stored, or None."""
    if len(text) > LONGEST:
        return "too_long", f"has {len(text)} characters; at most {LONGEST} are possible"
    if any(_unwanted(character) for character in text):
        return "control_character", "holds a line break or another control character; take it out"
    return None


def problem_in_id(text: str) -> tuple[str, str] | None:
    """Return the same for a text that must be an id: two ids that look alike must be one."""
    if (problem := problem_in(text)) is not None:
        return problem
    if any(character in _UNSEEN for character in text):
        return "invisible_character", "holds a character that cannot be seen; type it anew"
    return None


def trimmed(text: str) -> str:
    """Return a text without the blanks and unseen characters around it that spreadsheets and copying leave there."""
    return text.strip(f" \t\u00a0{_UNSEEN}")


def tidied(text: str) -> str:
    """Return a text in one line: control characters gone, blanks single."""
    return " ".join("".join(" " if _unwanted(character) else character for character in text).split())


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for capitals, blanks and Unicode forms."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """Return a name without capitals, doubled blanks and differences of Unicode forms."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()


def ended(text: str) -> str:
    """Return a text with a full stop, unless it ends with one already, as "Acme Co." does."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def shortened(text: str, most: int = 60) -> str:
    """Return a text that fits into a message."""
    plain = tidied(text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _unwanted(character: str) -> bool:
    return unicodedata.category(character) in _UNWANTED or character in _DIRECTIONS
