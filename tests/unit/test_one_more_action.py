"""An action that is added as one YAML file is in every host, and nothing else was edited."""

import io
import json
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.hosts.description import described
from ingram_micro_cloud.hosts.documents.openapi import imported_document, whole_document
from ingram_micro_cloud.hosts.documents.swagger import swagger_document
from ingram_micro_cloud.hosts.node_red.package import build_package
from ingram_micro_cloud.hosts.serving.access import local_access
from support.gateway import gateway_place
from support.marketplace import Workplace
from support.mcp_tools import assistant, saved

pytestmark = pytest.mark.anyio
ADDED, TITLE = "list_known_customers", "List Known Customers"
URL = "https://connector.example.com"


@pytest.fixture
def grown(tmp_path: Path) -> Integration:
    """The bundle with one more file."""
    root = tmp_path / "bundle"
    for part in ("actions", "mapping"):
        shutil.copytree(str(bundle_root() / part), root / part)
    shutil.copy(str(bundle_root() / "integration.yaml"), root)
    customers = root / "actions" / "customers"
    text = (customers / "list_customers.yaml").read_text(encoding="utf-8")
    (customers / f"{ADDED}.yaml").write_text(text.replace("title: List Customers", f"title: {TITLE}"), encoding="utf-8")
    return load_integration(root)


def test_it_is_in_the_palette_and_in_what_python_platforms_are_told(grown: Integration) -> None:
    assert grown.lookup(TITLE).id == ADDED
    actions = described(grown)["actions"]
    assert isinstance(actions, list)
    assert ADDED in {each["id"] for each in actions}


def test_it_is_in_every_document(grown: Integration) -> None:
    for document in (imported_document(grown, URL), whole_document(grown, URL), swagger_document(grown, URL)):
        assert document["paths"][f"/actions/{ADDED}"]["get"]["summary"] == TITLE


def test_it_is_a_node(grown: Integration) -> None:
    with tarfile.open(fileobj=io.BytesIO(build_package(grown))) as package:
        texts = {each.name: package.extractfile(each) for each in package.getmembers()}
        palette = next(file for name, file in texts.items() if name.endswith("palette.json"))
        assert palette is not None
        assert TITLE in json.dumps(json.loads(palette.read()))


async def test_the_gateway_runs_it(grown: Integration, undocumented: Workplace) -> None:
    async with gateway_place(replace(undocumented, integration=grown)) as place:
        answer = await place.ask("reseller", "GET", f"/actions/{ADDED}", params={"limit": 3})
        assert (answer.status_code, len(answer.json()["items"])) == (200, 3)


async def test_it_is_a_tool(grown: Integration, undocumented: Workplace) -> None:
    workplace = replace(undocumented, integration=grown)
    saved(workplace)
    async with assistant(workplace, local_access(who="ann")) as model:
        (tool,) = [each for each in (await model.client.list_tools()).tools if each.name == ADDED]
        assert tool.title == TITLE
        result = await model.result(ADDED, max_items=2)
        assert result.structured_content is not None
        assert len(result.structured_content["result"]) == 2
