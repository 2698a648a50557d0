"""Which findings are accepted: `[[ignore]]` in a settings file, `--ignore` on the command line."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from archcheck.errors import UsageError
from archcheck.judge.rule_texts import rule
from archcheck.manifest.specifiers import parse_specifier
from archcheck.policy import COMMAND_LINE, Ignore, name_glob

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

    from archcheck.settings.key_path import KeyPath

KEYS: Final = ("package", "version", "rule", "target", "reason", "until", "until-available")
_CODE = r"(?i)AC[0-9]+"


def read_ignore(value: Any, at: KeyPath) -> Ignore:
    """Return one `[[ignore]]`; raises SettingsError, also where it says no reason or fits everything."""
    table = at.table(value, KEYS)
    if "reason" not in table:
        at.refuse("expected a reason: who reads the report has to know why it is accepted")
    if not {"package", "rule"} & table.keys():
        at.refuse("expected a package or a rule")
    available = table.get("until-available", False)
    if not isinstance(available, bool):
        at["until-available"].expected("true or false", available)
    return Ignore(
        package=name_glob(at["package"].text(table.get("package", "*"))),
        version=_specifier(table["version"], at["version"]) if "version" in table else None,
        rule=_rule(table["rule"], at["rule"]) if "rule" in table else None,
        target=at["target"].text(table.get("target", "*")),
        reason=at["reason"].text(table["reason"]),
        until=_day(table["until"], at["until"]) if "until" in table else None,
        until_available=available,
        source=at.path,
    )


def parse_ignore(text: str) -> Ignore:
    """Return what `--ignore RULE`, `--ignore RULE:PACKAGE` or `--ignore PACKAGE` means.

    Raises UsageError for a rule that there is not, and for nothing at all.
    """
    first, colon, package = text.partition(":")
    is_rule = bool(colon or re.fullmatch(_CODE, first.strip()))
    if not first.strip() or (colon and not package.strip()):
        raise UsageError(f"--ignore: expected RULE, RULE:PACKAGE or PACKAGE, found {text!r}")
    return Ignore(
        rule=rule(first).code if is_rule else None,
        package=name_glob(package or "*" if is_rule else first),
        reason=f"ignored on {COMMAND_LINE}",
        source=COMMAND_LINE,
    )


def _specifier(value: Any, at: KeyPath) -> SpecifierSet:
    text = at.text(value)
    try:
        return parse_specifier(text, prereleases=True)
    except ValueError:
        at.expected("a version specifier such as '<2' or '==1.4.*'", text)


def _rule(value: Any, at: KeyPath) -> str:
    try:
        return rule(at.text(value)).code
    except UsageError as error:
        at.refuse(str(error))


def _day(value: Any, at: KeyPath) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            at.expected("a date such as 2027-01-31", value)
    if not isinstance(value, date) or isinstance(value, datetime):
        at.expected("a date such as 2027-01-31", value)
    return value
