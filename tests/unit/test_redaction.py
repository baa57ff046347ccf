"""Secrets disappear in every spelling they travel in."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from ingram_micro_cloud.redaction import MASK, Redactor, mask_paths, values_at

SECRET = 'Sé cret/+"pass\\word'  # not a real one: every character that some encoding changes


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        quote(base64.b64encode(SECRET.encode()).decode(), safe=""),
    ],
)
def test_a_secret_is_found_in_any_spelling(spelling: str) -> None:
    shown = Redactor([SECRET]).text(f"before {spelling} after")
    assert spelling.strip('"') not in shown
    assert shown.startswith("before")
    assert shown.endswith("after")


def test_the_longest_goes_first_so_that_no_part_survives() -> None:
    assert Redactor(["canary", "canary-long"]).text("canary-long canary") == f"{MASK} {MASK}"


def test_values_are_masked_at_any_depth_and_in_names() -> None:
    assert Redactor(["s3cret"]).value({"s3cret": [{"a": "x s3cret"}, 5, None]}) == {MASK: [{"a": f"x {MASK}"}, 5, None]}


def test_a_wider_redactor_still_knows_the_first_secrets() -> None:
    first = Redactor(["first-secret"])
    wider = first.with_secrets(["second-secret"])
    assert wider.text("first-secret second-secret") == f"{MASK} {MASK}"
    assert first.text("second-secret") == "second-secret"


def test_very_short_values_would_blank_out_ordinary_words() -> None:
    assert Redactor(["us"]).text("customer") == "customer"


def test_paths_mask_every_element_and_leave_the_rest() -> None:
    value = {"contacts": [{"password": "a", "email": "b"}, {"password": None}], "name": "n"}
    masked = mask_paths(value, ["contacts.*.password"])
    assert masked == {"contacts": [{"password": MASK, "email": "b"}, {"password": None}], "name": "n"}
    assert value["contacts"][0]["password"] == "a"  # type: ignore[index]  # the original stays


def test_values_at_a_path() -> None:
    value = {"contacts": [{"password": "a"}, {"password": 5}, {}], "x": {"password": "b"}}
    assert list(values_at(value, "contacts.*.password")) == ["a"]
    assert list(values_at(value, "*.password")) == ["b"]
    assert list(values_at([], "a.b")) == []
