"""The assets of CDK's cloud assembly: which folder, archive or image stands behind a hash."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.cloudformation.intrinsics.values import as_text
from archcheck.deployables.model import Code
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MOST_FILES: Final = 50
_MOST_ARGS: Final = 50


class Assets:
    """The assets of the cloud assembly that the template at *path* is in; none where it is in none."""

    def __init__(self, path: str, tree: Tree) -> None:
        self._folder = folder_of(path)
        self._tree = tree

    def of(self, metadata: Table) -> tuple[Code, tuple[str, ...]] | None:
        """Return the code that CDK's *metadata* of a resource name; None where they name none."""
        asset = metadata.get("aws:asset:path")
        if not isinstance(asset, str):
            return None
        path = seen_from(self._folder, asset)
        if path is None:
            return Code(kind="elsewhere", reference=asset), ("aws:asset:path: outside of this repository",)
        is_image = metadata.get("aws:asset:property") == "Code.ImageUri"
        dockerfile = metadata.get("aws:asset:dockerfile-path")
        if is_image or isinstance(dockerfile, str):
            stage = metadata.get("aws:asset:docker-build-target")
            code = _image(path, dockerfile, stage, metadata.get("aws:asset:docker-build-args"))
        elif metadata.get("aws:asset:is-bundled") is True or not self._tree.is_folder(path):
            code = Code(kind="artifact", path=path)
        else:
            code = Code(kind="folder", path=path)
        # Of an image its Dockerfile is looked for.
        there = code.kind == "dockerfile" or self._tree.is_folder(path) or self._tree.is_file(path)
        return code, () if there else (f"{path}: not in this repository",)

    def named(self, text: str) -> Code | None:
        """Return the code of the asset whose hash is in *text*, a key of a bucket or an image's name."""
        hashes = _HASH.findall(text)
        return self.listed.get(hashes[-1]) if hashes else None

    @cached_property
    def listed(self) -> dict[str, Code]:
        """The assets that the files `*.assets.json` beside the template list, by their hashes."""
        names = [each for each in self._tree.entries(self._folder) if each.endswith(".assets.json")]
        found: dict[str, Code] = {}
        for name in names[:_MOST_FILES]:
            path = seen_from(self._folder, name)
            for document in self._documents(path) if path else ():
                found |= self._files(document) | self._images(document)
        return found

    def _documents(self, path: str) -> list[Table]:
        try:
            return [each for each in read_documents(self._tree.read(path), path) if isinstance(each, Table)]
        except (InputError, OSError):  # what is behind the hash stays untold
            return []

    def _files(self, document: Table) -> dict[str, Code]:
        found = {}
        for name, source in _sources(document, "files"):
            path = self._path(source.get("path"))
            if path is not None:
                found[name] = Code(kind="artifact", path=path)
        return found

    def _images(self, document: Table) -> dict[str, Code]:
        found = {}
        for name, source in _sources(document, "dockerImages"):
            path = self._path(source.get("directory"))
            if path is not None:
                found[name] = _image(
                    path,
                    source.get("dockerFile"),
                    source.get("dockerBuildTarget"),
                    source.get("dockerBuildArgs"),
                )
        return found

    def _path(self, value: Any) -> str | None:
        return seen_from(self._folder, value) if isinstance(value, str) else None


def _sources(document: Table, section: str) -> list[tuple[str, Table]]:
    entries = document.get(section)
    return [
        (name, entry["source"])
        for name, entry in (entries.items() if isinstance(entries, Table) else ())
        if isinstance(entry, Table) and isinstance(entry.get("source"), Table)
    ]


def _image(context: str, dockerfile: Any, stage: Any, args: Any) -> Code:
    name = dockerfile if isinstance(dockerfile, str) else "Dockerfile"
    pairs = list(args.items())[:_MOST_ARGS] if isinstance(args, Table) else []
    texts = ((key, as_text(value)) for key, value in pairs)
    return Code(
        kind="dockerfile",
        path=seen_from(context, name) or f"{context}/Dockerfile",
        context=context,
        stage=stage if isinstance(stage, str) else None,
        args=tuple((key, value) for key, value in texts if value is not None),
    )
