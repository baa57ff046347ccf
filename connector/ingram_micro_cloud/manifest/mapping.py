"""What may be written in mapping/organizations.yaml: how organizations are matched with customers."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from ingram_micro_cloud.manifest.company_words import CompanyWords, Fields
from ingram_micro_cloud.manifest.files import Location
from ingram_micro_cloud.manifest.models import Declared, Name, Sentence

__all__ = ["CompanyWords", "MappingFile", "heading_key"]

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Signal = Literal[
    "microsoft_tenant_id", "ingram_customer_id", "tax_id", "microsoft_domain", "external_id",
    "contact_domain", "name", "tokens", "country", "status",
]  # fmt: skip

FOUND: Mapping[Signal, tuple[str, ...]] = {
    "name": ("same", "agrees", "legal_form_differs", "near", "reordered", "partly", "words_differ", "qualifier",
             "qualifiers_differ", "number_missing", "numbers_differ", "differs"),
    "tokens": ("agrees", "partly", "initials", "numbers_differ", "differs"),
    "ingram_customer_id": ("agrees", "short", "differs"),
    "external_id": ("agrees", "short"),  # of two systems, so that they differ says nothing
    "status": ("differs",),
}  # fmt: skip
"""What matching can find out under a signal; ``agrees`` and ``differs`` where nothing is listed."""
FITS: Mapping[Signal, tuple[str, ...]] = {
    "name": ("legal_form_differs", "near", "reordered", "partly", "qualifier", "qualifiers_differ", "number_missing"),
    "tokens": ("near", "initials"),
    "ingram_customer_id": ("short",),
    "external_id": ("short",),
}
"""The findings whose fit is declared."""
TARGET = re.compile(r"^(id|name|domains|country|tags|external_ids\.[a-z0-9_]+)$")


class SourceSpec(Declared):
    """The list of the vendor's customers, and which members of its rows are what."""

    action: Name
    key: str
    label: str
    external_id: str
    status: str
    cancelled: tuple[str, ...] = Field(description="Status values of customers that are over.")


class VariableSpec(Declared):
    """The organization variables a mapping is stored in on the platform."""

    name: str
    further: str
    excluded: str
    category: str


class ReadSpec(Declared):
    """A read about one thing: which action, and which input takes the id."""

    action: Name
    input: str


class ReadsSpec(Declared):
    """What refresh may read where names do not decide, and how much of it."""

    details: ReadSpec
    holdings: ReadSpec
    parameters: ReadSpec
    most_calls: Annotated[int, Field(ge=0, description="Calls of one refresh beside the list itself.")]
    subscriptions_per_customer: Count
    keep_days: Annotated[int, Field(ge=1, description="Days before what was read is read again.")]


class EvidenceSpec(Declared):
    """Where facts lie in the vendor's objects, as dotted paths; ``*`` is every element."""

    tax_id: str
    country: str
    mails: str
    parameters: Fields = Field(description="Members of a subscription that hold named parameters.")
    tenant_ids: Fields = Field(description="Names of parameters that carry a Microsoft tenant id.")
    microsoft_domains: Fields = Field(description="Names of parameters that carry a Microsoft domain.")


class ExternalIdsSpec(Declared):
    """Kinds of external ids with a meaning of their own."""

    tenant: Fields
    microsoft_domain: Fields
    customer: Fields
    tax: Fields


class SignalSpec(Declared):
    """One kind of evidence: what it weighs, and what is said about it."""

    title: Sentence
    weight: Share
    identifier: bool = Field(False, description="One value belongs to one company.")
    alone: bool = Field(False, description="Needs no support of a name or a domain.")
    against: Factor = Field(1.0, description="What a contradiction multiplies the whole score with.")
    fits: Mapping[Name, Share] = Field({}, description="How much a finding counts, where that is a choice.")
    says: Mapping[Name, Sentence] = Field(description="What is said for each finding; {value} is what was compared.")


class BandsSpec(Declared):
    """The least score of each band that a score decides."""

    likely: Share
    possible: Share


class WordsSpec(Declared):
    """How much words count that many companies have in their name."""

    trade: Share
    qualifier: Share
    known_from: Count
    typo_from_letters: Count


class CandidatesSpec(Declared):
    """How far matching looks for one organization."""

    scored: Count
    looked_at: Count
    most_in_one_group: Annotated[int, Field(ge=2, description="Larger contested groups are settled best pair first.")]


class TaxSpec(Declared):
    """Letters around the number of a tax id."""

    prefixes: Fields
    suffixes: Fields


class GuardSpec(Declared):
    """Names under which a request or an answer carries a customer's id."""

    inputs: Fields
    answers: Fields


class MappingFile(Declared):
    """The whole of mapping/organizations.yaml."""

    source: SourceSpec
    variable: VariableSpec
    reads: ReadsSpec
    evidence: EvidenceSpec
    external_ids: ExternalIdsSpec
    signals: Mapping[Signal, SignalSpec]
    shared_note: str = Field(description="Added to what is said of a value that {count} customers have.")
    bands: BandsSpec
    lead: Share
    certain_lead: Share
    short_id: Annotated[int, Field(ge=0, description="Ids of at most this many characters are short.")]
    words: WordsSpec
    candidates: CandidatesSpec
    domain_shared_by: Count
    tenant_suffixes: Mapping[Domain, Domain]
    free_mail: frozenset[Domain]
    placeholders: Fields
    tax: TaxSpec
    countries: Mapping[str, CountryCode]
    guard: GuardSpec
    columns: Mapping[str, Fields]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.bands.possible >= self.bands.likely:
            raise ValueError("bands: possible must be below likely")
        if self.certain_lead < self.lead:
            raise ValueError("certain_lead: must not be below lead")
        return self

    def mistakes(self) -> Iterator[tuple[Location, str]]:
        """Yield place and sentence of what only the whole file shows to be wrong."""
        for name in get_args(Signal):
            if name not in self.signals:
                yield ("signals",), f"the signal {name!r} is missing"
                continue
            spec, found = self.signals[name], FOUND.get(name, ("agrees", "differs"))
            yield from _compared(("signals", name, "says"), found, spec.says)
            yield from _compared(("signals", name, "fits"), FITS.get(name, ()), spec.fits)
        yield from self._countries()
        headings: dict[str, str] = {}
        for target, known in self.columns.items():
            if not TARGET.match(target):
                yield ("columns", target), f"{target!r} is no field of an organization"
            for position, heading in enumerate(known):
                other = headings.setdefault(heading_key(heading), target)
                if other != target:
                    yield ("columns", target, position), f"the heading {heading!r} already stands for {other}"

    def _countries(self) -> Iterator[tuple[Location, str]]:
        codes: dict[str, str] = {}
        for name, code in self.countries.items():
            if (other := codes.setdefault(name.casefold(), code)) != code:
                yield ("countries", name), f"{name!r} already stands for {other}"


def heading_key(heading: str) -> str:
    """Return a column's heading as it is compared: letters and digits only, without case."""
    return re.sub(r"[\W_]+", "", heading).casefold()


def _compared(place: Location, expected: Fields, written: Mapping[str, object]) -> Iterator[tuple[Location, str]]:
    for name in expected:
        if name not in written:
            yield place, f"{name!r} is missing"
    for name in written:
        if name not in expected:
            yield (*place, name), f"{name!r} is nothing that is found; there are {', '.join(expected) or 'none'}"
