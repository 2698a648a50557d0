"""CDK's cloud assembly: which templates `cdk synth` wrote last, as `manifest.json` lists them.

A folder `cdk.out` also keeps the templates of stacks that were since renamed or removed; nothing clears it.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.model import Found
from archcheck.deployables.problems import problem, problem_of
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.inputs.parsing.messages import shown

if TYPE_CHECKING:
    from archcheck.deployables.model import Problem
    from archcheck.deployables.tree import Tree

_STACK: Final = "aws:cloudformation:stack"
_ASSEMBLY: Final = "cdk:cloud-assembly"
_MANIFEST: Final = "manifest.json"
_MOST: Final = 1_000


def is_assembly(document: Any) -> bool:
    """Return whether *document*, of a file `manifest.json`, is the manifest of a cloud assembly."""
    if not isinstance(document, Table) or not isinstance(document.get("artifacts"), Table):
        return False
    return any(_kind(each) is not None for each in document["artifacts"].values())


def read_assembly(path: str, tree: Tree) -> Found:
    """Return the templates, and the manifests of assemblies within, that the manifest at *path* lists.

    They are the `nested` of what is found, to be read by `read_template` and, where they are called
    `manifest.json`, by this.
    """
    try:
        documents = list(islice(read_documents(tree.read(path), path), 1))
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=True),))
    if not documents or not is_assembly(documents[0]):
        return Found(problems=(problem("not a cloud assembly: expected artifacts of CDK's", path),))
    nested: list[str] = []
    problems: list[Problem] = []
    artifacts: Table = documents[0]["artifacts"]
    for name, artifact in islice(artifacts.items(), _MOST):
        kind = _kind(artifact)
        if kind is None:
            continue
        properties = artifact.get("properties")
        key = "templateFile" if kind == _STACK else "directoryName"
        said = properties.get(key) if isinstance(properties, Table) else None
        file = said if kind == _STACK or not isinstance(said, str) else f"{said}/{_MANIFEST}"
        found = seen_from(folder_of(path), file) if isinstance(file, str) else None
        if found is not None and tree.is_file(found):
            nested.append(found)
        else:
            what = shown(file) if isinstance(file, str) else key
            message = f"{shown(name)}: {what} is not in this repository"
            problems.append(problem(message, path, artifacts.line_of(name)))
    return Found(nested=tuple(dict.fromkeys(nested)), problems=tuple(problems))


def _kind(artifact: Any) -> str | None:
    kind = artifact.get("type") if isinstance(artifact, Table) else None
    return kind if isinstance(kind, str) and kind in {_STACK, _ASSEMBLY} else None
