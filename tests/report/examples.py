"""Reports written by hand, one for each thing a reader must be able to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import fields, replace

from archcheck.judge.obstacles import obstacles
from archcheck.judge.recommend import weighed
from archcheck.model import (
    Audit,
    Change,
    Deployable,
    Evidence,
    Finding,
    Fleet,
    Ignored,
    Input,
    Moved,
    Outlook,
    Package,
    Place,
    Plan,
    Recommendation,
    Remedy,
    Replacement,
    Report,
    Result,
    Severity,
    Status,
    Summary,
    TargetInfo,
    TargetSource,
    Tool,
    Trouble,
)
from archcheck.savings.workload import Savings

if TYPE_CHECKING:
    from archcheck.model import ChangeKind

SHA = "0f343b0931126a20f133d67c2b018a3b5f8a5d4a0f4b5a3c2d1e0f9a8b7c6d5e"
LAMBDA_38 = TargetInfo(
    id="lambda:python3.8",
    title="AWS Lambda python3.8 (Amazon Linux 2, glibc 2.26)",
    python="3.8.20",
    libc="glibc 2.26",
)
LAMBDA_311 = TargetInfo(
    id="lambda:python3.11",
    title="AWS Lambda python3.11 (Amazon Linux 2, glibc 2.26)",
    python="3.11.13",
    libc="glibc 2.26",
)
LAMBDA_313 = TargetInfo(
    id="lambda:python3.13",
    title="AWS Lambda python3.13 (Amazon Linux 2023, glibc 2.34)",
    python="3.13.9",
    libc="glibc 2.34",
)
DEBIAN_12 = TargetInfo(
    id="debian12:python3.12", title="Debian 12, python3.12 (glibc 2.36)", python="3.12.12", libc="glibc 2.36"
)
SAVINGS = Savings(basis="AWS Lambda duration charge", percent=20.0, monthly_usd=None, assumptions=())
DOLLARS = Savings(
    basis="AWS Lambda duration charge",
    percent=20.0,
    monthly_usd=1234.5,
    assumptions=("us-east-1 prices as of 2026-09", "the same duration on both architectures"),
)


def place(line: int | None, path: str = "requirements.txt") -> Place:
    return Place(path=path, line=line)


def package(
    name: str,
    version: str | None,
    x86_64: Status,
    aarch64: Status,
    *,
    line: int | None = None,
    by: tuple[str, ...] = (),
    paths: tuple[tuple[str, ...], ...] = (),
    on_x86_64: str | None = None,
    files: tuple[str | None, str | None] = (None, None),
    size: int | None = None,
    reason: str | None = None,
    remedy: Remedy | None = None,
) -> Package:
    return Package(
        name=name,
        direct=line is not None,
        locations=(place(line),) if line is not None else (),
        paths=paths or ((name,),),
        required_by=by,
        results=(
            Result(architecture="x86_64", version=on_x86_64 or version, status=x86_64, file=files[0]),
            Result(
                architecture="aarch64",
                version=version,
                status=aarch64,
                file=files[1],
                reason=reason,
                size=size,
            ),
        ),
        remedy=remedy,
    )


def finding(  # noqa: PLR0917 the first six are read like a row of a table
    rule: str,
    name: str,
    severity: Severity,
    package: str,
    version: str | None,
    message: str,
    *,
    line: int | None = None,
    path: tuple[str, ...] = (),
    evidence: Evidence | None = None,
    remedy: Remedy | None = None,
    target: TargetInfo = LAMBDA_38,
) -> Finding:
    return Finding(
        rule=rule,
        name=name,
        severity=severity,
        package=package,
        version=version,
        target=target.id,
        message=message,
        evidence=evidence or Evidence(),
        location=place(line),
        path=path or (package,),
        fingerprint=f"{rule}:{package}".encode().hex()[:16],
        remedy=remedy,
    )


def audit(
    recommendation: Recommendation,
    packages: tuple[Package, ...] = (),
    findings: tuple[Finding, ...] = (),
    *,
    target: TargetInfo = LAMBDA_313,
    path: str = "requirements.txt",
    complete: bool = True,
    savings: Savings | None = SAVINGS,
    errors: tuple[Trouble, ...] = (),
    notes: tuple[str, ...] = (),
    ignored: tuple[Ignored, ...] = (),
) -> Audit:
    return Audit(
        input=Input(path=path, kind="requirements", sha256=SHA),
        target=target,
        complete=complete,
        recommendation=recommendation,
        savings=savings,
        summary=summary(packages, ignored=len(ignored)),
        packages=packages,
        findings=findings,
        ignored=ignored,
        obstacles=obstacles((*findings, *ignored)),
        errors=errors,
        notes=notes,
    )


def accepted(found: Finding) -> Ignored:
    said = {field.name: getattr(found, field.name) for field in fields(found)}
    reason = "the image pins a build that works"
    return Ignored(**said, reason=reason, until="2027-01-31", source="pyproject.toml")


def summary(packages: tuple[Package, ...], *, ignored: int = 0) -> Summary:
    stands = [package.on("aarch64").status for package in packages]
    return Summary(
        packages=len(packages),
        ready=sum(status.ready for status in stands),
        build=sum(status.builds for status in stands),
        blocked=stands.count(Status.MISSING),
        unknown=stands.count(Status.UNKNOWN),
        ignored=ignored,
    )


def report(*audits: Audit) -> Report:
    order = (
        "incomplete",
        "target-unusable",
        "unknowns",
        "no-remedy",
        "remedies-known",
        "nothing-to-audit",
        "ready",
    )
    recommendations = [audit.recommendation for audit in audits] or [NOTHING]
    return Report(
        tool=Tool(name="archcheck", version="0.1.0"),
        generated_at="2026-11-23T12:00:00Z",
        complete=all(audit.complete for audit in audits),
        recommendation=min(recommendations, key=lambda one: order.index(one.code)),
        summary=summary(tuple(package for audit in audits for package in audit.packages)),
        audits=audits,
    )


READY = Recommendation(
    architecture="arm64",
    when="now",
    effort="none",
    confidence="high",
    reasons=("every package installs on aarch64 without a compiler, as it does on x86_64",),
    code="ready",
)
AFTER_BUILDS = Recommendation(
    architecture="arm64",
    when="after-changes",
    effort="build",
    confidence="low",
    reasons=("cryptography 3.0: no aarch64 wheel of any kind; only the sdist is left, which must be built",),
    code="remedies-known",
)
STAY = Recommendation(
    architecture="x86_64",
    when="now",
    effort=None,
    confidence="medium",
    reasons=(
        "ibm-db 3.2.6: no aarch64 wheel of any kind, and no sdist that could be built, and no remedy is known",
    ),
    code="no-remedy",
)


def _undetermined(code: str, *reasons: str) -> Recommendation:
    return Recommendation(
        architecture="undetermined",
        when=None,
        effort=None,
        confidence="low",
        reasons=reasons,
        code=code,  # type: ignore[arg-type]
    )


UNKNOWNS = _undetermined("unknowns", "internal-auth: a git checkout is not read")
INCOMPLETE = _undetermined("incomplete", "the audit is not complete")
UNUSABLE = _undetermined("target-unusable", "numpy 1.18.5 installs on neither architecture with this Python")
NOTHING = Recommendation(
    architecture="undetermined",
    when=None,
    effort=None,
    confidence="high",
    reasons=(),
    code="nothing-to-audit",
)


def _legacy(name: str, version: str, line: int, extension: str, change: Remedy) -> tuple[Package, Finding]:
    wheel = f"{name.replace('-', '_')}-{version}-cp38-cp38-manylinux2010_x86_64.whl"
    sdist = f"{name}-{version}.{extension}"
    row = package(
        name,
        version,
        Status.WHEEL,
        Status.NATIVE_SDIST,
        line=line,
        files=(wheel, sdist),
        reason="no aarch64 wheel",
        remedy=change,
    )
    found = finding(
        "AC002",
        "build-required",
        Severity.BUILD,
        name,
        version,
        "no aarch64 wheel of any kind; only the sdist is left, which must be built",
        line=line,
        evidence=Evidence(has="cp38", detail=(f"x86_64 installs {wheel}",)),
        remedy=change,
    )
    return row, found


def _newer(name: str, current: str, version: str, first: str | None = None) -> Remedy:
    return Remedy(
        kind="version",
        message=f"upgrade {name} {current} → {version}, outside =={current}",
        version=version,
        range="beyond",
        direction="newer",
        first_version=first or version,
    )


_BUILD = Remedy(kind="build", message="build it in public.ecr.aws/lambda/python:3.8-arm64")
_LEGACY = [
    _legacy("cryptography", "3.0", 1, "tar.gz", _newer("cryptography", "3.0", "3.1")),
    _legacy("numpy", "1.18.5", 2, "zip", _newer("numpy", "1.18.5", "1.19.0")),
    _legacy("pandas", "1.0.5", 3, "tar.gz", _newer("pandas", "1.0.5", "1.1.0", "1.0.5rc1")),
    _legacy("psycopg2-binary", "2.8.6", 4, "tar.gz", _newer("psycopg2-binary", "2.8.6", "2.9.1")),
    _legacy("lxml", "4.5.0", 5, "tar.gz", _newer("lxml", "4.5.0", "4.5.1")),
    _legacy("grpcio", "1.30.0", 6, "tar.gz", _BUILD),
    _legacy("pyyaml", "5.3.1", 7, "tar.gz", _BUILD),
]
_PURE = tuple(
    package(
        name,
        version,
        Status.PURE_WHEEL,
        Status.PURE_WHEEL,
        line=line,
        by=by,
        paths=(path,),
        files=(f"{name}-{version}-py2.py3-none-any.whl",) * 2,
    )
    for name, version, line, by, path in (
        ("requests", "2.25.1", 8, (), ("requests",)),
        ("urllib3", "1.26.20", None, ("requests",), ("requests", "urllib3")),
    )
)
LEGACY = report(
    audit(
        AFTER_BUILDS,
        (*(row for row, _ in _LEGACY), *_PURE),
        tuple(found for _, found in _LEGACY),
        target=LAMBDA_38,
    )
)

_READY_PACKAGES = (
    package(
        "aiofiles",
        "24.1.0",
        Status.PURE_WHEEL,
        Status.PURE_WHEEL,
        line=2,
        files=("aiofiles-24.1.0-py3-none-any.whl",) * 2,
        size=15_896,
    ),
    package(
        "aiohttp",
        "3.11.11",
        Status.WHEEL,
        Status.WHEEL,
        by=("aiobotocore",),
        paths=(("aioboto3", "aiobotocore", "aiohttp"),),
        files=(
            "aiohttp-3.11.11-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "aiohttp-3.11.11-cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
        ),
        size=1_693_002,
    ),
    package(
        "aioboto3",
        "13.3.0",
        Status.PURE_WHEEL,
        Status.PURE_WHEEL,
        line=1,
        files=("aioboto3-13.3.0-py3-none-any.whl",) * 2,
    ),
    package(
        "aiobotocore",
        "2.16.0",
        Status.PURE_WHEEL,
        Status.PURE_WHEEL,
        by=("aioboto3", "aiohttp"),
        paths=(("aioboto3", "aiobotocore"),),
        files=("aiobotocore-2.16.0-py3-none-any.whl",) * 2,
    ),
    package("colorama", None, Status.NOT_REQUIRED, Status.NOT_REQUIRED, by=("click",)),
)
READY_NOW = report(audit(READY, _READY_PACKAGES, savings=DOLLARS))
DEARER = replace(SAVINGS, percent=-12.0)
COSTS_MORE = report(audit(weighed(READY, DEARER), _READY_PACKAGES, savings=DEARER))

_UNKNOWN_PACKAGES = (
    *_READY_PACKAGES[:1],
    package("internal-auth", None, Status.UNKNOWN, Status.UNKNOWN, line=4, reason="a git checkout, not read"),
    package("onnxruntime", "1.20.1", Status.WHEEL, Status.WHEEL, line=5),
    package(
        "coverage",
        "7.6.11",
        Status.WHEEL,
        Status.PURE_WHEEL,
        line=6,
        files=(None, "coverage-7.6.11-py3-none-any.whl"),
    ),
)
UNDETERMINED = report(
    audit(
        UNKNOWNS,
        _UNKNOWN_PACKAGES,
        (
            finding(
                "AC009",
                "not-verifiable",
                Severity.UNKNOWN,
                "internal-auth",
                None,
                "a git checkout is not read",
                line=4,
                evidence=Evidence(detail=("git+ssh://git@git.example/team/internal-auth@v2",)),
                target=LAMBDA_313,
            ),
            finding(
                "AC007",
                "slow-fallback",
                Severity.WARNING,
                "coverage",
                "7.6.11",
                "x86_64 gets compiled code, aarch64 the pure Python wheel of the same version",
                line=6,
                evidence=Evidence(files=("coverage-7.6.11-py3-none-any.whl",)),
                remedy=Remedy(
                    kind="version",
                    message="upgrade coverage 7.6.11 → 7.6.12",
                    version="7.6.12",
                    range="within",
                    direction="newer",
                    verified=True,
                ),
                target=LAMBDA_313,
            ),
        ),
        errors=(
            Trouble(kind="skipped", message="-e ./plugins: no folder of this name"),
            Trouble(kind="not-found", message="no index has a project of this name", package="left-padd"),
        ),
        ignored=(
            accepted(
                finding(
                    "AC012",
                    "known-issue",
                    Severity.WARNING,
                    "onnxruntime",
                    "1.20.1",
                    "may abort at import",
                    line=5,
                )
            ),
        ),
        notes=("the Python was taken from .python-version",),
    )
)

_NUMPY_FILES = (
    "numpy-2.3.5-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
    "numpy-2.3.5-cp311-cp311-musllinux_1_2_aarch64.whl",
    "numpy-2.3.5-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
    "numpy-2.3.5-cp312-cp312-musllinux_1_2_aarch64.whl",
    "numpy-2.3.5-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
)
_MATRIX_311 = audit(
    STAY,
    (
        package(
            "numpy",
            "2.2.6",
            Status.WHEEL,
            Status.WHEEL,
            on_x86_64="2.3.5",
            by=("pandas",),
            paths=(("pandas", "numpy"),),
            files=(
                "numpy-2.3.5-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                "numpy-2.2.6-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
            ),
        ),
        package("pandas", "2.3.3", Status.WHEEL, Status.WHEEL, line=1),
        package("ibm-db", "3.2.6", Status.WHEEL, Status.MISSING, line=3, reason="no aarch64 wheel, no sdist"),
        package(
            "psycopg2", "2.9.11", Status.SDIST, Status.SDIST, line=2, files=("psycopg2-2.9.11.tar.gz",) * 2
        ),
    ),
    (
        finding(
            "AC001",
            "no-aarch64-wheel",
            Severity.BLOCKER,
            "ibm-db",
            "3.2.6",
            "no aarch64 wheel of any kind, and no sdist that could be built",
            line=3,
            evidence=Evidence(
                files=("ibm_db-3.2.6-cp311-cp311-manylinux_2_17_x86_64.whl",),
                detail=("no version of ibm-db has an aarch64 wheel",),
            ),
            target=LAMBDA_311,
        ),
        finding(
            "AC006",
            "version-drift",
            Severity.WARNING,
            "numpy",
            "2.2.6",
            "aarch64 gets 2.2.6 where x86_64 gets 2.3.5",
            line=1,
            path=("pandas", "numpy"),
            evidence=Evidence(files=_NUMPY_FILES, needs="glibc 2.27", has="glibc 2.26"),
            target=LAMBDA_311,
        ),
        finding(
            "AC013",
            "target-problem",
            Severity.WARNING,
            "psycopg2",
            "2.9.11",
            "no wheel for Linux at all: an sdist on both architectures",
            line=2,
            evidence=Evidence(files=("psycopg2-2.9.11.tar.gz",)),
            target=LAMBDA_311,
        ),
    ),
    target=LAMBDA_311,
)
MATRIX = report(
    _MATRIX_311, audit(READY, _READY_PACKAGES, target=DEBIAN_12, savings=None, path="services/api/uv.lock")
)

_EVIL = "evil\x1b[31m|`<img src=x>`@octocat#1\u202e"
HOSTILE = report(
    audit(
        AFTER_BUILDS,
        (
            package(
                _EVIL,
                "1.0\r\n::error::",
                Status.WHEEL,
                Status.MISSING,
                line=1,
                reason="</details> [x](https://index.example/) \u0007",
                files=(None, None),
            ),
        ),
        (
            finding(
                "AC001",
                "no-aarch64-wheel",
                Severity.BLOCKER,
                _EVIL,
                "1.0\r\n::error::",
                "name @ https://index.example/x.whl <script>alert(1)</script> closes #7 \x9b2J",
                line=1,
                path=("a|b", _EVIL),
                evidence=Evidence(
                    files=("ünïcödé-名前-1.0-py3-none-linux_x86_64.whl", "``` fence ```"),
                    detail=("![x](y)\u2066",),
                ),
                remedy=Remedy(
                    kind="replace", message="use `other`; $(rm -rf /) | tee www.evil.example :tada:"
                ),
            ),
        ),
        path="sub dir/\x1b]0;title\x07名前.txt",
        errors=(Trouble(kind="input", message="\u202eabc\u0000", package="x\ny"),),
        notes=("/close\n/close @octocat",),
    )
)

EMPTY = report(audit(NOTHING, savings=None))
NO_INDEX = report(
    audit(
        INCOMPLETE,
        complete=False,
        errors=(Trouble(kind="index", message="no answer within 20 s", package="numpy"),),
    )
)
UNUSABLE_TARGET = report(
    audit(
        UNUSABLE,
        (
            package(
                "numpy", "1.18.5", Status.MISSING, Status.MISSING, line=1, reason="wheels for cp35–cp38 only"
            ),
        ),
        (
            finding(
                "AC013",
                "target-problem",
                Severity.BLOCKER,
                "numpy",
                "1.18.5",
                "no wheel for cp39 on either architecture",
                line=1,
                evidence=Evidence(needs="cp35–cp38", has="lambda:python3.11"),
            ),
        ),
        target=LAMBDA_311,
    )
)


def plan(*changes: Change, rank: int = 1, verified: bool = True, **about: Any) -> Plan:
    """Return a plan that leads to a set that is ready, but for what is said *about* it."""
    code = about.pop("recommendation", READY)
    counts = {"packages": 9, "ready": 9, "build": 0, "blocked": 0, "unknown": 0, "ignored": 0}
    counts |= {key: about.pop(key) for key in tuple(about) if key in counts}
    outlook = Outlook(
        target=about.pop("target", LAMBDA_38.id),
        recommendation=code,
        summary=Summary(**counts),
        moved=about.pop("moved", ()),
    )
    return Plan(rank=rank, verified=verified, changes=changes, result=outlook, **about)


def change(kind: ChangeKind, package: str, from_: str | None, to: str, **about: Any) -> Change:
    return Change(kind=kind, package=package, from_=from_, to=to, **about)


_CRYPTOGRAPHY = change("version", "cryptography", "3.0", "3.1", specifier="==3.1", location=place(1))
_NUMPY = change("version", "numpy", "1.18.5", "1.21.1", specifier=">=1.21.1,<2", location=place(2))
_PSYCOPG = change(
    "replace",
    "psycopg2-binary",
    "psycopg2-binary==2.8.6",
    "psycopg>=3",
    location=place(4),
    code=True,
    via="psycopg is its successor",
)
_MOVABLE = tuple(each for each in LEGACY.audits[0].packages if each.name != "requests")
WAY_OUT = report(
    replace(
        LEGACY.audits[0],
        packages=_MOVABLE,
        summary=summary(_MOVABLE),
        plans=(
            plan(
                change("build", "grpcio", "1.30.0", "1.30.0", via="building takes a C compiler"),
                _PSYCOPG,
                _NUMPY,
                change("constraint", "urllib3", "1.26.20", "1.26.5", specifier="<=1.26.5"),
                _CRYPTOGRAPHY,
                verified=False,
                leaves=("lxml",),
                recommendation=STAY,
                moved=(
                    *(Moved(package=f"mover-{n}", from_="1", to="2") for n in range(5)),
                    Moved(package="numpy", from_="1.18.5", to="1.21.1"),
                    Moved(package="psycopg", from_=None, to="3.2"),
                    Moved(package="six", from_="1.16.0", to=None),
                ),
            ),
            plan(
                change("target", "", "lambda:python3.8", "lambda:python3.9"),
                _CRYPTOGRAPHY,
                rank=2,
                target="lambda:python3.9",
                build=2,
                ready=7,
            ),
            plan(_CRYPTOGRAPHY, rank=3, leaves=("lxml", "numpy"), recommendation=STAY),
        ),
    )
)


def of(one: Audit, path: str, says: TargetSource | None = None) -> Audit:
    """Return *one* as the audit of the input at *path*."""
    found = tuple(
        replace(each, location=place(each.location.line, path)) for each in one.findings if each.location
    )
    return replace(
        one, input=replace(one.input, path=path), target=replace(one.target, source=says), findings=found
    )


def deployed(name: str, path: str, line: int | None, **about: Any) -> Deployable:
    """Return a function on AWS Lambda that SAM's template at *path* deploys, but for what is said *about* it."""
    said: dict[str, Any] = {"kind": "function", "tool": "sam", "platform": "lambda", "architecture": "x86_64"}
    return Deployable(name=name, source=place(line, path), **(said | about))


def about_deployment(  # noqa: PLR0917 as above
    rule: str, name: str, severity: Severity, package: str, message: str, where: Place
) -> Finding:
    """Return a finding about how *package* is deployed."""
    found = finding(rule, name, severity, package, None, message, target=LAMBDA_313)
    return replace(found, location=where, path=())


_API, _OLD, _STUCK, _WEB, _TOOLS = (
    f"services/{name}/requirements.txt" for name in ("api", "legacy", "reports", "web", "tools")
)
_ON_313, _ON_38, _ON_311 = ("lambda:python3.13",), ("lambda:python3.8",), ("lambda:python3.11",)
FLEET = replace(
    report(
        of(
            READY_NOW.audits[0],
            _API,
            TargetSource(kind="infrastructure", path="template.yaml", line=15),
        ),
        of(WAY_OUT.audits[0], _OLD, TargetSource(kind="infrastructure", path="template.yaml", line=44)),
        of(_MATRIX_311, _STUCK, TargetSource(kind="infrastructure", path="infra/main.tf", line=12)),
        of(MATRIX.audits[1], _WEB),
        of(UNDETERMINED.audits[0], _TOOLS, TargetSource(kind="default")),
    ),
    deployables=(
        deployed(
            "ApiFunction",
            "template.yaml",
            12,
            code="services/api",
            inputs=(_API,),
            targets=_ON_313,
            runtime="python3.13",
            memory_mb=1024,
            recommendation=READY,
            findings=(
                about_deployment(
                    "AC019",
                    "build-tool",
                    Severity.WARNING,
                    "ApiFunction",
                    "sam build would take the wheels of the machine that it runs on",
                    place(18, "template.yaml"),
                ),
            ),
            edits=(
                Replacement(
                    path="template.yaml", first=16, last=15, old="", new="      Architectures: [arm64]\n"
                ),
            ),
        ),
        deployed(
            "LegacyFunction",
            "template.yaml",
            40,
            code="services/legacy",
            inputs=(_OLD,),
            targets=_ON_38,
            runtime="python3.8",
            memory_mb=512,
            recommendation=AFTER_BUILDS,
            edits=(
                Replacement(
                    path="template.yaml",
                    first=46,
                    last=46,
                    old="      Architectures: [x86_64]\n",
                    new="      Architectures: [arm64]\n",
                ),
            ),
        ),
        deployed(
            "SharedLayer",
            "template.yaml",
            70,
            kind="layer",
            code="services/api",
            inputs=(_API,),
            targets=_ON_313,
            architecture="conditional",
            conditions=("arm64 where UseGraviton is true", "x86_64 where UseGraviton is false"),
            recommendation=READY,
            change="it is arm64 where UseGraviton is true; see to that (template.yaml:74)",
        ),
        deployed(
            "reports",
            "infra/main.tf",
            7,
            tool="terraform",
            code="services/reports",
            inputs=(_STUCK,),
            targets=_ON_311,
            runtime="python3.11",
            memory_mb=2048,
            recommendation=STAY,
        ),
        deployed(
            "edge",
            "infra/main.tf",
            31,
            tool="terraform",
            code="services/api",
            inputs=(_API,),
            targets=_ON_313,
            architecture="arm64",
            runtime="python3.13",
            recommendation=READY,
            findings=(
                about_deployment(
                    "AC020",
                    "layer-architecture",
                    Severity.BLOCKER,
                    "edge",
                    "the layer LambdaInsightsExtension:38 is for x86_64",
                    place(39, "infra/main.tf"),
                ),
            ),
        ),
        deployed(
            "cron",
            "infra/main.tf",
            52,
            tool="terraform",
            architecture="unknown",
            runtime="python3.12",
            notes=("its code is at var.cron_package, which has no default",),
        ),
        deployed(
            "web",
            "services/web/Dockerfile",
            1,
            kind="container",
            tool="docker",
            platform="docker",
            code="services/web",
            inputs=(_WEB,),
            targets=(DEBIAN_12.id,),
            architecture="arm64",
            recommendation=READY,
        ),
        deployed(
            _TOOLS,
            _TOOLS,
            None,
            kind="project",
            tool="",
            platform="",
            inputs=(_TOOLS,),
            targets=_ON_313,
            architecture="unknown",
            recommendation=UNKNOWNS,
        ),
    ),
    fleet=Fleet(
        folder=".",
        others=3,
        images=1,
        left_out=tuple(f"{name}/requirements.txt" for name in ("docs", "tests", "tests/e2e", "ci", "bench")),
        notes=("infra/nested.yaml: its template is not in this repository",),
    ),
)
_api, _legacy, _layer, _reports, _edge, _cron, _web, _tools = FLEET.deployables
FLEET_BEFORE = replace(
    FLEET,
    deployables=(
        replace(_api, recommendation=AFTER_BUILDS, findings=()),
        _legacy,
        replace(_layer, recommendation=AFTER_BUILDS, source=place(9, _layer.source.path)),
        replace(_edge, findings=()),
        replace(_cron, findings=_edge.findings),
        replace(_web, architecture="x86_64"),
        _tools,
        replace(_web, name="old-web"),
    ),
)
_NAMED = "evil\x1b[31m|`<img src=x>`@octocat#1\u202e"
HOSTILE_FLEET = replace(
    report(of(HOSTILE.audits[0], f"{_NAMED}.txt")),
    deployables=(
        deployed(
            f"={_NAMED}",
            "sub dir/\x1b]0;title\x07名前.yaml",
            3,
            code="@SUM(1+1)*cmd|'/C calc'!A0",
            inputs=(f"{_NAMED}.txt",),
            targets=_ON_313,
            runtime="+python\r\n::error::",
            conditions=("-1+1 </details> where |x|",),
            recommendation=AFTER_BUILDS,
            findings=(
                about_deployment(
                    "AC020",
                    "layer-architecture",
                    Severity.BLOCKER,
                    _NAMED,
                    "</details><script>alert(1)</script> ``` \x9b2J",
                    place(9, "sub dir/\x1b]0;title\x07名前.yaml"),
                ),
            ),
            edits=(
                Replacement(
                    path="a\r\n::error::b",
                    first=4,
                    last=4,
                    old="```\n</pre><script>\n",
                    new="\tx: \u202earm64 # ``` and a line that is much longer than the terminal of anybody is wide\n",
                ),
            ),
            change="</details> [x](https://index.example/) \u0007",
            notes=("\t=HYPERLINK(1)", "/close\n/close @octocat"),
        ),
        deployed("plain", "b.yaml", 1, recommendation=NOTHING),
    ),
    fleet=Fleet(folder="\x1b[2J", left_out=("<b>\u202e",), notes=("::warning::x",)),
)

EXAMPLES = {
    "fleet": FLEET,
    "hostile-fleet": HOSTILE_FLEET,
    "way-out": WAY_OUT,
    "legacy": LEGACY,
    "ready": READY_NOW,
    "costs-more": COSTS_MORE,
    "undetermined": UNDETERMINED,
    "matrix": MATRIX,
    "hostile": HOSTILE,
    "empty": EMPTY,
    "no-index": NO_INDEX,
    "unusable-target": UNUSABLE_TARGET,
    "no-audits": report(),
}
