"""The declared words around company names, made ready for looking up."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ingram_micro_cloud.manifest.mapping import CompanyWords
from ingram_micro_cloud.organizations.matching.spelling import plain_word, plain_words, script, written_words

_LETTERS_THEN_DIGITS = re.compile(r"^([a-z]{3,})(\d+)$")
_MOST_FORMS = 4
_LEAST_FOLDED = 4
_A_STATE = 2
"""Letters of what may be a state or a country at the end of a name, though it is noise elsewhere (LA, IN, DE)."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """Words spelled out, and the noise that stood between them.

    Attributes:
        letters: Single letters between two words that are noise in some language: "and" here, a name there (Plan A).
        linked: Whether other noise stood between two words.
    """

    words: tuple[str, ...]
    letters: frozenset[str]
    linked: bool


@dataclass(frozen=True)
class Vocabulary:
    """The words of all languages together.

    Attributes:
        forms: Legal forms by their plain words; the value is the form they stand for.
        vague: Forms that contradict no other.
        telling: Forms that are never just left out.
        leading: Those that also stand in front of a name.
        native: Legal forms of other scripts, by their words as written.
        glued: Those written without a space between form and name, longest first.
    """

    forms: Mapping[Words, str]
    vague: frozenset[str]
    telling: frozenset[str]
    leading: Mapping[Words, str]
    native: Mapping[Words, str]
    glued: tuple[tuple[str, str], ...]
    noise: frozenset[str]
    long: Mapping[str, str]
    qualifiers: Mapping[str, str]
    trades: frozenset[str]
    numerals: Mapping[str, str]
    last_numerals: Mapping[str, str]
    folds: tuple[tuple[str, str], ...]

    def without_native_forms(self, words: list[str]) -> tuple[list[str], set[str]]:
        """Return the words without legal forms of other scripts, and which forms those were."""
        found: set[str] = set()
        if all(word.isascii() for word in words):
            return words, found
        for _ in range(_MOST_FORMS):
            shorter, form = _cut(words, self.native, both_ends=True)
            if form is None:
                shorter, form = self._unglued(words)
            if form is None:
                break
            words = shorter
            found.add(form)
        return words, found

    def without_forms(self, words: list[str]) -> tuple[list[str], set[str]]:
        """Return plain words without the legal forms at their end and beginning, and which forms those were."""
        found: set[str] = set()
        for table, at_end in ((self.forms, True), (self.leading, False)):
            for _ in range(_MOST_FORMS):
                shorter, form = _cut(words, table, both_ends=False, at_end=at_end)
                if form is None:
                    break
                words = shorter
                found.add(form)
        return words, found

    def spelled_out(self, words: list[str]) -> Spelled:
        """Return plain words with abbreviations written out, numerals as digits, folded, and without noise."""
        apart: list[str] = []
        for word in words:
            split = _LETTERS_THEN_DIGITS.match(word)
            apart += split.groups() if split else (word,)
        told = [self.numerals.get(word, word) for word in apart]
        told = [word.lstrip("0") or "0" if word.isdecimal() else self.long.get(word, word) for word in told]
        if len(told) > 1:
            told[-1] = self.last_numerals.get(told[-1], told[-1])
        kept: list[str] = []
        letters: set[str] = set()
        linked = False
        for place, word in enumerate(told):
            is_last = place == len(told) - 1
            if word not in self.noise or (is_last and (len(word) <= _A_STATE or not kept)):
                kept.append(self.folded(word))
            elif len(word) > 1:
                linked = linked or 0 < place < len(told) - 1
            elif place:
                letters.add(word)
            else:
                kept.append(word)
        return Spelled(tuple(kept), frozenset(letters), linked)

    def folded(self, word: str) -> str:
        """Return a plain word with the ways to write one sound made one; Joe is not Jo, and unit AA not unit A."""
        if len(word) < _LEAST_FOLDED:
            return word
        for written, told in self.folds:
            if written in word:
                word = word.replace(written, told)
        return word

    def _unglued(self, words: list[str]) -> tuple[list[str], str | None]:
        for text, form in self.glued:
            if words[0].startswith(text) and (len(words) > 1 or len(words[0]) > len(text)):
                return [each for each in (words[0][len(text) :], *words[1:]) if each], form
            if words[-1].endswith(text) and (len(words) > 1 or len(words[-1]) > len(text)):
                return [each for each in (*words[:-1], words[-1][: -len(text)]) if each], form
        return words, None


def vocabulary_of(declared: CompanyWords) -> Vocabulary:
    """Return the declared words, each in the spelling names are compared in."""
    languages = declared.languages.values()
    leading_spellings = {each.casefold() for words in languages for each in words.leading}
    forms: dict[Words, str] = {}
    leading: dict[Words, str] = {}
    native: dict[Words, str] = {}
    glued: dict[str, str] = {}
    for form, spelling in [
        (form, each) for words in languages for form, spelled in words.legal_forms.items() for each in spelled
    ]:
        written = tuple(written_words(spelling))
        latin = all(script(letter) in ("LATIN", "DIGIT") for word in written for letter in word)
        if latin:
            forms[tuple(plain_words(list(written)))] = form
            if spelling.casefold() in leading_spellings:
                leading[tuple(plain_words(list(written)))] = form
        else:
            native[written] = form
            unspaced = all(script(letter) in declared.unspaced for word in written for letter in word)
            # A form in brackets, (株), is a word of its own and never glued.
            if unspaced and not spelling.startswith("("):
                glued["".join(written)] = form
    bare = Vocabulary(
        forms=forms, vague=frozenset(declared.vague_forms), telling=frozenset(declared.telling_forms), leading=leading,
        native=native, glued=_longest_first(glued), noise=frozenset(), long={}, qualifiers={}, trades=frozenset(),
        numerals={}, last_numerals={}, folds=tuple(declared.folds.items()),
    )  # fmt: skip
    long = {plain_word(short): plain_word(whole) for words in languages for short, whole in words.abbreviations.items()}
    numerals = {plain_word(word): digits for word, digits in declared.numerals.items()}

    def told(words: Iterable[str]) -> frozenset[str]:
        # Compared after abbreviations and folds, so they go through both.
        return frozenset(bare.folded(long.get(plain, plain)) for plain in map(plain_word, words))

    qualifiers = {
        word: meaning for words in languages for meaning, spelled in words.qualifiers.items() for word in told(spelled)
    }
    trades = told(trade for words in languages for trade in words.trades)
    in_forms = frozenset(bare.folded(word) for spelled in forms for word in spelled if len(spelled) == 1)
    noise = frozenset(plain_word(word) for words in languages for word in words.noise)
    return replace(
        bare, noise=noise, long=long, qualifiers=qualifiers, trades=trades | in_forms, numerals=numerals,
        last_numerals=declared.last_numerals,
    )  # fmt: skip


def _longest_first(glued: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(glued.items(), key=lambda each: (-len(each[0]), each[0])))


def _cut(
    words: list[str], table: Mapping[Words, str], *, both_ends: bool, at_end: bool = True
) -> tuple[list[str], str | None]:
    for length in range(min(len(words) - 1, 6), 0, -1):
        if (at_end or both_ends) and (form := table.get(tuple(words[-length:]))) is not None:
            return words[:-length], form
        if (both_ends or not at_end) and (form := table.get(tuple(words[:length]))) is not None:
            return words[length:], form
    return words, None
