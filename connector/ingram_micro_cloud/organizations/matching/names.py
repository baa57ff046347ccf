"""How well two names of companies agree, by words that weigh as much as they are rare."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from math import log

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.agreement import Agreement, Closeness
from ingram_micro_cloud.organizations.matching.company_name import CompanyName
from ingram_micro_cloud.organizations.matching.words import Vocabulary

_NUMBERS_DIFFER = Agreement(0.0, "numbers_differ", 0.0, "numbers_differ")


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
        if (one.marks or one.faint) and (other.marks or other.faint) and _marks_differ(one, other):
            return _NUMBERS_DIFFER
        is_written_alike = one.compact == other.compact and _same_unit(one, other)
        if one.ordered == other.ordered or is_written_alike:
            return self._of_one_name(one, other, 1.0, one.words, in_order=is_written_alike)
        weight, errors, common, left = self._aligned(one, other)
        if not weight:
            return self._initials(one, other)
        by_words = min(weight / (self.telling(one) + self.telling(other)), 1.0)
        if any(left) or one.repeated != other.repeated or not _same_unit(one, other):
            return self._in_part(one, other, by_words, common, is_within=not all(left))
        if not errors:
            return self._of_one_name(one, other, by_words, common, in_order=False)
        whole, form = self._by_form(one, other)
        is_one_slip = errors == 1 and _differ_in_one_place(one, other) and _only_spelling_differs(one, other)
        closeness = Closeness.NEAR if is_one_slip and form != "legal_form_differs" else Closeness.ALIKE
        finding = Agreement(
            self._fits["near"] ** errors * whole, "near", by_words, "partly", common, closeness, in_order=True
        )
        return self._told_apart(one, other, finding)

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

    def _of_one_name(
        self, one: CompanyName, other: CompanyName, by_words: float, common: tuple[str, ...], *, in_order: bool
    ) -> Agreement:
        whole, finding = self._by_form(one, other)
        closeness = Closeness.ALIKE if finding == "legal_form_differs" else Closeness.FULL
        if not in_order and (one.linked or other.linked or one.faint or one.qualifiers or one.marks):
            # West Bank is not Bank of the West; Cedar Plumbing is Plumbing Cedar.
            whole, finding, closeness = whole * self._fits["reordered"], "reordered", Closeness.ALIKE
        elif not _only_spelling_differs(one, other):
            whole, finding, closeness = whole * self._fits["near"], "near", Closeness.ALIKE
        if not one.words and one.bare != other.bare:
            closeness = Closeness.APART
        return Agreement(whole, finding, by_words, "agrees", common, closeness, in_order)

    def _in_part(
        self, one: CompanyName, other: CompanyName, by_words: float, common: tuple[str, ...], *, is_within: bool
    ) -> Agreement:
        whole = min(by_words * ratio(one.ordered, other.ordered) / 100, self._fits["partly"])
        finding = "partly" if is_within else "words_differ"
        has_own_marks = one.marks != other.marks or one.faint != other.faint
        closeness = Closeness.WITHIN if is_within and not has_own_marks else Closeness.APART
        return self._told_apart(one, other, Agreement(whole, finding, by_words, "partly", common, closeness))

    def _told_apart(self, one: CompanyName, other: CompanyName, found: Agreement) -> Agreement:
        """Return an agreement less what tells a parent from its child and one unit from another."""
        whole, by_words, finding = found.whole, found.by_words, found.finding
        if one.qualifiers != other.qualifiers:
            has_more = one.qualifiers <= other.qualifiers or other.qualifiers <= one.qualifiers
            found_more = "qualifier" if has_more else "qualifiers_differ"
            whole = min(whole, self._fits[found_more])
            # That each has words of its own says more than that one of them has a qualifier.
            finding = finding if has_more and finding == "words_differ" else found_more
        if one.numbers != other.numbers or one.last_mark != other.last_mark:
            finding, most = "number_missing", self._fits["number_missing"]
            whole, by_words = min(whole, most), min(by_words, most)
        if finding == found.finding and whole == found.whole:
            return found
        return replace(found, whole=whole, by_words=by_words, finding=finding, closeness=Closeness.APART)

    def _by_form(self, one: CompanyName, other: CompanyName) -> tuple[float, str]:
        mine, theirs = one.forms - self._vocabulary.vague, other.forms - self._vocabulary.vague
        if mine != theirs and ((mine and theirs) or not self._vocabulary.telling.isdisjoint(mine | theirs)):
            return self._fits["legal_form_differs"], "legal_form_differs"
        return 1.0, "same" if one.bare == other.bare else "agrees"

    def _aligned(
        self, one: CompanyName, other: CompanyName
    ) -> tuple[float, int, tuple[str, ...], tuple[set[str], set[str]]]:
        """Return the weight of words that meet, typing errors among them, the common ones, what is left of each."""
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
        return weight, errors, tuple(common), (mine, theirs)

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


def _marks_differ(one: CompanyName, other: CompanyName) -> bool:
    """Whether each name has a number or a single letter that the other has not."""
    mine, theirs = one.marks | one.faint, other.marks | other.faint
    return not (mine <= theirs or theirs <= mine)


def _same_unit(one: CompanyName, other: CompanyName) -> bool:
    """Whether two names that are written alike without spaces end alike too: Vitamin E is not Vitamine."""
    return one.numbers == other.numbers and one.last_mark == other.last_mark


def _only_spelling_differs(one: CompanyName, other: CompanyName) -> bool:
    """Whether single letters between words are in both names, or stand where the other has another "and"."""
    return one.faint == other.faint or (one if len(one.faint) < len(other.faint) else other).linked


def _differ_in_one_place(one: CompanyName, other: CompanyName) -> bool:
    both = zip(one.words, other.words, strict=False)
    return len(one.words) == len(other.words) and sum(mine != theirs for mine, theirs in both) == 1
