"""How the set gets to arm64 once it is changed: a recipe for its own Python, files and packages.

What the set is once the plan is carried out (`planned`), what installs it (`wanted`) and what that takes are
values; the commands and Dockerfiles are made of them last. Internal.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from archcheck.data import building, images
from archcheck.formats import row_of
from archcheck.report import phrases
from archcheck.report.layout import clean
from archcheck.report.sections.deployment import functions
from archcheck.report.sections.deployment.dockerfiles import dockerfile, own_image, text
from archcheck.report.sections.deployment.functions import LIMITS
from archcheck.report.sections.deployment.installing import named, python
from archcheck.report.sections.deployment.wanted import around, wanted
from archcheck.report.sections.plan_steps import Step
from archcheck.report.sections.planned import compiled, is_changed_first, planned, to_compile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit
    from archcheck.report.sections.deployment.wanted import Wanted

__all__ = ["LIMITS", "premise", "steps", "to_compile"]

_READY = frozenset({"ready", "no-worse"})


def premise(audit: Audit) -> str:
    """Return what has to be done before the recipe holds; "" where nothing has."""
    match audit.recommendation.code:
        case "ready" | "no-worse":
            return "With the changes above made:" if is_changed_first(audit) else ""
        case "remedies-known":
            return "Once the changes above are made:"
        case _:
            return "Only once the set is ready for arm64:"


def steps(audit: Audit) -> tuple[Step, ...]:
    """Return what to do, in order; nothing where there is nothing to ship."""
    if not audit.packages:
        return ()
    after, here = planned(audit), around(audit)
    on_lambda = images.lambda_python(after.target.id) is not None
    start = _in_the_folder(here.folder)
    if row_of(audit.input.kind).built and audit.recommendation.code in _READY:
        return (*start, *functions.as_it_is(after))
    what = wanted(after)
    if not on_lambda and (own := own_image(after)):
        dockerfile_step = Step(title="Write a Dockerfile", command=text(own))
        return (*start, dockerfile_step, _build())
    names = compiled(after)
    needs = phrases.needed_to_build(after, names) if names else None
    said = _said_of_building(names, needs)
    rest = _on_lambda(after, what, needs, said) if on_lambda else _in_a_container(after, needs, said)
    return (*start, *_outside(here.outside), *_written(what), *rest)


def _in_the_folder(folder: str) -> Iterator[Step]:
    if folder not in {".", ""}:
        yield Step(title="Go to the folder that holds all of it", command=f"cd {shlex.quote(clean(folder))}")


def _outside(paths: tuple[str, ...]) -> Iterator[Step]:
    if paths:
        yield Step(
            title="Take in what lies outside",
            text=f"{', '.join(map(clean, paths))}: no part of the repository, and so of no build; copy it "
            "in, and change the line that names it.",
        )


def _written(what: Wanted) -> Iterator[Step]:
    if what.first or what.text:
        yield Step(title="Write the set down for pip", text=what.text, command=what.first)


def _on_lambda(audit: Audit, what: Wanted, needs: building.Needed | None, said: str) -> Iterator[Step]:
    if around(audit).layer:
        return functions.as_a_layer(audit, what, needs)
    if audit.sizes is not None and audit.sizes.aarch64.way == "image":
        return functions.in_an_image(audit, needs, said)
    return functions.as_a_zip(audit, what, needs, said)


def _in_a_container(audit: Audit, needs: building.Needed | None, said: str) -> Iterator[Step]:
    if image := images.python_image(images.base_of(audit.target.id), python(audit)):
        yield Step(title="Write a Dockerfile", text=said, command=text(dockerfile(audit, image, needs)))
        yield _build()
        return
    if needs is not None:
        manager = images.package_manager(audit.target.id)
        tools = building.install(needs.build, manager)
        yield Step(title="Add to the image what compiles", text=said, command=f"RUN {tools}")
    yield _build()


def _build() -> Step:
    return Step(
        title="Build for arm64",
        text="On an x86_64 machine this is emulated, and slow where something is compiled.",
        command="docker build --platform linux/arm64 -t NAME:arm64 .",
    )


def _said_of_building(names: tuple[str, ...], needs: building.Needed | None) -> str:
    """Return for whom a stage compiles, and what it takes that no package is known to bring."""
    if needs is None:
        return ""
    more = needs.unknown
    rest = f" It also takes {', '.join(more)}: add what brings that." if more else ""
    return f"The first stage compiles {named(names)}.{rest}"
