"""Where the code of a function or a layer is, as SAM, CloudFormation and CDK say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.cloudformation.intrinsics.values import Unknown, as_text, in_words
from archcheck.deployables.cloudformation.properties import metadata_of
from archcheck.deployables.model import Code
from archcheck.deployables.tree import handled_in, seen_from
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource

Answer = tuple[Code | None, tuple[str, ...]]
"""Where the code is, and what is unclear of that, in words."""

_ARCHIVES: Final = (".zip", ".jar")
_MOST_ARGS: Final = 50
_BUCKETS: Final = {"Bucket": "Key", "S3Bucket": "S3Key"}
_FUNCTION: Final = "Code"


def code_of(context: Context, resource: Resource, properties: Table) -> Answer:
    """Return where the code of the function *resource* is."""
    asset = context.assets.of(metadata_of(resource))
    if asset is not None:
        return asset
    serverless = resource.kind.startswith("AWS::Serverless::")
    code = properties if serverless else _only(context, properties, _FUNCTION)
    image = properties.get("PackageType") == "Image" or (isinstance(code, Table) and "ImageUri" in code)
    if image:
        return _image(context, resource, code if isinstance(code, Table) else Table(resource.line))
    inline = "InlineCode" if serverless else "ZipFile"
    if isinstance(code, Table) and inline in code:
        text = code[inline]
        return Code(kind="inline", text=text if isinstance(text, str) else ""), ()
    if serverless:
        # Without a CodeUri, `sam build` takes the template's own folder.
        where = properties.get("CodeUri", "."), properties.line_of("CodeUri"), "CodeUri"
    elif _FUNCTION not in properties:
        return None, (f"{_FUNCTION}: none is stated",)
    else:
        where = properties[_FUNCTION], properties.line_of(_FUNCTION), _FUNCTION
    code, others = _place(context, *where)
    folder = code.folder if code is not None else None
    if folder is None or "BuildMethod" in metadata_of(resource):  # which puts there what is not here
        return code, others
    return Code(kind="folder", path=handled_in(context.tree, folder, properties.get("Handler"))), others


def content_of(context: Context, resource: Resource, properties: Table) -> Answer:
    """Return where the contents of the layer *resource* are."""
    asset = context.assets.of(metadata_of(resource))
    if asset is not None:
        return asset
    key = "ContentUri" if "ContentUri" in properties else "Content"
    if key not in properties:
        return None, ("ContentUri: none is stated",)
    return _place(context, properties[key], properties.line_of(key), key)


def image_of(context: Context, value: Any, line: int, what: str) -> Answer:
    """Return the image that *value* names: an asset of CDK's, or any other."""
    outcomes = context.scope.text(value, line)
    reference = outcomes[0].value
    if reference is None:
        return None, (f"{what}: not expected",)
    others = _others(outcomes, what)
    asset = context.assets.named(reference)
    return (asset or Code(kind="image", reference=reference)), others


def _only(context: Context, table: Table, key: str) -> Any:
    """Return what *key* of *table* comes to by default."""
    return context.scope.outcomes(table.get(key), table.line_of(key))[0].value


def _image(context: Context, resource: Resource, code: Table) -> Answer:
    built = built_image_of(context, metadata_of(resource))
    if built is not None:
        return built
    if "ImageUri" not in code:
        return None, ("ImageUri: none is stated",)
    return image_of(context, code["ImageUri"], code.line_of("ImageUri"), "ImageUri")


def built_image_of(context: Context, metadata: Table) -> Answer | None:
    """Return the image that `sam build` makes as the *metadata* of a resource say; None where they do not."""
    if "Dockerfile" not in metadata and "DockerContext" not in metadata:
        return None
    said = {
        key: context.scope.text(metadata.get(key), metadata.line_of(key))[0].value
        for key in ("DockerContext", "Dockerfile", "DockerBuildTarget")
    }
    for key in ("DockerContext", "Dockerfile"):
        if "${" in (value := said[key] or ""):
            return Code(kind="elsewhere", reference=value), (f"{key}: {value[:120]} is not told here",)
    folder = seen_from(context.folder, said["DockerContext"] or ".")
    path = seen_from(folder, said["Dockerfile"] or "Dockerfile") if folder is not None else None
    if folder is None or path is None:
        reference = said["Dockerfile"] if folder is not None else said["DockerContext"]
        return Code(kind="elsewhere", reference=reference), ("DockerContext: outside of this repository",)
    args = metadata.get("DockerBuildArgs")
    code = Code(
        kind="dockerfile",
        path=path,
        context=folder,
        stage=said["DockerBuildTarget"],
        args=arguments(context, args),
    )
    return code, ()


def arguments(context: Context, table: Any) -> tuple[tuple[str, str], ...]:
    """Return the arguments of an image's build that are plain values."""
    if not isinstance(table, Table):
        return ()
    found = (
        (name, context.scope.text(value, 0)[0].value) for name, value in list(table.items())[:_MOST_ARGS]
    )
    return tuple((name, value) for name, value in found if value is not None)


def _place(context: Context, value: Any, line: int, what: str) -> Answer:
    """Return what the path, the address or the table of a bucket and a key *value* leads to."""
    outcomes = context.scope.outcomes(value, line)
    first = outcomes[0].value
    if isinstance(first, Unknown):
        return Code(kind="elsewhere", reference=first.text), (f"{what}: {first.why}",)
    if isinstance(first, Table):
        return _bucket(context, first, what)
    text = as_text(first)
    if not text:
        return None, (f"{what}: not expected",)
    return _at(context, text, _others(outcomes, what))


def _at(context: Context, text: str, others: tuple[str, ...]) -> Answer:
    if "://" in text or "${" in text:
        asset = context.assets.named(text)
        return (asset or Code(kind="elsewhere", reference=text)), others
    path = seen_from(context.folder, text)
    if path is None:
        return Code(kind="elsewhere", reference=text), (*others, f"{text}: outside of this repository")
    if context.tree.is_file(path) or path.endswith(_ARCHIVES):
        there = context.tree.is_file(path) or context.tree.is_folder(path)
        said = () if there else (f"{path}: not in this repository",)
        return Code(kind="artifact", path=path), (*others, *said)
    return Code(kind="folder", path=path), others


def _bucket(context: Context, table: Table, what: str) -> Answer:
    for bucket, key in _BUCKETS.items():
        if key in table:
            name, inner = (context.scope.text(table.get(each), table.line_of(each)) for each in (bucket, key))
            asset = context.assets.named(inner[0].value or "")
            reference = f"s3://{name[0].value or '?'}/{inner[0].value or '?'}"
            return (asset or Code(kind="elsewhere", reference=reference)), _others(inner, what)
    return None, (f"{what}: expected a path or a bucket with a key",)


def _others(outcomes: tuple[Any, ...], what: str) -> tuple[str, ...]:
    if all(each.value == outcomes[0].value for each in outcomes):
        return ()
    return (f"{what}: looked at where {in_words([outcomes[0].given])}; it is another one elsewhere",)
