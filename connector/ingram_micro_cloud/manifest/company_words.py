"""What may be written in mapping/company_words.yaml: the words around a company's name."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from ingram_micro_cloud.manifest.files import Location
from ingram_micro_cloud.manifest.models import Declared, Name

Fields = tuple[str, ...]


class LanguageWords(Declared):
    """The words of one language."""

    legal_forms: Mapping[Name, Fields]
    leading: Fields = Field((), description="Spellings of legal forms that also stand in front of a name.")
    noise: Fields = ()
    abbreviations: Mapping[str, str] = {}
    qualifiers: Mapping[Name, Fields] = {}
    trades: Fields = ()


class CompanyWords(Declared):
    """The whole of mapping/company_words.yaml."""

    languages: Mapping[Annotated[str, Field(pattern=r"^[a-z]{2}$")], LanguageWords]
    vague_forms: Fields = Field(description="Legal forms that contradict no other.")
    telling_forms: Fields = Field((), description="Legal forms that are never just left out: a trust is no company.")
    folds: Mapping[str, str]
    numerals: Mapping[str, str]
    last_numerals: Mapping[str, str] = Field({}, description="Those that are numbers at the end of a name only.")
    unspaced: Fields = Field(description="First words of the Unicode names of letters that are written unspaced.")

    def mistakes(self) -> Iterator[tuple[Location, str]]:
        """Yield place and sentence of words that mean two things."""
        yield from self._meanings()
        forms = {form for words in self.languages.values() for form in words.legal_forms}
        for kind, listed in (("vague_forms", self.vague_forms), ("telling_forms", self.telling_forms)):
            for position, form in enumerate(listed):
                if form not in forms:
                    yield (kind, position), f"{form!r} is none of the legal_forms"
        long_for: dict[str, str] = {}
        for language, words in self.languages.items():
            for short, long in words.abbreviations.items():
                if long_for.setdefault(short.casefold(), long) != long:
                    place = ("languages", language, "abbreviations", short)
                    yield place, f"{short!r} already stands for {long_for[short.casefold()]}"
            known = {each.casefold() for spellings in words.legal_forms.values() for each in spellings}
            for position, leading in enumerate(words.leading):
                if leading.casefold() not in known:
                    yield ("languages", language, "leading", position), f"{leading!r} is none of the legal_forms"

    def _meanings(self) -> Iterator[tuple[Location, str]]:
        for kind in ("legal_forms", "qualifiers"):
            seen: dict[str, str] = {}
            for language, words in self.languages.items():
                table: Mapping[str, Fields] = getattr(words, kind)
                for meaning, spellings in table.items():
                    for position, spelling in enumerate(spellings):
                        other = seen.setdefault(spelling.casefold(), meaning)
                        if other != meaning:
                            at = ("languages", language, kind, meaning, position)
                            yield at, f"{spelling!r} already stands for {other}"
