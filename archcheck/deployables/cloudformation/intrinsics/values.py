"""What a value of a template may come to, each with what that depends on."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from archcheck.inputs.parsing.messages import escaped

LONGEST: Final = 4096
"""Characters of a text that is put together."""
_NAMES: Final = 3
"""So many conditions under which a value holds are named, and the others counted."""
_WORD: Final = 60


class Given(NamedTuple):
    """That *subject* is *value*; `by_default` where the template's defaults make it so.

    `source` is the file that says so in place of a default.
    It is `open` where the subject may have other values than those that the template names.
    """

    subject: str
    value: str
    by_default: bool = False
    open: bool = False
    source: str = ""

    def __str__(self) -> str:
        said = f"{short(self.subject)} is {short(self.value)}"
        if self.source:
            return f"{said} ({self.source})"
        return f"{said} (by default)" if self.by_default else said


class Unknown(NamedTuple):
    """What the template alone does not tell: as it stands in a text, why, and the resource that it is of."""

    text: str
    why: str
    resource: str = ""


class Outcome(NamedTuple):
    """One thing that a value comes to, at *line*; None is `AWS::NoValue`: as if nothing were there."""

    value: Any
    line: int
    given: tuple[Given, ...] = ()


def both(one: tuple[Given, ...], other: tuple[Given, ...]) -> tuple[Given, ...] | None:
    """Return all that is given in both; None where they contradict each other."""
    if not one or not other:
        return one or other
    known = {each.subject: each.value for each in one}
    if any(known.get(each.subject, each.value) != each.value for each in other):
        return None
    return (*one, *(each for each in other if each.subject not in known))


def in_words(cases: list[tuple[Given, ...]]) -> str:
    """Return the conditions that one value holds under, any of *cases*, in the file's words."""
    said = list(dict.fromkeys(" and ".join(map(str, given)) for given in cases))
    more = f" or {len(said) - _NAMES} more" if len(said) > _NAMES else ""
    return " or ".join(said[:_NAMES]) + more


def as_text(value: Any) -> str | None:
    """Return *value* as CloudFormation writes it into a text; None for what is none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, int) and value.bit_length() > LONGEST:  # of 0xFFF… Python writes no decimal digits
        return None
    return str(value)[:LONGEST] if isinstance(value, (str, int, float)) else None


def short(text: str) -> str:
    """Return as much of *text* as a message may hold."""
    text = escaped(text[: _WORD + 1])
    return text if len(text) <= _WORD else f"{text[: _WORD - 1]}…"
