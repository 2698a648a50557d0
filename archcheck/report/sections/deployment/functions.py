"""How a set gets to AWS Lambda: as a zip, as a layer, as a container image, or as what is built already."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from archcheck.data import images
from archcheck.report.layout import clean
from archcheck.report.sections.deployment import installing
from archcheck.report.sections.deployment.dockerfiles import (
    code,
    dockerfile,
    is_installed,
    spelled,
    text,
    where_it_is,
)
from archcheck.report.sections.deployment.installing import named, python
from archcheck.report.sections.deployment.wanted import Wanted, around
from archcheck.report.sections.plan_steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.data import building
    from archcheck.model import Audit

# AWS Lambda's quotas, as its developer guide gives them.
LIMITS = (
    "A zip may hold 50 MB when uploaded directly, more by way of S3; unzipped, the function and all its "
    "layers (5 at most) may come to 250 MB. A container image may come to 10 GB."
)
_PACKAGE, _LAYER = "package", "layer/python"
_STRAY = "find {folder} -name '*.so*' -exec file {{}} + | grep x86-64"


def as_a_zip(audit: Audit, what: Wanted, needs: building.Needed | None, said: str) -> Iterator[Step]:
    """Yield what to do for a function in a zip, with a layer of what *audit*'s sizes put into one."""
    way = audit.sizes.aarch64.way if audit.sizes else None
    yield from _install(audit, what, needs, _PACKAGE)
    yield _look_for_strays(_PACKAGE)
    if audit.sizes and audit.sizes.aarch64.layer:
        yield from _split(audit, audit.sizes.aarch64.layer, what.tool, needs)
    yield Step(title="Pack and measure", text=LIMITS, command="\n".join(_packing(audit, what)))
    yield from _switch(by_s3=way == "zip-s3")
    yield as_an_image(audit, needs, said, title="Or ship a container image")


def as_a_layer(audit: Audit, what: Wanted, needs: building.Needed | None) -> Iterator[Step]:
    """Yield what to do for a layer that is made of the whole set."""
    yield from _install(audit, what, needs, _LAYER)
    yield _look_for_strays(_LAYER)
    yield Step(title="Pack and measure", text=LIMITS, command="\n".join(_packing_of_a_layer()))
    yield _publish(audit)


def in_an_image(audit: Audit, needs: building.Needed | None, said: str) -> Iterator[Step]:
    """Yield what to do where a zip does not carry the set, or an image was asked for."""
    yield as_an_image(audit, needs, said)
    yield Step(
        title="Build for arm64 and push",
        text="The repository has to be one of Amazon ECR, in the function's region.",
        command="docker build --platform linux/arm64 --provenance=false -t REPOSITORY:arm64 .\n"
        "docker push REPOSITORY:arm64",
    )
    yield _switch_to_image()


def as_an_image(
    audit: Audit, needs: building.Needed | None, said: str, title: str = "Write a Dockerfile"
) -> Step:
    """Return the step with the Dockerfile."""
    about = "A Dockerfile, to be built with docker build --platform linux/arm64."
    return Step(
        title=title,
        text=" ".join(filter(None, (about, said))),
        command=text(dockerfile(audit, images.lambda_image(python(audit)), needs)),
    )


def as_it_is(audit: Audit) -> Iterator[Step]:
    """Yield what to do with what is built already and runs on arm64."""
    here = around(audit)
    file = shlex.quote(clean(here.input))
    if audit.sizes is not None and audit.sizes.aarch64.way == "image":
        yield Step(
            title="Push the image as it is",
            text="The repository has to be one of Amazon ECR, in the function's region; `docker load` says "
            "what IMAGE is.",
            command=f"docker load --input {file}\ndocker tag IMAGE REPOSITORY:arm64\n"
            "docker push REPOSITORY:arm64",
        )
        yield _switch_to_image()
    elif here.input.endswith(".zip"):
        yield from _switch(zipped=here.input)
    elif here.input.endswith(".whl"):
        yield Step(
            title="Install it as it is",
            text="With what it requires, which was not audited with it.",
            command=f"python{python(audit)} -m pip install --no-deps {file} --target {_PACKAGE}",
        )
    else:
        yield Step(
            title="Pack and measure",
            text=LIMITS,
            command=f"rm -f function.zip\n{_zipped(here.input, 1)}\ndu -m -s {file} function.zip",
        )
        yield from _switch()


def _install(audit: Audit, what: Wanted, needs: building.Needed | None, folder: str) -> Iterator[Step]:
    what = installing.suited(audit, what)
    inside = "Install in the runtime’s own image, with the arm64 tag"
    command = installing.in_image(audit, folder, what, needs)
    if why := installing.not_from_elsewhere(audit, what):
        yield Step(title=inside, text=why, command=command)
        return
    lines = [installing.from_elsewhere(audit, what.words, folder, what)]
    lines += [installing.projects_from_elsewhere(audit, folder, what)] if what.projects else []
    markers = f"Markers are evaluated for the machine that runs this: take Python {python(audit)} on Linux."
    yield Step(
        title="Install for arm64, never for the machine you sit at",
        text=markers if what.tool == "pip" else "",
        command="\n".join(lines),
    )
    yield Step(title=f"Or {inside[0].lower()}{inside[1:]}", command=command)


def _look_for_strays(folder: str) -> Step:
    return Step(
        title="Look for stray x86_64 files",
        text="This should print nothing.",
        command=_STRAY.format(folder=folder),
    )


def _packing(audit: Audit, what: Wanted) -> Iterator[str]:
    """Yield the lines that pack what is installed, and the project's own code beside it."""
    yield "rm -f function.zip"
    yield _zipped(_PACKAGE, 1)
    found = code(audit, what)
    beside: dict[str, list[str]] = {}
    for each in found:
        if each.endswith("/"):
            yield _zipped(each.removesuffix("/"), each.count("/"))
        else:
            beside.setdefault(each.rpartition("/")[0], []).append(each.rpartition("/")[2])
    for folder, names in beside.items():
        if folder:
            yield _zipped(folder, folder.count("/") + 1, spelled(names))
        else:
            yield f"zip -qr function.zip {spelled(names)}"
    if not found and not is_installed(audit, what):
        yield f"# {where_it_is(audit)}"
        yield '(cd "${CODE:?the folder of your code}" && zip -qr "$OLDPWD/function.zip" .)'
    yield f"du -m -s {_PACKAGE} function.zip"


def _zipped(folder: str, depth: int, names: str = ".") -> str:
    """Return the line that packs *names* in *folder*, which is so many folders down."""
    return f"(cd {spelled((folder,))} && zip -qr {'../' * depth}function.zip {names})"


def _split(
    audit: Audit, names: tuple[str, ...], tool: Literal["pip", "uv"], needs: building.Needed | None
) -> Iterator[Step]:
    """Yield how *names* get into a layer, and out of the function's zip."""
    those = [each for each in audit.packages if each.name in names]
    pins = [f"{each.name}=={each.on('aarch64').version}" for each in those]
    what = Wanted(words=("--no-deps", *pins), reads=(), tool=tool)
    install = next(_install(audit, what, needs, _LAYER)).command
    yield Step(
        title=f"Put {named(names)} into a layer",
        text="What is in the layer goes out of the function's own zip.",
        command=f"{install}\n"
        f"(cd {_LAYER} && find . -type f -print0) | (cd {_PACKAGE} && xargs -0 rm -f)\n"
        + "\n".join(_packing_of_a_layer()),
    )
    yield _publish(audit)


def _packing_of_a_layer() -> tuple[str, ...]:
    return ("rm -f layer.zip", "(cd layer && zip -qr ../layer.zip python)", "du -m -s layer layer.zip")


def _publish(audit: Audit) -> Step:
    return Step(
        title="Publish the layer, and give it to the function",
        text="It is for arm64 alone: the one for x86_64 stays what it is. ARN is what the first line prints; "
        "a zip of over 50 MB goes by way of S3 (--content S3Bucket=…,S3Key=…).",
        command="aws lambda publish-layer-version --layer-name NAME-arm64 --zip-file fileb://layer.zip \\\n"
        f"  --compatible-architectures arm64 --compatible-runtimes python{python(audit)}\n"
        "aws lambda update-function-configuration --function-name NAME --layers ARN",
    )


def _switch(zipped: str = "function.zip", *, by_s3: bool = False) -> Iterator[Step]:
    file = clean(zipped)
    up = f"aws s3 cp {shlex.quote(file)} s3://BUCKET/function.zip\n" if by_s3 else ""
    source = (
        "--s3-bucket BUCKET --s3-key function.zip"
        if by_s3
        else f"--zip-file {shlex.quote(f'fileb://{file}')}"
    )
    yield Step(
        title="Switch the function",
        text="Its layers must be for arm64 too; vendors have one for each architecture.",
        command=f"{up}aws lambda update-function-code --function-name NAME \\\n"
        f"  --architectures arm64 {source}",
    )


def _switch_to_image() -> Step:
    return Step(
        title="Switch the function",
        text="One that was created for a zip has to be created anew: its package type cannot change.",
        command="aws lambda update-function-code --function-name NAME \\\n"
        "  --architectures arm64 --image-uri REPOSITORY:arm64",
    )
