"""What lies around an input, as far as building and shipping its set depends on that: a value."""

from __future__ import annotations

from msgspec import Struct


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where the project of an input has what.

    `folder` holds all of it, as seen from where archcheck ran; the other paths are seen from there, with `/`
    between folders. One that ends in `/` stands for what a folder holds, `./` for all of it.

    `input` is the input's own file, and `project` the folder of its project. `included` are the files of
    requirements and of constraints that it leads to, `constraints` those that whoever asked named beside it,
    and `local` the folders, wheels and sdists that it names. What of these is `outside` of the project's
    repository is named there instead, as seen from where archcheck ran.

    `packaged` tells whether the project is a package that can be installed itself; where not, its
    dependencies alone can. `tool` is whose tables its pyproject.toml has (`uv`, `poetry`, `pdm`).

    `code` is the project's own code: a module (`app.py`), a package (`handlers`), or a folder of such
    (`src/`); empty where none was found. Where several functions have the input, each with `code` of its own,
    `choices` are their folders. `layer` tells that nothing but a layer is made of it. `extras`, `all_extras`
    and `groups` are those that were chosen of the project.
    """

    folder: str
    input: str
    project: str = "./"
    included: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    packaged: bool = False
    tool: str = ""
    code: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    layer: bool = False
    extras: tuple[str, ...] = ()
    all_extras: bool = False
    groups: tuple[str, ...] = ()
