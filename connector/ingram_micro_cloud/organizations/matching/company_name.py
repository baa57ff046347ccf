"""A company's name taken apart."""

import re
from collections import Counter
from dataclasses import dataclass

from ingram_micro_cloud.organizations.matching.spelling import plain_words, written_words
from ingram_micro_cloud.organizations.matching.words import Vocabulary

_LEAST_INITIALS = 3
_NUMBERED = re.compile(r"\d+[a-z]{0,2}|[a-z]{1,2}\d+")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name without what does not tell companies apart.

    Attributes:
        bare: The name as written, without case and runs of blanks; for saying that two names are the same.
        words: Its words in order, transliterated and spelled out, without legal form and noise.
        compact: The words without the space between them.
        ordered: The words in alphabetical order, for comparing without word order.
        forms: Legal forms it was written with.
        numbers: Words that are numbers, also with a letter (4a).
        marks: Numbers and words of a single letter, which tell units of one company apart (Store 12, Store A).
        last_mark: The last word where it is one of the marks.
        faint: Single letters between two words that are noise in some language, and not among the words.
        linked: Whether other noise (of, and) stood between two words.
        repeated: Words that it has more than once, and how often.
        qualifiers: What tells a parent from a child: holding, north.
        initials: First letters of three words or more.
    """

    bare: str
    words: tuple[str, ...]
    bag: frozenset[str]
    compact: str
    ordered: str
    forms: frozenset[str]
    numbers: frozenset[str]
    marks: frozenset[str]
    last_mark: str
    faint: frozenset[str]
    linked: bool
    repeated: frozenset[tuple[str, int]]
    qualifiers: frozenset[str]
    initials: str


def company_name(text: str, vocabulary: Vocabulary) -> CompanyName:
    """Take a name apart."""
    written, native = vocabulary.without_native_forms(written_words(text))
    plain, forms = vocabulary.without_forms(plain_words(written))
    spelled = vocabulary.spelled_out(plain)
    words, bag = spelled.words, frozenset(spelled.words)
    letters = [word[0] for word in words if not word.isdecimal()]
    numbers = frozenset(word for word in bag if _NUMBERED.fullmatch(word))
    marks = numbers | {word for word in bag if len(word) == 1}
    repeated = [] if len(bag) == len(words) else [each for each in Counter(words).items() if each[1] > 1]
    return CompanyName(
        bare=" ".join(text.casefold().split()),
        words=words,
        bag=bag,
        compact="".join(words),
        ordered=" ".join(sorted(words)),
        forms=frozenset(forms | native),
        numbers=numbers,
        marks=marks,
        last_mark=words[-1] if words and words[-1] in marks else "",
        faint=spelled.letters,
        linked=spelled.linked,
        repeated=frozenset(repeated),
        qualifiers=frozenset(vocabulary.qualifiers[word] for word in words if word in vocabulary.qualifiers),
        initials="".join(letters) if len(letters) >= _LEAST_INITIALS else "",
    )
