"""Folders of action files: ours, and those that installed extensions add."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

from ingram_micro_cloud.errors import BundleError

SCHEMAS: Final = "schemas"
SUFFIX: Final = ".yaml"


@dataclass(frozen=True, slots=True)
class ActionFolder:
    """A folder of ``<resource>/<verb_noun>.yaml`` files with the shared ``schemas/`` they refer to.

    Attributes:
        label: How messages call it, before the path inside the folder.
        extension: Whose it is; None for ours.
    """

    root: Traversable
    label: str
    extension: str | None = None

    @classmethod
    def of_extension(cls, name: str, root: Traversable) -> "ActionFolder":
        """Return a folder an extension adds; messages name the extension with every file."""
        return cls(root, f"extension {name}: {root.name}", name)

    @property
    def schemas(self) -> Traversable:
        """Where the schemas are that its actions refer to; it need not exist."""
        return self.root / SCHEMAS

    def files(self) -> Iterator[tuple[str, str, Traversable]]:
        """Yield id, name in messages and file of every action, in order.

        Raises:
            BundleError: A YAML file lies or is called so that it would not be read; it is named.
        """
        for resource in _sorted(self.root):
            label = f"{self.label}/{resource.name}"
            if not resource.is_dir():
                self._check_unread(resource, label)
            elif resource.name != SCHEMAS:
                yield from self._yaml_files(resource, label)

    def schema_files(self) -> Iterator[tuple[str, str, Traversable]]:
        """Yield id, name in messages and file of every shared schema, in order; raises as ``files``."""
        if self.extension is None or self.schemas.is_dir():
            yield from self._yaml_files(self.schemas, f"{self.label}/{SCHEMAS}")

    def _yaml_files(self, folder: Traversable, label: str) -> Iterator[tuple[str, str, Traversable]]:
        for file in _sorted(folder):
            if file.name.endswith(SUFFIX) and file.is_file():
                yield file.name.removesuffix(SUFFIX), f"{label}/{file.name}", file
            else:
                self._check_unread(file, f"{label}/{file.name}")

    def _check_unread(self, place: Traversable, label: str) -> None:
        """Refuse an extension's YAML file that nobody would read; of ours `make manifest` says so."""
        if self.extension is None or place.name.startswith("."):
            return
        if place.is_dir():
            for inner in _sorted(place):
                self._check_unread(inner, f"{label}/{inner.name}")
        elif place.name.casefold().endswith((SUFFIX, ".yml")):
            text = "is not read: an action is <resource>/<verb_noun>.yaml, a shared schema schemas/<name>.yaml"
            raise BundleError(f"{label}:1: this file {text}.")


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda each: each.name)
