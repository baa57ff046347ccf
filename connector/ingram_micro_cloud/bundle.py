"""Where the declarative half lives: integration.yaml, actions/ and mapping/. Nothing else may look for it."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def bundle_root() -> Traversable:
    """Return the folder that holds integration.yaml, actions/ and mapping/.

    A wheel carries the folder inside the package; a checkout has it at the root of the repository,
    and there an edit is seen by the next run.
    """
    packed = files("ingram_micro_cloud") / "_bundle"
    return packed if packed.is_dir() else Path(__file__).parents[2]
