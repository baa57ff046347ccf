"""Folders of action files: ours, and those that installed extensions add."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

SCHEMAS: Final = "schemas"


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
        """Yield id, name in messages and file of every action, in order."""
        for resource in sorted((each for each in self.root.iterdir() if each.is_dir()), key=lambda each: each.name):
            if resource.name != SCHEMAS:
                yield from yaml_files(resource, f"{self.label}/{resource.name}")

    def schema_files(self) -> Iterator[tuple[str, str, Traversable]]:
        """Yield id, name in messages and file of every shared schema, in order."""
        if self.extension is None or self.schemas.is_dir():
            yield from yaml_files(self.schemas, f"{self.label}/{SCHEMAS}")


def yaml_files(folder: Traversable, label: str) -> Iterator[tuple[str, str, Traversable]]:
    """Yield stem, name in messages and file of every YAML file in a folder, in order."""
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            yield file.name.removesuffix(".yaml"), f"{label}/{file.name}", file
