"""A mistake in mapping/ is reported with file, line and what was expected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import BundleError
from ingram_micro_cloud.manifest.checks import bundle_problems
from ingram_micro_cloud.manifest.loader import MAPPING, WORDS, load_bundle, load_company_words
from ingram_micro_cloud.manifest.mapping import heading_key
from support.matching import declared

Change = Callable[[str], str]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the real bundle, to break."""
    source = Path(str(bundle_root()))
    shutil.copy(source / "integration.yaml", tmp_path)
    for folder in ("actions", "mapping"):
        shutil.copytree(source / folder, tmp_path / folder)
    return tmp_path


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is no longer in the file"
        return text.replace(old, new, 1)

    return change


def broken(bundle: Path, file: str, change: Change) -> int | None:
    """Change a file; return the first line that is different now."""
    path = bundle / file
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    after = path.read_text(encoding="utf-8")
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((number for number, (old, new) in enumerate(lines, 1) if old != new), None)


MISTAKES: dict[str, tuple[str, Change, str]] = {
    "not YAML": (MAPPING, lambda text: text + "\n: : [", "not valid YAML"),
    "misspelt key": (MAPPING, swap("certain_lead:", "certain_leed:"), "did you mean 'certain_lead'"),
    "a weight above one": (MAPPING, swap("weight: 0.97", "weight: 1.97"), "less than or equal to 1"),
    "a factor of nothing": (MAPPING, swap("against: 0.5", "against: 0"), "greater than 0"),
    "an unknown signal": (MAPPING, swap("  tax_id:\n    title", "  tux_id:\n    title"), "'tax_id'"),
    "no weight": (MAPPING, swap("    weight: 0.68\n", ""), "Field required"),
    "a sentence for nothing that is found": (
        MAPPING,
        swap("      near: the names", "      nearby: the names"),
        "'near' is missing",
    ),
    "a fit for nothing": (
        MAPPING,
        swap("fits: {near: 0.85,", "fits: {near: 0.85, far: 0.1,"),
        "'far' is nothing that is found",
    ),
    "bands upside down": (MAPPING, swap("likely: 0.7,", "likely: 0.3,"), "possible must be below likely"),
    "a column for no field": (MAPPING, swap("  tags: [tags", "  tag: [tags"), "is no field of an organization"),
    "a heading for two fields": (MAPPING, swap("[tags, labels", "[tags, Web Address"), "already stands for domains"),
    "a domain that is none": (MAPPING, swap("  126.com,", "  126,"), "free_mail"),
    "words: misspelt key": (WORDS, swap("vague_forms:", "vage_forms:"), "did you mean 'vague_forms'"),
    "words: one spelling, two forms": (
        WORDS,
        swap("corp: [Corp,", "corp: [Inc, Corp,"),
        "'Inc' already stands for inc",
    ),
    "words: one abbreviation, two words": (
        WORDS,
        swap("{mij: maatschappij}", "{mij: maatschappij, mfg: x}"),
        "already stands for",
    ),
    "words: a leading form that is none": (WORDS, swap("leading: [PT]", "leading: [PTX]"), "none of the legal_forms"),
    "words: a vague form that is none": (WORDS, swap("[co, cie]", "[co, coo]"), "none of the legal_forms"),
    "words: a telling form that is none": (WORDS, swap("[trust]\n\n", "[trast]\n\n"), "none of the legal_forms"),
    "a country of three letters": (MAPPING, swap("Canada: CA", "Canada: CAN"), "countries"),
    "a country that is none": (MAPPING, swap('Norway: "NO"', "Norway: NO"), "countries"),
    "one name, two countries": (MAPPING, swap("Canada: CA", "Canada: CA, canada: US"), "already stands for CA"),
    "no fit for a short id": (MAPPING, swap("    fits: {short: 0.3}\n", ""), "'short' is missing"),
    "words: a language that is none": (WORDS, swap("\n  de:\n", "\n  german:\n"), "pattern"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_broken_file_names_itself_its_line_and_what_was_expected(bundle: Path, name: str) -> None:
    file, change, said = MISTAKES[name]
    broken(bundle, file, change)
    with pytest.raises(BundleError) as caught:
        _ = load_bundle(bundle).words
    place, _, rest = str(caught.value).removeprefix(f"{file}:").partition(":")
    assert place.isdecimal(), str(caught.value)
    assert said in str(caught.value), rest


@pytest.mark.parametrize("name", ["a weight above one", "a factor of nothing", "words: a leading form that is none"])
def test_the_line_is_the_one_with_the_mistake(bundle: Path, name: str) -> None:
    file, change, _ = MISTAKES[name]
    line = broken(bundle, file, change)
    with pytest.raises(BundleError, match=f"^{file}:{line}:"):
        _ = load_bundle(bundle).words


def test_the_words_are_not_read_before_they_are_asked_for(bundle: Path) -> None:
    (bundle / WORDS).unlink()
    load_integration(bundle)
    with pytest.raises(BundleError, match=r"company_words\.yaml: cannot be read"):
        load_company_words(bundle)


def test_a_missing_mapping_file_says_so(bundle: Path) -> None:
    (bundle / MAPPING).unlink()
    with pytest.raises(BundleError, match=r"mapping/organizations\.yaml: cannot be read"):
        load_integration(bundle)


CHECKED: dict[str, tuple[str, Change, str, str]] = {
    "a source that is no list": (
        MAPPING,
        swap("source: {action: list_customers", "source: {action: get_customer"),
        MAPPING,
        "no list action",
    ),
    "a source without such a member": (MAPPING, swap("label: name", "label: title"), MAPPING, "no member 'title'"),
    "a read that writes": (
        MAPPING,
        swap("details: {action: get_customer", "details: {action: update_customer"),
        MAPPING,
        "that reads",
    ),
    "a read without such an input": (
        MAPPING,
        swap("list_subscriptions, input: customerId", "list_subscriptions, input: customer"),
        MAPPING,
        "no input 'customer'",
    ),
    "a mapped input filled by something else": (
        "actions/customers/get_customer.yaml",
        swap("value: id, label: name", "value: externalId, label: name"),
        "actions/customers/get_customer.yaml",
        "a mapped input is chosen by id and name of list_customers",
    ),
    "a customer's id that mapping does not fill": (
        "actions/subscriptions/list_subscriptions.yaml",
        swap("mapped: customerId\n", ""),
        "actions/subscriptions/list_subscriptions.yaml",
        "mapped: has to name it",
    ),
    "a key twice": (MAPPING, lambda text: text + "\nlead: 0.2\n", MAPPING, "written twice"),
    "broken words": (WORDS, swap("[co, cie]", "[coo]"), WORDS, "none of the legal_forms"),
}


@pytest.mark.parametrize("name", CHECKED)
def test_the_slow_check_compares_mapping_and_actions(bundle: Path, name: str) -> None:
    file, change, blamed, said = CHECKED[name]
    assert list(bundle_problems(bundle)) == []
    broken(bundle, file, change)
    found = list(bundle_problems(bundle))
    assert any(said in problem and problem.startswith(f"{blamed}:") for problem in found), found


HEADINGS = {
    "Microsoft ID": "external_ids.microsoft_tenant_id",
    "Customer Tenant ID": "external_ids.microsoft_tenant_id",
    "initialDomainName": "external_ids.microsoft_domain",
    "Primary domain name": "domains",
    "Customer Domain Name": "domains",
    "defaultDomainName": "domains",
    "Email Domains": "domains",
    "Website": "domains",
    "Web": "domains",
    "Company_RecID": "id",
    "Account ID": "id",
    "client_id": "id",
    "Company_Name": "name",
    "Account Name": "name",
    "Client Name": "name",
    "Country_Name": "country",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_headings_of_known_exports_stand_for_a_field(heading: str) -> None:
    columns = declared().mapping.columns
    found = [
        target for target, known in columns.items() if heading_key(heading) in {heading_key(each) for each in known}
    ]
    assert found == [HEADINGS[heading]]


def test_the_customer_id_of_a_tenant_list_is_left_to_the_person() -> None:
    # There it is Microsoft's; in lists of this connector customer_id is the vendor's.
    known = {heading_key(each) for headings in declared().mapping.columns.values() for each in headings}
    assert heading_key("customerId") not in known


def test_countries_have_names_a_list_may_hold() -> None:
    codes = {name.casefold(): code for name, code in declared().mapping.countries.items()}
    wanted = {"united states": "US", "usa": "US", "u.s.": "US", "united kingdom": "GB", "great britain": "GB",
              "uk": "GB", "deutschland": "DE", "norge": "NO", "türkiye": "TR", "nederland": "NL"}  # fmt: skip
    assert {name: codes.get(name) for name in wanted} == wanted
    assert len(set(codes.values())) >= 60
