"""A company's name taken apart, and how well two of them agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.spelling import plain_words, written_words
from ingram_micro_cloud.organizations.matching.words import Vocabulary

_LEAST_INITIALS = 3


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name without what does not tell companies apart.

    Attributes:
        bare: The name as written, without case and runs of blanks; for saying that two names are the same.
        words: Its words in order, transliterated and spelled out, without legal form and noise.
        compact: The words without the space between them.
        ordered: The words in alphabetical order, for comparing without word order.
        forms: Legal forms it was written with.
        numbers: Words that are numbers.
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
    qualifiers: frozenset[str]
    initials: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two names agree: the whole names, and word by word.

    Attributes:
        finding: What was found about the names; ``words_finding`` about the words.
        common: The words they share, for saying so.
    """

    whole: float
    finding: str
    by_words: float
    words_finding: str
    common: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether nothing but legal form, order and spelling is between them."""
        return self.whole == 1.0


def company_name(text: str, vocabulary: Vocabulary) -> CompanyName:
    """Take a name apart."""
    written, native = vocabulary.without_native_forms(written_words(text))
    plain, forms = vocabulary.without_forms(plain_words(written))
    words = tuple(vocabulary.folded(word) for word in vocabulary.spelled_out(plain))
    letters = [word[0] for word in words if not word.isdecimal()]
    return CompanyName(
        bare=" ".join(text.casefold().split()),
        words=words,
        bag=frozenset(words),
        compact="".join(words),
        ordered=" ".join(sorted(words)),
        forms=frozenset(forms | native),
        numbers=frozenset(word for word in words if word.isdecimal()),
        qualifiers=frozenset(vocabulary.qualifiers[word] for word in words if word in vocabulary.qualifiers),
        initials="".join(letters) if len(letters) >= _LEAST_INITIALS else "",
    )


class Names:
    """Compares names; knows how common each word is among the customers."""

    def __init__(self, spec: MappingFile, vocabulary: Vocabulary, known: Iterable[CompanyName]) -> None:
        self._fits = spec.signals["name"].fits
        self._word_fits = spec.signals["tokens"].fits
        self._spec = spec.words
        self._vocabulary = vocabulary
        self._used: dict[str, int] = {}
        count = 0
        for name in known:
            count += 1
            for word in name.bag:
                self._used[word] = self._used.get(word, 0) + 1
        self._count = max(count, 1)
        self._weights: dict[str, float] = {}
        self._sums: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """Return how much a word tells (0 to 1): less the more names have it, less for trades and qualifiers."""
        found = self._weights.get(word)
        if found is None:
            used = max(self._used.get(word, 1), 1)
            found = log(1 + self._count / used) / log(1 + self._count)
            if word in self._vocabulary.qualifiers:
                found *= self._spec.qualifier
            elif word in self._vocabulary.trades:
                found *= self._spec.trade
            self._weights[word] = found
        return found

    def telling(self, name: CompanyName) -> float:
        """Return how much all words of a name tell together."""
        found = self._sums.get(name.ordered)
        if found is None:
            found = self._sums[name.ordered] = self._sum(name.bag)
        return found

    def compare(self, one: CompanyName, other: CompanyName) -> Agreement:
        """Return how well two names agree; the same whichever comes first."""
        if one.ordered == other.ordered or (one.compact == other.compact and one.numbers == other.numbers):
            return self._agreeing(one, other)
        if one.numbers and other.numbers and not (one.numbers <= other.numbers or other.numbers <= one.numbers):
            return Agreement(0.0, "numbers_differ", 0.0, "numbers_differ")
        aligned, errors, common, left = self._aligned(one, other)
        if not aligned:
            return self._initials(one, other)
        total = self.telling(one) + self.telling(other)
        by_words = min(aligned / total, 1.0)
        if not left and not errors:
            whole, finding = self._by_form(one, other)
        elif not left:
            whole, finding = self._fits["near"] ** errors * self._by_form(one, other)[0], "near"
        else:
            whole = min(by_words * ratio(one.ordered, other.ordered) / 100, self._fits["partly"])
            finding = "partly"
        if one.qualifiers != other.qualifiers and whole > self._fits["qualifier"]:
            whole, finding = self._fits["qualifier"], "qualifier"
        elif one.qualifiers != other.qualifiers:
            finding = "qualifier"
        if one.numbers != other.numbers:
            most = self._fits["number_missing"]
            whole, by_words, finding = min(whole, most), min(by_words, most), "number_missing"
        return Agreement(whole, finding, by_words, "partly" if left or errors else "agrees", common)

    def similar(self, one: str, other: str) -> bool:
        """Whether two words are one word with a typing error, and not two words known well."""
        least = self._spec.typo_from_letters
        if len(one) < least or len(other) < least or abs(len(one) - len(other)) > 1 or one.isdecimal():
            return False
        if OSA.distance(one, other, score_cutoff=1) > 1 or _numbered(one) != _numbered(other):
            return False
        return not (self._is_known(one) and self._is_known(other))

    def _is_known(self, word: str) -> bool:
        words = self._vocabulary
        return word in words.trades or word in words.qualifiers or self._used.get(word, 0) >= self._spec.known_from

    def _agreeing(self, one: CompanyName, other: CompanyName) -> Agreement:
        whole, finding = self._by_form(one, other)
        return Agreement(whole, finding, 1.0, "agrees", one.words)

    def _by_form(self, one: CompanyName, other: CompanyName) -> tuple[float, str]:
        mine, theirs = one.forms - self._vocabulary.vague, other.forms - self._vocabulary.vague
        if mine and theirs and mine != theirs:
            return self._fits["legal_form_differs"], "legal_form_differs"
        return 1.0, "same" if one.bare == other.bare else "agrees"

    def _aligned(self, one: CompanyName, other: CompanyName) -> tuple[float, int, tuple[str, ...], bool]:
        """Return the weight of words that meet, typing errors among them, the common ones, whether any is left."""
        shared = one.bag & other.bag
        mine, theirs = set(one.bag - shared), set(other.bag - shared)
        weight = 2 * self._sum(shared)
        common = [word for word in one.words if word in shared]
        errors = 0
        if mine and theirs:
            for joined, first, second, whole, parted in sorted(
                [(*split, mine, theirs) for split in _splits(other, theirs, mine)]
                + [(*split, theirs, mine) for split in _splits(one, mine, theirs)],
                key=lambda each: each[:3],
            ):
                if joined in whole and first in parted and second in parted:
                    whole.discard(joined)
                    parted.difference_update((first, second))
                    weight += self.weight(joined) + self.weight(first) + self.weight(second)
                    common.append(joined)
            likenesses = [
                [*sorted((word, like)), word, like] for word in mine for like in theirs if self.similar(word, like)
            ]
            for _, _, word, like in sorted(likenesses):
                if word in mine and like in theirs:
                    mine.discard(word)
                    theirs.discard(like)
                    weight += self._word_fits["near"] * (self.weight(word) + self.weight(like))
                    errors += 1
                    common.append(word)
        return weight, errors, tuple(common), bool(mine or theirs)

    def _initials(self, one: CompanyName, other: CompanyName) -> Agreement:
        for short, long in ((one, other), (other, one)):
            if long.initials and long.initials in short.bag:
                return Agreement(0.0, "differs", self._word_fits["initials"], "initials")
        return Agreement(0.0, "differs", 0.0, "differs")

    def _sum(self, words: Iterable[str]) -> float:
        return sum([self.weight(word) for word in words])


def _splits(name: CompanyName, among: set[str], wholes: set[str]) -> list[tuple[str, str, str]]:
    return [
        (first + second, first, second)
        for first, second in pairwise(name.words)
        if first in among and second in among and first + second in wholes
    ]


def _numbered(word: str) -> str:
    return "".join(letter for letter in word if letter.isdigit())
