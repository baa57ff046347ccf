"""The little Markdown that the reference pages need."""

import json
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Generated from the bundle and the code; do not edit: run `make fix`. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; bars and line breaks in cells are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in line)} |\n" for line in lines)


def code(value: object) -> str:
    """Return a JSON value as a block."""
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```\n"


def tick(text: str) -> str:
    """Return a text as inline code."""
    return f"`{text}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
