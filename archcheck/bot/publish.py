"""Carries out a plan: checks the pull request before each write, and looks again where two runs may meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

from msgspec import Struct

from archcheck.bot.forges.forge import UnsureError
from archcheck.bot.plan import Create, Nothing, Resolve, Update, plan

if TYPE_CHECKING:
    from archcheck.bot.forges.forge import Comment, Forge
    from archcheck.bot.plan import Draft, Plan

# Two looks settle a race; the third is for a forge that answers a creation with an error.
_ROUNDS = 3

Fate = Literal[
    "created", "updated", "resolved", "tidied", "unchanged", "nothing to say", "outdated", "closed"
]


class _OutdatedError(Exception):
    """The pull request has moved on since the audit."""

    def __init__(self, fate: Literal["outdated", "closed"]) -> None:
        super().__init__(fate)
        self.fate = fate


class _Publication(Struct, kw_only=True):
    forge: Forge
    commit: str

    def check(self) -> None:
        """Read the pull request: an older run never writes over what a newer one has said."""
        found = self.forge.pull_request()
        if not found.is_open:
            raise _OutdatedError("closed")
        if found.head != self.commit:
            raise _OutdatedError("outdated")

    def carry_out(self, steps: Plan) -> tuple[Fate, Comment | None]:
        """Write, and return what that was, and the comment where it is a new one."""
        fate: Fate = "tidied"
        created = None
        match steps.write:
            case Create(body=body):
                self.check()
                fate, created = "created", self.forge.create(body)
            case Update(comment=comment, body=body):
                self.check()
                self.forge.update(comment, body)
                fate = "updated"
            case Resolve(comment=comment, body=body):
                self.check()
                self.forge.update(comment, body)
                fate = "resolved"
            case Nothing():
                pass
            case _:
                assert_never(steps.write)
        for comment in steps.duplicates:
            self.check()
            self.forge.remove(comment)
        return fate, created


def publish(forge: Forge, draft: Draft, *, commit: str) -> Fate:
    """Make the pull request's comments say *draft*, which is about *commit*; return what became of it.

    After a creation it looks again, by the author that the forge gave: where two runs were at it at once,
    both keep the newer comment. What it created it knows of, whether or not the
    forge lists it yet. Raises `ForgeError` where the forge refuses.
    """
    publication = _Publication(forge=forge, commit=commit)
    author = forge.author()
    done: Fate | None = None
    created: list[Comment] = []
    for last in range(_ROUNDS):
        steps = plan(draft, forge.comments(), author=author, created=created)
        if steps.idle:
            return done or (
                "nothing to say" if steps.write == Nothing(reason="nothing to say") else "unchanged"
            )
        try:
            fate, new = publication.carry_out(steps)
        except _OutdatedError as error:
            return done or error.fate
        except UnsureError:
            if last == _ROUNDS - 1:
                raise
            continue
        done = done or fate
        if new is None:
            return done
        created.append(new)
        author = new.author or author  # none is given where the account has been deleted meanwhile
    return done or "unchanged"
