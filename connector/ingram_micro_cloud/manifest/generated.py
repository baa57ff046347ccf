"""Everything in the repository that is written from the bundle and the models; `make check` compares it."""

import json
from importlib.resources.abc import Traversable

from pydantic import BaseModel

from ingram_micro_cloud.manifest.docs_actions import actions_page
from ingram_micro_cloud.manifest.docs_configuration import configuration_page
from ingram_micro_cloud.manifest.docs_errors import errors_page
from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.manifest.loader import load_bundle
from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.manifest.models import ActionFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMENT = "Generated from connector/ingram_micro_cloud/manifest/; do not edit: run `make fix`."


def generated_files(root: Traversable) -> dict[str, str]:
    """Return every generated file: its path in the repository and its text."""
    bundle = load_bundle(root)
    return {
        "schema/action.schema.json": _schema(ActionFile, "action", ("input", "output")),
        "schema/integration.schema.json": _schema(IntegrationFile, "integration", ()),
        "schema/mapping.schema.json": _schema(MappingFile, "mapping", ()),
        "schema/company_words.schema.json": _schema(CompanyWords, "company_words", ()),
        "docs/actions.md": actions_page(bundle),
        "docs/configuration.md": configuration_page(bundle.integration),
        "docs/errors.md": errors_page(),
    }


def _schema(model: type[BaseModel], name: str, schemas: tuple[str, ...]) -> str:
    made = model.model_json_schema(by_alias=True)
    for member in schemas:
        # These members are JSON Schemas themselves, so editors help inside them as well.
        made["properties"][member] = {"$ref": DIALECT}
    whole = {"$schema": DIALECT, "$id": f"urn:ingram-micro-cloud:schema:{name}", "$comment": COMMENT, **made}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
