"""The exported documents, held against other people's linters."""

import json
import subprocess
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.documents.openapi import imported_document, whole_document
from ingram_micro_cloud.hosts.documents.rules_document import compact
from ingram_micro_cloud.hosts.documents.swagger import swagger_document
from support.npm_tools import tool

RULES = Path(__file__).with_name("spectral.yaml")
MAKERS = {"openapi": imported_document, "openapi-whole": whole_document, "swagger": swagger_document}


def spectral(file: Path) -> list[dict[str, object]]:
    """Return what Spectral finds, hints included."""
    command = [str(tool("spectral")), "lint", "--ruleset", str(RULES), "--format", "json", "--quiet", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.stdout.strip(), ended.stderr
    found: list[dict[str, object]] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_linters_find_nothing(integration: Integration, tmp_path: Path, kind: str) -> None:
    document = MAKERS[kind](integration, "https://gateway.example.com/im")
    validate(document)
    file = tmp_path / f"{kind}.json"
    file.write_text(compact(document), encoding="utf-8")
    assert spectral(file) == []


def test_the_linter_would_find_something(integration: Integration, tmp_path: Path) -> None:
    document = imported_document(integration, "https://gateway.example.com/im")
    document["paths"]["/actions/get_customer"]["get"]["tags"] = ["Strangers"]
    file = tmp_path / "wrong.json"
    file.write_text(compact(document), encoding="utf-8")
    assert "operation-tag-defined" in {found["code"] for found in spectral(file)}
