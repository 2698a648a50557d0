"""Which functions of a module CloudFront runs at its edges (Lambda@Edge): those that a distribution names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.terraform.language.syntax import Attribute, Block
    from archcheck.deployables.terraform.modules import Module
    from archcheck.deployables.terraform.resources import Resource

_ADDRESS: Final = re.compile(r"\b(module|aws_lambda_function|aws_lambda_alias)\.([A-Za-z0-9_-]+)")


def edge_of(resource: Resource) -> Location | None:
    """Return where a distribution of its module takes the function *resource*; None where none does."""
    block = resource.placed.block
    own = ("module" if block.kind == "module" else "aws_lambda_function", block.labels[-1:])
    for name, place in _named(resource.module):
        if (name[0], (name[1],)) == own:
            return place
    return None


def _named(module: Module) -> Iterator[tuple[tuple[str, str], Location]]:
    """Yield the addresses of what distributions name as their functions."""
    for placed in module.blocks("resource", "aws_cloudfront_distribution"):
        for attribute in _associations(placed.block):
            place = Location(path=placed.path, line=attribute.line)
            for kind, name in _ADDRESS.findall(attribute.expression.words):
                yield (kind, name), place
                alias = module.block("resource", kind, name) if kind == "aws_lambda_alias" else None
                behind = alias.block.attribute("function_name") if alias is not None else None
                if behind is not None:
                    for found in _ADDRESS.findall(behind.expression.words):
                        yield found, place


def _associations(block: Block) -> Iterator[Attribute]:
    waiting = [block]
    while waiting:
        inner = waiting.pop()
        waiting += inner.blocks
        arn = inner.attribute("lambda_arn") if inner.kind == "lambda_function_association" else None
        if arn is not None:
            yield arn
