"""docs/hosts.md names what the code has."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.documents.openapi import imported_document
from ingram_micro_cloud.hosts.gateway import refusals
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError
from ingram_micro_cloud.hosts.surface.operator import MAPPING_TABLE

PAGE = Path(__file__).parents[2] / "docs" / "hosts.md"


def made() -> Iterator[HttpRefusalError]:
    """Every refusal there is, made with arguments of the kind it takes."""
    sample: dict[object, object] = {float: 1.0, str: "x", int: 400}
    for function in vars(refusals).values():
        if inspect.isfunction(function) and function.__module__ == refusals.__name__:
            parameters = inspect.signature(function).parameters.values()
            make: Callable[..., HttpRefusalError] = function
            yield make(*(sample.get(each.annotation, ["GET"]) for each in parameters))


def test_every_code_of_the_gateway_is_on_the_page() -> None:
    codes = {each.code for each in made()}
    assert len(codes) >= 10
    (paragraph,) = re.findall(r"What the gateway refuses by itself.*?\n\n", PAGE.read_text(), flags=re.DOTALL)
    assert set(re.findall(r"`([a-z]+_?[a-z_]+)`", paragraph)) - {"retry", "yes"} == codes


def test_the_page_names_the_mapping_action_and_a_true_size(integration: Integration) -> None:
    text = PAGE.read_text()
    assert f"*{MAPPING_TABLE.summary}*" in text
    document = imported_document(integration, "https://connector.example.com")
    assert MAPPING_TABLE.path in document["paths"]
