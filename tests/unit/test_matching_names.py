"""Which names are one company's, and how sure that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingram_micro_cloud.organizations.matching.agreement import Agreement, Closeness
from ingram_micro_cloud.organizations.matching.company_name import company_name
from ingram_micro_cloud.organizations.matching.names import Names
from ingram_micro_cloud.organizations.matching.spelling import plain_words, written_words
from ingram_micro_cloud.organizations.matching.words import vocabulary_of
from support.matching import declared

VOCABULARY = vocabulary_of(declared().words)
FULL = (
    ("Contoso Ltd", "Contoso Limited"),
    ("Contoso Ltd", "CONTOSO"),
    ("Contoso S.p.A.", "CONTOSO SPA"),
    ("Contoso & Co.", "Contoso and Company Ltd"),
    ("Müller GmbH", "Muller"),
    ("Mueller GmbH", "Müller GmbH"),
    ("Alder & Finch Dental LLC", "Alder and Finch Dental"),
    ("The Alder Group", "Alder Group"),
    ("Ναυτιλιακή Αιγαίου Α.Ε.", "ΝΑΥΤΙΛΙΑΚΗ ΑΙΓΑΙΟΥ"),
    ("株式会社青葉設計", "青葉設計(株)"),
    ("㈱青葉設計", "青葉設計"),
    ("Aoba Sekkei K.K.", "Aoba Sekkei"),
    ("ООО «Ромашка»", "Ромашка"),
    ("ООО Ромашка", "Romashka OOO"),
    ("شركة الواحة للتجارة", "الواحة للتجارة ذ.م.م"),
    ("Société Lumière du Midi SARL", "Societe Lumiere Midi"),
    ("Żurawski Transport Sp. z o.o.", "Zurawski Transport sp.z o. o."),
    ("Grupo Norte S.A. de C.V.", "GRUPO NORTE SA de CV"),
    ("Kaya Yazılım A.Ş.", "Kaya Yazilim"),
    ("Kaya Yazılım Ltd. Şti.", "Kaya Yazilim"),
    ("Nordic Fisk A/S", "Nordic Fisk AS"),
    ("Acme Pvt. Ltd.", "Acme Private Limited"),
    ("Maju Jaya Sdn. Bhd.", "Maju Jaya"),
    ("PT Maju Jaya", "Maju Jaya"),
    ("UAB Baltic Wood", "Baltic Wood UAB"),
    ("Smith Bros. Mfg.", "Smith Brothers Manufacturing"),
    ("Contoso Intl", "Contoso International Inc."),
    ("Plumbing Cedar", "Cedar Plumbing Inc."),
    ("Pineridge Law Group", "Pine Ridge Law Group PLLC"),
    ("Law Pineridge", "Pine Ridge Law"),
    ("A.B.C. Plumbing", "ABC Plumbing"),
    ("A B C Plumbing Pty Ltd", "ABC Plumbing"),
    ("O'Brien Travel", "OBrien Travel"),
    ("Brightwater Store 012", "Brightwater, Store 12"),
    ("Brightwater Store12", "Brightwater Store 12"),
    ("Brightwater Store II", "Brightwater Store 2"),
    ("ＣＯＮＴＯＳＯ　Ｌｔｄ", "Contoso"),
    ("Rosewood Fund I", "Rosewood Fund 1 LLC"),
    ("Grandway Store Two", "Grandway Store 2"),
    ("1st Choice Dental", "First Choice Dental"),
    ("T-Mobile Repair", "TMobile Repair"),
    ("Casa e Giardino S.r.l.", "Casa & Giardino"),
    ("Salud y Vida SA de CV", "Salud y Vida"),
    ("Alder Group, The", "Alder Group"),
    ("Contoso Holdings Ltd", "Contoso Holding"),
    ("Wagga Wagga Dental LLC", "Wagga Wagga Dental"),
)
APART = (
    ("Brightwater Coffee, Store 12", "Brightwater Coffee, Store 21", "numbers_differ", 0.0, 0.0),
    ("Contoso 1905", "Contoso 2005", "numbers_differ", 0.0, 0.0),
    ("Brightwater Coffee", "Brightwater Coffee, Store 12", "number_missing", 0.1, 0.5),
    ("Contoso Ltd", "Contoso GmbH", "legal_form_differs", 0.6, 0.8),
    ("Müller GmbH", "Mueller GmbH & Co. KG", "legal_form_differs", 0.6, 0.8),
    ("Nordic Fisk A/S", "Nordic Fisk ApS", "legal_form_differs", 0.6, 0.8),
    ("Contoso Holding", "Contoso", "qualifier", 0.2, 0.6),
    ("Contoso North", "Contoso South", "qualifiers_differ", 0.1, 0.4),
    ("Contoso Germany", "Contoso France", "qualifiers_differ", 0.1, 0.4),
    ("Müller Verwaltungs GmbH", "Müller GmbH", "qualifier", 0.1, 0.6),
    ("Juniper Veterinary", "Junipre Veterinary", "near", 0.85, 0.95),
    ("Juniper Veterinary", "Junipr Veterinary", "near", 0.85, 0.95),
    ("Contoso Plumbing", "Contoso", "partly", 0.1, 0.8),
    ("Cedar Dental", "Cedar Rental", "words_differ", 0.1, 0.8),
    ("Cedar Dental", "Maple Dental", "words_differ", 0.0, 0.3),
    ("Fabrikam Holding", "Fabrikam Services", "words_differ", 0.1, 0.6),
    ("Grandway Store A", "Grandway Store E", "numbers_differ", 0.0, 0.0),
    ("Grandway Store A", "Grandway Store", "number_missing", 0.1, 0.5),
    ("Team A", "Team", "number_missing", 0.1, 0.5),
    ("Team A", "Team B", "numbers_differ", 0.0, 0.0),
    ("Vitamin E", "Vitamin D", "numbers_differ", 0.0, 0.0),
    ("Vitamin E", "Vitamine", "number_missing", 0.1, 0.5),
    ("Oak Park I LLC", "Oak Park LLC", "number_missing", 0.1, 0.5),
    ("Rosewood Fund", "Rosewood Fund I", "number_missing", 0.1, 0.5),
    ("Rosewood Fund I", "Rosewood Fund II", "numbers_differ", 0.0, 0.0),
    ("Rosewood Fund V", "Rosewood Fund IV", "numbers_differ", 0.0, 0.0),
    ("Unit 4A Studios", "Unit 4B Studios", "numbers_differ", 0.0, 0.0),
    ("First Baptist Church", "Second Baptist Church", "numbers_differ", 0.0, 0.0),
    ("First Bank", "One Bank", "numbers_differ", 0.0, 0.0),
    ("Store Two", "Store Three", "numbers_differ", 0.0, 0.0),
    ("Plan A Consulting", "Plan B Consulting", "numbers_differ", 0.0, 0.0),
    ("Plan A Consulting", "Plan I Consulting", "numbers_differ", 0.0, 0.0),
    ("Plan A Consulting", "Plan Consulting", "near", 0.8, 0.9),
    ("Grandway Store AA", "Grandway Store A", "number_missing", 0.0, 0.5),
    ("Joe Alder Law", "Jo Alder Law", "words_differ", 0.1, 0.8),
    ("D Street Dental", "E Street Dental", "numbers_differ", 0.0, 0.0),
    ("A Street Dental", "Street Dental", "partly", 0.1, 0.8),
    ("Contoso LA", "Contoso", "partly", 0.1, 0.8),
    ("Contoso LA", "Contoso DE", "words_differ", 0.1, 0.8),
    ("Wagga Wagga Dental", "Wagga Dental", "partly", 0.1, 0.8),
    ("Bank of the West", "West Bank", "reordered", 0.8, 0.9),
    ("City of Springfield", "Springfield City", "reordered", 0.8, 0.9),
    ("North Springfield Dental", "Springfield North Dental", "reordered", 0.8, 0.9),
    ("Smith & Jones Law", "Jones & Smith Law", "reordered", 0.8, 0.9),
    ("Hill Family LLC", "Hill Family Trust", "legal_form_differs", 0.6, 0.8),
    ("Hill Family", "Hill Family Trust", "legal_form_differs", 0.6, 0.8),
    ("International Business Machines", "IBM", "differs", 0.0, 0.0),
    ("Contoso", "Fabrikam", "differs", 0.0, 0.0),
    ("株式会社", "Contoso", "differs", 0.0, 0.0),
    ("!!!", "Contoso", "differs", 0.0, 0.0),
)


def compared(one: str, other: str) -> Agreement:
    both = [company_name(one, VOCABULARY), company_name(other, VOCABULARY)]
    return Names(declared().mapping, VOCABULARY, both).compare(*both)


@pytest.mark.parametrize(("one", "other"), FULL)
def test_these_are_one_name(one: str, other: str) -> None:
    found = compared(one, other)
    assert found.full, found
    assert found.by_words == 1.0


@pytest.mark.parametrize(("one", "other", "finding", "least", "most"), APART)
def test_these_are_not_the_same_name(one: str, other: str, finding: str, least: float, most: float) -> None:
    found = compared(one, other)
    assert found.finding == finding
    assert least <= found.whole <= most
    assert not found.full


CLOSE = (
    ("Contoso Dental", "Contoso Dental LLC", Closeness.FULL),
    ("Cedar Plumbing", "Plumbing Cedar", Closeness.FULL),
    ("Juniper Veterinary", "Junipre Veterinary", Closeness.NEAR),
    ("Juniper Veterinary", "Veterinary Junipre", Closeness.ALIKE),
    ("Juniper Alderwood", "Junipre Alderwod", Closeness.ALIKE),
    ("Juniper Inc", "Junipre LLC", Closeness.ALIKE),
    ("Juniper Inc", "Juniper LLC", Closeness.ALIKE),
    ("West Bank", "Bank of the West", Closeness.ALIKE),
    ("Plan A Consulting", "Plan Consulting", Closeness.ALIKE),
    ("Contoso Trading", "Contoso", Closeness.WITHIN),
    ("Wagga Wagga Dental", "Wagga Dental", Closeness.WITHIN),
    ("Contoso Trading", "Contoso Travel", Closeness.APART),
    ("Contoso Holding", "Contoso", Closeness.APART),
    ("Contoso North", "Contoso South", Closeness.APART),
    ("Contoso Store A", "Contoso Store", Closeness.APART),
    ("J Alder Dental", "Alder Dental", Closeness.APART),
    ("Contoso", "Fabrikam", Closeness.APART),
    ("!!!", "???", Closeness.APART),
)


@pytest.mark.parametrize(("one", "other", "expected"), CLOSE)
def test_how_far_two_names_may_be_one_companys(one: str, other: str, expected: Closeness) -> None:
    assert compared(one, other).closeness == expected
    assert compared(other, one).closeness == expected


def test_initials_are_weak_evidence_word_by_word_and_none_for_the_whole() -> None:
    found = compared("IBM", "International Business Machines Corp.")
    assert (found.whole, found.by_words, found.words_finding) == (0.0, 0.5, "initials")


def test_two_words_that_many_customers_have_are_no_typing_error() -> None:
    known = [company_name(f"{first} {second}", VOCABULARY) for first in ("Marten", "Martin") for second in "abcd"]
    names = Names(declared().mapping, VOCABULARY, known)
    assert not names.similar("marten", "martin")
    assert names.similar("marten", "marteen")


def test_the_more_customers_have_a_word_the_less_it_tells() -> None:
    known = [company_name(f"Contoso {word}", VOCABULARY) for word in ("Alpha", "Beta", "Gamma")]
    names = Names(declared().mapping, VOCABULARY, known)
    assert names.weight("contoso") < names.weight("alpha") == names.weight("unheard")
    assert names.weight("dental") < names.weight("unheard")


def test_no_spelling_stands_for_two_legal_forms() -> None:
    seen: dict[tuple[str, ...], set[str]] = {}
    for words in declared().words.languages.values():
        for form, spellings in words.legal_forms.items():
            for spelling in spellings:
                written = written_words(spelling)
                key = tuple(plain_words(written)) if spelling.isascii() else tuple(written)
                seen.setdefault(key, set()).add(form)
    assert {key: forms for key, forms in seen.items() if len(forms) > 1} == {}


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_compare_the_same_both_ways(one: str, other: str) -> None:
    there, back = compared(one, other), compared(other, one)
    assert there.whole == pytest.approx(back.whole)
    assert there.by_words == pytest.approx(back.by_words)
    assert 0 <= there.whole <= 1
    assert 0 <= there.by_words <= 1


@given(st.text(max_size=40))
def test_a_name_agrees_with_itself(text: str) -> None:
    assert compared(text, text).full
