"""What the set comes to in bytes, and how it can be shipped."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Ship = Literal["zip", "image"]


Way = Literal["zip", "zip-s3", "zip-layers", "image"]


class Load(Struct, frozen=True, kw_only=True):
    """What the packages come to on one architecture, in bytes, without bytecode and the user's own code.

    `packed` adds up wheels as they are downloaded, which is about what they take in a zip, `unpacked` what
    they hold. Both are without the packages that the target's runtime brings itself (`provided`, which come
    to `provided_packed` and `provided_unpacked`), and are the least that it can be where there are `unknown`
    packages, whose unzipped size nobody told.
    Of an artifact, `unpacked` is all of it, of an image all layers, and `packed` the zip file itself (0 where
    it is none): nothing in it is left out.
    `way` is the least way to ship it that what is known does not rule out; None where there is none, or where
    no limits are known. Of "zip-layers", `layer` names the packages that a layer takes, the largest first.
    """

    packed: int
    unpacked: int
    unknown: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    provided_packed: int = 0
    provided_unpacked: int = 0
    way: Way | None = None
    layer: tuple[str, ...] = ()


class Limits(Struct, frozen=True, kw_only=True):
    """How large it may be, in bytes: a zip that goes up directly, a zip and its layers unzipped, an image.

    `layers` is how many there may be.
    """

    upload: int
    unzipped: int
    layers: int
    image: int


class Sizes(Struct, frozen=True, kw_only=True):
    """What the set comes to on each architecture, and what the target takes; `ship` is the way asked for."""

    x86_64: Load
    aarch64: Load
    limits: Limits | None = None
    ship: Ship | None = None
