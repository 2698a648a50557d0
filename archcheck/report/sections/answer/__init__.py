"""The answer in one line, and what belongs right under it. Internal."""

from archcheck.report.sections.answer.overall import overall
from archcheck.report.sections.answer.place import place, said
from archcheck.report.sections.answer.verdict import (
    Sign,
    Verdict,
    advice,
    grounds,
    is_about_x86,
    sign_of,
    verdict,
)
from archcheck.report.sections.answer.worth import assumptions, even, share, worth

__all__ = [
    "Sign",
    "Verdict",
    "advice",
    "assumptions",
    "even",
    "grounds",
    "is_about_x86",
    "overall",
    "place",
    "said",
    "share",
    "sign_of",
    "verdict",
    "worth",
]
