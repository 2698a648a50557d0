"""The rules: one module each, a small function from what is looked at to what it found, or None.

What a rule means, when it must not fire and which package made it necessary stands at the head of its module;
what it means to a person, with its name, in `data/rules.toml`. Internal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.judge.rules.conflict import conflict
from archcheck.judge.rules.known_issue import known_issue
from archcheck.judge.rules.lock_omits_wheel import lock_omits_environment, lock_omits_wheel
from archcheck.judge.rules.missing_library import missing_library
from archcheck.judge.rules.no_wheel import no_wheel
from archcheck.judge.rules.not_verifiable import not_audited, not_verifiable
from archcheck.judge.rules.sdist_only import sdist_only
from archcheck.judge.rules.slow_fallback import slow_fallback
from archcheck.judge.rules.target_problem import other_python, target_problem
from archcheck.judge.rules.too_large import too_large
from archcheck.judge.rules.version_drift import version_drift
from archcheck.judge.rules.wheel_mismatch import wheel_mismatch
from archcheck.judge.rules.x86_only_by_marker import x86_only_by_marker
from archcheck.judge.rules.x86_only_file import x86_only_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem, SetProblem
    from archcheck.judge.whole_set import WholeSet

# What looks at one package. Findings are sorted later: the order here decides nothing.
RULES: Final[tuple[Callable[[Comparison], Problem | None], ...]] = (
    no_wheel,
    version_drift,
    slow_fallback,
    x86_only_file,
    not_verifiable,
    known_issue,
    target_problem,
    sdist_only,
    lock_omits_wheel,
    x86_only_by_marker,
    wheel_mismatch,
    missing_library,
)
# What looks at the set as a whole.
SET_RULES: Final[tuple[Callable[[WholeSet], SetProblem | None], ...]] = (
    other_python,
    conflict,
    lock_omits_environment,
    not_audited,
    too_large,
)
