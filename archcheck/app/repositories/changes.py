"""What changes in a repository so that one of its deployables runs on arm64, and what moves with it.

Each is looked at by itself here; which of them can move at once `moving.py` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.repositories.layers import audited_in, declared_in, layers_of
from archcheck.app.repositories.outcomes import seen_by
from archcheck.deployables.changes.arm64 import layers_to_arm64, to_arm64
from archcheck.deployables.changes.layer_names import with_layers
from archcheck.deployables.changes.lines import NotChanged, lines_of
from archcheck.deployables.cloudformation.samconfig import FILE, overrides_for
from archcheck.deployables.dockerfile.change import bases_to_arm64
from archcheck.deployables.terraform.changes.block import layers_beside
from archcheck.deployables.terraform.changes.default import Default, default_for_arm64
from archcheck.model import Common, Replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.app.repositories.outcomes import Planned
    from archcheck.app.request import Request
    from archcheck.deployables import model as stated
    from archcheck.deployables.changes.lines import Change, CommonChange, LineChange
    from archcheck.model import Recommendation, RunsOn
    from archcheck.platforms.architectures import Architecture

SPELLED: Final[dict[Architecture, RunsOn]] = {"x86_64": "x86_64", "aarch64": "arm64"}
_MOVES: Final = frozenset({"ready", "no-worse", "ready-in-part", "remedies-known", "nothing-to-audit"})


class ChangeToArm64(Struct, frozen=True, kw_only=True):
    """The lines that declare arm64, what to do by hand, and what moves with it, as `Deployable` has them."""

    edits: tuple[Replacement, ...] = ()
    by_hand: str | None = None
    together: tuple[str, ...] = ()
    common: Common | None = None


def change_to_arm64(
    one: stated.Deployable, recommendation: Recommendation | None, plan: Planned, request: Request
) -> ChangeToArm64:
    """Return what declares arm64 for *one*, and what moves with it.

    Nothing of these where, by the *recommendation*, it does not move. What is on arm64 already takes the
    layers for it.
    """
    there = runs_on(one) == "arm64"
    stays = recommendation is None or recommendation.code not in _MOVES or recommendation.costs_more
    if (not one.layers) if there else stays:
        return ChangeToArm64()
    return _Changes(one, plan, request).change(there=there)


def runs_on(one: stated.Deployable) -> RunsOn:
    """Return what *one* runs on today, as its files say."""
    found = {each.value for each in one.architectures}
    if len(found) > 1:
        return "conditional"
    return SPELLED[found.pop()] if found else "unknown"


def declared_beside(one: stated.Deployable, plan: Planned) -> Iterator[stated.Deployable]:
    """Yield what is declared where the names of layers hold that *one* may call them by, and itself."""
    for each in plan.repository.deployables:
        if declared_in(each) == declared_in(one):
            yield each


class _Changes:
    """The changes of one deployable, with paths as they are seen from where the request is made."""

    def __init__(self, one: stated.Deployable, plan: Planned, request: Request) -> None:
        self._one = one
        self._plan = plan
        self._request = request

    def change(self, *, there: bool) -> ChangeToArm64:
        """Return what changes; only its layers where it is *there* on arm64 already."""
        one, path = self._one, self._one.location.path
        together = () if there else self._with_layers()
        try:
            text = self._plan.tree.read(path).decode()
        except (OSError, UnicodeDecodeError) as error:
            return ChangeToArm64(by_hand=f"{self._seen(path)} cannot be changed: {error}", together=together)
        default = None if there else self._default()
        made = layers_to_arm64(text, one) if there else _made(text, one, default)
        if isinstance(made, NotChanged):
            return ChangeToArm64(by_hand=made.reason, together=together)
        if (elsewhere := self._given_elsewhere(made.parameter)) is not None:
            allow = f", and allow arm64 in its AllowedValues ({path})" if made.widened else ""
            return ChangeToArm64(by_hand=f"{elsewhere}{allow}", together=together)
        bases, sharing = ((), ()) if there else self._bases()
        return ChangeToArm64(
            edits=(*self._replaced(path, text, made.lines), *self._of_default(default), *bases),
            by_hand=made.by_hand,
            together=tuple(sorted({*made.together, *together, *sharing})),
            common=self._common(path, text, made.common),
        )

    def _with_layers(self) -> tuple[str, ...]:
        """Return what moves with it by a layer; one in which nothing is compiled loads wherever it stays."""
        one, plan = self._one, self._plan
        if one.kind == "layer":
            return () if audited_in(plan, one).is_pure else with_layers(one, declared_beside(one, plan))
        layers = layers_of(one, plan).values()
        return with_layers(one, (each for each in layers if not audited_in(plan, each).is_pure))

    def _default(self) -> Default | NotChanged | None:
        """Return the default of the variable of Terraform's that decides, or why it is left."""
        repository = self._plan.repository
        return default_for_arm64(self._one, repository.deployables, repository.files, self._plan.tree)

    def _of_default(self, default: Default | NotChanged | None) -> tuple[Replacement, ...]:
        if not isinstance(default, Default):
            return ()
        return self._replaced(default.path, default.text, (default.change,))

    def _common(self, path: str, text: str, made: CommonChange | None) -> Common | None:
        """Return what changes instead where all that inherit from one place move."""
        if made is None:
            return None
        (own,) = self._replaced(path, text, (made.own,))
        return Common(own=own, lines=self._replaced(path, text, made.lines), heirs=made.heirs)

    def _bases(self) -> tuple[tuple[Replacement, ...], tuple[str, ...]]:
        """Return the FROM lines that state x86_64 of its image, and who else is built of them."""
        one, code = self._one, self._one.code
        if code is None or code.kind != "dockerfile" or code.path is None or one.is_by_dockerfile:
            return (), ()
        try:
            text = self._plan.tree.read(code.path).decode()
        except (OSError, UnicodeDecodeError):
            return (), ()
        changes = bases_to_arm64(text, code.path)
        if not changes:
            return (), ()
        beside = declared_beside(one, self._plan)
        others = (each for each in beside if each.code is not None and each.code.path == code.path)
        sharing = tuple(each.name for each in others if each.name != one.name and runs_on(each) != "arm64")
        return self._replaced(code.path, text, changes), sharing

    def _replaced(self, path: str, text: str, changes: tuple[LineChange, ...]) -> tuple[Replacement, ...]:
        lines = lines_of(text)
        return tuple(
            Replacement(
                path=self._seen(path),
                first=each.first,
                last=each.last,
                old="".join(lines[each.first - 1 : max(each.last, each.first - 1)]),
                new=each.new,
            )
            for each in changes
        )

    def _given_elsewhere(self, parameter: str | None) -> str | None:
        """Return what else gives *parameter* a value, whose default then tells nothing; None for nothing."""
        if parameter is None:
            return None
        path = self._one.location.path
        if parameter in overrides_for(path, self._plan.tree):
            return f"{FILE} gives {parameter}; give what makes it arm64 there"
        if path in self._plan.repository.nested:
            return f"{parameter} decides it, which the stack that holds this one may give; see to it there"
        return None

    def _seen(self, path: str) -> str:
        return seen_by(self._request, self._plan, path)


def _made(text: str, one: stated.Deployable, default: Default | NotChanged | None) -> Change | NotChanged:
    """Return what changes in the *text* of its file, besides the *default* of a variable of Terraform's."""
    if isinstance(default, NotChanged):
        return default
    if default is None:
        return to_arm64(text, one)
    made = layers_beside(text, one, default.name)
    others = tuple(each for each in default.moves if each != one.name)
    return made if isinstance(made, NotChanged) else replace(made, together=others)
