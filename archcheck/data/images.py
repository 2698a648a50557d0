"""Container images of targets: what they are called, and what installs system packages in them."""

from __future__ import annotations

import re

from archcheck.data.base_images import base_image
from archcheck.data.runtimes import runtimes

_LAMBDA = r"lambda:python(3\.\d+)(?:\.\d+)?"
_ALPINE = r"alpine3\.\d+"


def lambda_python(target: str) -> str | None:
    """Return the Python of a Lambda target, 3.13 for `lambda:python3.13.2`; None for any other target."""
    found = re.fullmatch(_LAMBDA, target)
    return found and found[1]


def lambda_image(python: str) -> str:
    """Return AWS's arm64 image of the Lambda runtime of *python*, such as 3.13."""
    return f"public.ecr.aws/lambda/python:{python}-arm64"


def lambda_package_manager(python: str) -> str:
    """Return the program that installs system packages in that image; of an unknown runtime, the newest's.

    A report may have been written by a later version, which knows runtimes that this one does not.
    """
    known = runtimes().lambda_
    runtime = known.get(python) or known[next(reversed(known))]
    return runtimes().bases[runtime.base].package_manager


def package_manager(target: str) -> str:
    """Return the program that installs system packages in a target's image; apt-get where none is known."""
    if python := lambda_python(target):
        return lambda_package_manager(python)
    base = base_of(target)
    if re.fullmatch(_ALPINE, base):
        return "apk"
    known = runtimes().bases.get(base)
    return known.package_manager if known else "apt-get"


def base_of(target: str) -> str:
    """Return the base that the target of that name stands on: debian13 of `fargate:python3.13`."""
    base, _, python = target.partition(":")
    if base == "agentcore":
        return next(iter(runtimes().agentcore.values())).base
    if base in {"fargate", "eks"}:
        image = base_image(f"python:{'.'.join(python.removeprefix('python').split('.')[:2])}-slim")
        return image.base or base
    return base


def libc_of(target: str) -> str:
    """Return the libc of a target of that name, as in `glibc 2.34`; "" where it is not known."""
    base = base_of(target)
    if python := lambda_python(target):
        known = runtimes().lambda_.get(python)
        base = known.base if known else ""
    found = runtimes().bases.get(base)
    return found.libc if found else ""


def python_image(base: str, python: str) -> str | None:
    """Return Docker's official image of *python* on *base*, such as debian12; None where there is none."""
    if re.fullmatch(_ALPINE, base):
        return f"python:{python}-{base}"
    known = runtimes().bases.get(base)
    return f"python:{python}-{known.python_image}" if known and known.python_image else None
