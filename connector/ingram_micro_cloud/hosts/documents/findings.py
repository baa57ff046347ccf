"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ingram_micro_cloud.hosts.documents.translation import Json

DocumentKind = Literal["openapi", "swagger"]
Found = tuple[str, str]
"""A place in the document, and a sentence."""
Check = Callable[[Json], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing an importer wants of a document.

    Attributes:
        id: R and two digits; never used again for another rule.
        says: The rule.
        reason: What goes wrong otherwise.
        check: Yields what breaks it.
        of: Which documents it holds for.
    """

    id: str
    says: str
    reason: str
    check: Check
    of: tuple[DocumentKind, ...] = ("openapi",)

    def as_json(self) -> dict[str, object]:
        """Return the row that `export rules --json` prints."""
        return {"id": self.id, "says": self.says, "reason": self.reason, "documents": list(self.of)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One break of a rule: its id, the place in the document, and a sentence."""

    rule: str
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule} {self.place}: {self.sentence}"
