"""What the comparison of two names comes to."""

from dataclasses import dataclass
from enum import IntEnum


class Closeness(IntEnum):
    """How far two names may be one company's, whatever their words weigh.

    Members:
        APART: Each has words, a qualifier, a number or a letter that the other has not; or they have nothing in common.
        WITHIN: One says no more than a part of the other.
        ALIKE: The same words, but legal form, order or a letter between them may make two companies of them.
        NEAR: One typing error.
        FULL: Nothing but spelling, and a legal form that is left out.
    """

    APART = 0
    WITHIN = 1
    ALIKE = 2
    NEAR = 3
    FULL = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two names agree: the whole names, and word by word.

    Attributes:
        finding: What was found about the names; ``words_finding`` about the words.
        common: The words they share, for saying so.
        in_order: Whether the words come in the same order.
    """

    whole: float
    finding: str
    by_words: float
    words_finding: str
    common: tuple[str, ...] = ()
    closeness: Closeness = Closeness.APART
    in_order: bool = False

    @property
    def full(self) -> bool:
        """Whether nothing but legal form, order and spelling is between them."""
        return self.closeness == Closeness.FULL

    @property
    def tells_apart(self) -> bool:
        """Whether the names name two branches or units: North and South, Store 12 and Store 21."""
        return self.finding in ("numbers_differ", "qualifiers_differ")
