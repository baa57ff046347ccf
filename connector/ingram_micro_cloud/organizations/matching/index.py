"""Finds the few customers worth scoring for an organization, without looking at all of them."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import pairwise

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.facts import IDENTIFYING, Facts
from ingram_micro_cloud.organizations.matching.names import Names

_AN_IDENTIFIER = 4.0
_THE_WHOLE_NAME = 2.0
"""Added to a rank, where words together give at most 1: what is found this way is scored before all else."""


class Index:
    """An inverted index over names and identifiers.

    A name is found by its words, by words with one typing error (through the letters left when one is dropped), by two
    words written as one, by one written as two, by its initials, and by the whole of it.
    """

    def __init__(self, spec: MappingFile, names: Names, rows: Sequence[Facts]) -> None:
        self._scored = spec.candidates.scored
        self._looked_at = spec.candidates.looked_at
        self._typo_from = spec.words.typo_from_letters
        self._names = names
        self._rows = rows
        self._weights = [names.telling(row.name) for row in rows]
        self._by_word: dict[str, list[int]] = {}
        self._by_pair: dict[str, list[int]] = {}
        self._by_initials: dict[str, list[int]] = {}
        self._by_whole: dict[str, list[int]] = {}
        self._by_value: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(rows):
            self._enter(number, row)
        self._nearly: dict[str, list[str]] = {}
        for word in self._by_word:
            for left in self._left_overs(word):
                self._nearly.setdefault(left, []).append(word)

    def candidates(self, facts: Facts) -> list[Facts]:
        """Return the rows most alike, most promising first; at most as many as are to be scored."""
        rank: dict[int, float] = {}
        for number, weight in self._by_words(facts):
            rank[number] = rank.get(number, 0.0) + 2 * weight
        own = self._names.telling(facts.name)
        rank = {number: shared / (own + self._weights[number] or 1.0) for number, shared in rank.items()}
        for number in self._certainly_worth(facts):
            rank[number] = rank.get(number, 0.0) + _THE_WHOLE_NAME
        for signal, values in zip(IDENTIFYING, facts.values, strict=True):
            for value in values:
                for number in self._by_value.get((signal, value), ()):
                    rank[number] = rank.get(number, 0.0) + _AN_IDENTIFIER
        best = nsmallest(self._scored, rank, key=lambda number: (-rank[number], self._rows[number].id))
        return [self._rows[number] for number in best]

    def _enter(self, number: int, row: Facts) -> None:
        name = row.name
        for word in name.bag:
            self._by_word.setdefault(word, []).append(number)
        for pair in _pairs(name.words):
            self._by_pair.setdefault(pair, []).append(number)
        if name.initials:
            self._by_initials.setdefault(name.initials, []).append(number)
        for whole in {name.compact, name.ordered} - {""}:
            self._by_whole.setdefault(whole, []).append(number)
        for signal, values in zip(IDENTIFYING, row.values, strict=True):
            for value in values:
                self._by_value.setdefault((signal, value), []).append(number)

    def _by_words(self, facts: Facts) -> Iterator[tuple[int, float]]:
        found: list[tuple[list[int], float]] = []
        weight = self._names.weight
        for word in facts.name.bag:
            told = weight(word)
            for entries, share in (
                (self._by_word.get(word), 1.0),
                (self._by_pair.get(word), 1.0),
                (self._by_initials.get(word), 0.5),
            ):
                if entries:
                    found.append((entries, told * share))
            found += [(self._by_word[near], weight(near)) for near in self._near(word)]
        for pair in {*_pairs(facts.name.words), facts.name.initials}:
            if entries := self._by_word.get(pair):
                found.append((entries, weight(pair)))
        found.sort(key=lambda each: len(each[0]))
        looked_at = 0
        for entries, share in found:
            looked_at += len(entries)
            if looked_at > self._looked_at and looked_at > len(entries):
                break
            for number in entries:
                yield number, share

    def _certainly_worth(self, facts: Facts) -> set[int]:
        wholes = {facts.name.compact, facts.name.ordered}
        return {number for whole in wholes for number in self._by_whole.get(whole, ())}

    def _near(self, word: str) -> Iterable[str]:
        near = {other for left in self._left_overs(word) for other in self._nearly.get(left, ())}
        return [other for other in sorted(near) if other != word and self._names.similar(word, other)]

    def _left_overs(self, word: str) -> set[str]:
        if len(word) < self._typo_from or word.isdecimal():
            return set()
        return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (first + second for first, second in pairwise(words))
