"""The recipe as a pure function: of each kind of input, by each way to ship, and always of the set after the plan."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from msgspec.structs import replace

from archcheck.model import (
    Limits,
    Load,
    Moved,
    Recommendation,
    Result,
    Sizes,
    Status,
    Surroundings,
    Then,
)
from archcheck.report.sections import deployment
from tests.report.examples import (
    DEBIAN_12,
    EXAMPLES,
    LAMBDA_311,
    LAMBDA_313,
    READY,
    audit,
    change,
    finding,
    package,
    plan,
)

HERE = Surroundings(folder=".", input="requirements.txt", code=("src/",))
WHEELS = (
    package(
        "numpy",
        "2.3.5",
        Status.WHEEL,
        Status.WHEEL,
        line=1,
        files=(None, "numpy-2.3.5-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"),
    ),
)
AFTER_CHANGES = Recommendation(
    architecture="arm64",
    when="after-changes",
    effort="upgrade",
    confidence="high",
    reasons=(),
    code="remedies-known",
)
NO_WORSE = replace(AFTER_CHANGES, when="now", code="no-worse")


def one(kind="requirements", target=LAMBDA_313, packages=WHEELS, code=READY, around=HERE, **about):
    made = audit(code, packages, target=target, path=about.pop("path", around.input if around else "r.txt"))
    member = about.pop("member", None)
    return replace(made, input=replace(made.input, kind=kind, package=member), surroundings=around, **about)


def recipe(made):
    return {step.title: step.command for step in deployment.steps(made)}


def dockerfile(made):
    return next(text for text in recipe(made).values() if text.startswith("FROM ")).splitlines()


def by(kind, name, **about):
    """Return an audit of a lock called *name* beside a pyproject.toml and its code in src."""
    return one(kind, around=Surroundings(folder=".", input=name, code=("src/",), **about))


EXPORT = "Write the set down for pip"
ELSEWHERE = "Install for arm64, never for the machine you sit at"
INSIDE = "Or install in the runtime’s own image, with the arm64 tag"
PIP = (
    "python3.13 -m pip install {} --target package \\\n"
    "  --platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64 \\\n"
    "  --implementation cp --python-version 3.13 --only-binary=:all:"
)
UV = (
    "uv pip install {} --target package \\\n"
    "  --python-platform aarch64-manylinux_2_34 --python-version 3.13 --only-binary :all:"
)


@pytest.mark.parametrize(
    ("made", "export", "install"),
    [
        (one(), None, PIP.format("-r requirements.txt")),
        (
            one(around=replace(HERE, input="a/prod.in", included=("b.in",), constraints=("c d.txt",))),
            None,
            PIP.format("-r a/prod.in -c 'c d.txt'"),
        ),
        (by("pyproject", "pyproject.toml", packaged=True), None, PIP.format(".")),
        (
            by("pyproject", "pyproject.toml"),
            "uv pip compile pyproject.toml --universal -o requirements.txt",
            PIP.format("-r requirements.txt"),
        ),
        (
            by("pyproject", "pyproject.toml", tool="uv"),
            "uv lock\nuv export --frozen --no-dev --no-editable --no-emit-project -o requirements.txt",
            PIP.format("-r requirements.txt"),
        ),
        (
            by("pyproject", "pyproject.toml", tool="pdm"),
            "pdm lock\npdm export --prod -o requirements.txt",
            PIP.format("-r requirements.txt"),
        ),
        (
            by("pyproject", "pyproject.toml", tool="poetry"),
            re.compile(r"poetry lock\n# .*\npoetry export -o requirements.txt"),
            PIP.format("-r requirements.txt"),
        ),
        (by("setup-cfg", "setup.cfg", packaged=True), None, PIP.format(".")),
        (
            by("uv", "uv.lock"),
            "uv export --frozen --no-dev --no-editable --no-emit-project -o requirements.txt",
            UV.format("-r requirements.txt"),
        ),
        (
            by("uv", "uv.lock", packaged=True),
            "uv export --frozen --no-dev --no-editable --no-emit-project -o requirements.txt",
            (
                f"{UV.format('-r requirements.txt')}\n"
                "uv pip install --no-deps . --target package --python-version 3.13"
            ),
        ),
        (
            replace(by("uv", "uv.lock"), input=replace(by("uv", "uv.lock").input, package="api")),
            "uv export --frozen --no-dev --no-editable --no-emit-project -o requirements.txt --package api",
            UV.format("-r requirements.txt"),
        ),
        (
            by("poetry", "poetry.lock", packaged=True),
            re.compile(r"# .*\npoetry export -o requirements.txt"),
            f"{PIP.format('-r requirements.txt')}\npython3.13 -m pip install --no-deps . --target package",
        ),
        (by("pdm", "pdm.lock"), "pdm export --prod -o requirements.txt", PIP.format("-r requirements.txt")),
        (
            by("pipfile-lock", "Pipfile.lock"),
            "pipenv requirements > requirements.txt",
            PIP.format("-r requirements.txt"),
        ),
        (
            by("pipfile", "Pipfile"),
            "pipenv lock && pipenv requirements > requirements.txt",
            PIP.format("-r requirements.txt"),
        ),
        (by("pylock", "pylock.prod.toml"), None, UV.format("-r pylock.prod.toml")),
        (
            by("script", "run me.py"),
            "uv export --script 'run me.py' -o requirements.txt",
            UV.format("-r requirements.txt"),
        ),
        (
            by("script-lock", "run.py.lock"),
            "uv export --script run.py --frozen -o requirements.txt",
            UV.format("-r requirements.txt"),
        ),
        (
            by("conda", "environment.yml"),
            "cat > requirements-arm64.txt <<'END'\nnumpy==2.3.5\nEND",
            PIP.format("-r requirements-arm64.txt"),
        ),
        (
            one("sbom", around=None, path="-"),
            "cat > requirements-arm64.txt <<'END'\nnumpy==2.3.5\nEND",
            PIP.format("-r requirements-arm64.txt"),
        ),
        (
            by("uv", "services/api/uv.lock", project="services/api/", local=("libs/x/",), packaged=True),
            (
                "(cd services/api/ && uv export --frozen --no-dev --no-editable --no-emit-project "
                "-o requirements.txt --no-emit-local)"
            ),
            (
                f"{UV.format('-r services/api/requirements.txt')}\n"
                "uv pip install --no-deps ./libs/x ./services/api --target package --python-version 3.13"
            ),
        ),
    ],
)
def test_of_each_kind_of_input(made, export, install):
    found = recipe(made)
    if isinstance(export, re.Pattern):
        assert export.fullmatch(found[EXPORT])
    else:
        assert found.get(EXPORT) == export
    assert found[ELSEWHERE] == install


@pytest.mark.parametrize(
    ("libc", "tag", "platform"),
    [
        ("glibc 2.34", "manylinux_2_28", "aarch64-manylinux_2_34"),
        ("glibc 2.26", "manylinux_2_17", "aarch64-manylinux_2_17"),
        ("glibc 2.26", "manylinux_2_26", None),
        ("glibc 2.16", "manylinux2014", None),
        ("", "manylinux2014", None),
    ],
)
def test_where_uv_has_no_platform_pip_installs_what_it_exports(libc, tag, platform):
    rows = (
        package("a", "1", Status.WHEEL, Status.WHEEL, files=(None, f"a-1-cp313-cp313-{tag}_aarch64.whl")),
    )
    made = one("uv", replace(LAMBDA_313, libc=libc), rows)
    command = recipe(made)[ELSEWHERE]
    assert command.startswith("uv pip" if platform else "python3.13 -m pip")
    assert platform is None or f"--python-platform {platform} " in command
    lock = recipe(one("pylock", replace(LAMBDA_313, libc=libc), rows))
    assert (ELSEWHERE in lock) is (platform is not None), "of a lock, uv alone can"


CODES = [
    (("src/",), ["(cd src && zip -qr ../function.zip .)"], ["COPY src/ ./"]),
    (("a/b/",), ["(cd a/b && zip -qr ../../function.zip .)"], ["COPY a/b/ ./"]),
    (("app.py", "lib"), ["zip -qr function.zip app.py lib"], ["COPY app.py ./", "COPY lib/ ./lib/"]),
    (
        ("api/app.py", "api/lib"),
        ["(cd api && zip -qr ../function.zip app.py lib)"],
        ["COPY api/app.py ./", "COPY api/lib/ ./lib/"],
    ),
    (
        ("app.py", "src/"),
        ["(cd src && zip -qr ../function.zip .)", "zip -qr function.zip app.py"],
        ["COPY app.py ./", "COPY src/ ./"],
    ),
    (
        ("my app.py",),
        ["zip -qr function.zip 'my app.py'"],
        ['COPY ["my app.py", "./"]'],
    ),
    (
        (),
        [
            "# Where your code is was not found: name its folder here.",
            '(cd "${CODE:?the folder of your code}" && zip -qr "$OLDPWD/function.zip" .)',
        ],
        [
            "# Where your code is was not found: name its folder here.",
            'COPY ["<folder-of-your-code>/", "./"]',
        ],
    ),
]


@pytest.mark.parametrize(("code", "packed", "copied"), CODES)
def test_the_projects_own_code_goes_along(code, packed, copied):
    made = one(around=replace(HERE, code=code))
    lines = recipe(made)["Pack and measure"].splitlines()
    assert lines == [
        "rm -f function.zip",
        "(cd package && zip -qr ../function.zip .)",
        *packed,
        "du -m -s package function.zip",
    ]
    lines = dockerfile(made)
    assert lines[3 : 3 + len(copied)] == copied
    assert lines[3 + len(copied) :] == [
        "# What is started is not known: name it here.",
        'CMD ["<module>.<function>"]',
    ]


def test_of_a_package_only_modules_beside_it_are_packed():
    made = by("poetry", "poetry.lock", packaged=True)
    made = replace(made, surroundings=replace(made.surroundings, code=("app.py", "src/")))
    assert "zip -qr function.zip app.py" in recipe(made)["Pack and measure"]
    assert "cd src" not in recipe(made)["Pack and measure"]
    bare = replace(made, surroundings=replace(made.surroundings, code=()))
    assert "CODE" not in recipe(bare)["Pack and measure"]
    assert "<folder" not in "\n".join(dockerfile(bare))


def test_where_functions_share_an_input_their_folders_are_named():
    made = one(around=replace(HERE, code=(), choices=("a/", "b/")))
    said = "# Each function has code of its own: a/, b/. Name its folder here."
    assert said in recipe(made)["Pack and measure"].splitlines()
    assert said in dockerfile(made)


def test_what_lies_outside_is_named_before_anything_is_built():
    titles = list(recipe(one(around=replace(HERE, folder="../a", outside=("/etc/all.txt",)))))
    assert titles[:2] == ["Go to the folder that holds all of it", "Take in what lies outside"]


def sizes(way, layer=()):
    load = Load(packed=1, unpacked=1, way=way, layer=layer)
    return Sizes(x86_64=load, aarch64=load, limits=Limits(upload=1, unzipped=1, layers=5, image=1))


def test_by_way_of_s3():
    found = recipe(one(sizes=sizes("zip-s3")))["Switch the function"]
    assert found.startswith("aws s3 cp function.zip s3://BUCKET/function.zip\n")
    assert "--s3-bucket BUCKET --s3-key function.zip" in found
    assert "fileb" not in found


def test_what_is_large_goes_into_a_layer_and_out_of_the_zip():
    rows = (*WHEELS, package("b", "1", Status.PURE_WHEEL, Status.PURE_WHEEL))
    made = one(packages=rows, sizes=sizes("zip-layers", ("numpy",)))
    lines = recipe(made)["Put numpy into a layer"].splitlines()
    assert lines[0] == "python3.13 -m pip install --no-deps numpy==2.3.5 --target layer/python \\"
    assert "(cd layer/python && find . -type f -print0) | (cd package && xargs -0 rm -f)" in lines
    published = recipe(made)["Publish the layer, and give it to the function"]
    assert "--compatible-architectures arm64 --compatible-runtimes python3.13" in published


def test_of_a_layer_the_whole_set_is_in_it_and_no_code():
    found = recipe(one(around=replace(HERE, layer=True)))
    assert "--target layer/python \\" in found[ELSEWHERE]
    assert list(found) == [
        ELSEWHERE,
        INSIDE,
        "Look for stray x86_64 files",
        "Pack and measure",
        "Publish the layer, and give it to the function",
    ]
    assert "src" not in found["Pack and measure"]


def test_of_an_image_the_dockerfile_comes_alone():
    made = one(sizes=sizes("image"))
    assert list(recipe(made)) == ["Write a Dockerfile", "Build for arm64 and push", "Switch the function"]


@pytest.mark.parametrize(
    ("kind", "name", "lines"),
    [
        ("requirements", "requirements.txt", ["RUN pip install --no-cache-dir -r requirements.txt"]),
        (
            "pylock",
            "pylock.toml",
            [
                "RUN pip install --no-cache-dir uv && uv pip install --system --no-cache -r pylock.toml",
            ],
        ),
        (
            "conda",
            "environment.yml",
            [
                "FROM condaforge/miniforge3:latest",
                "COPY ./ ./",
                "RUN conda env update --name base --file environment.yml",
            ],
        ),
        ("pixi", "pixi.lock", ["FROM ghcr.io/prefix-dev/pixi:latest", "RUN pixi install --locked"]),
    ],
)
def test_in_a_container_by_the_inputs_own_tool(kind, name, lines):
    around = Surroundings(folder=".", input=name, code=("src/",))
    found = dockerfile(one(kind, DEBIAN_12, around=around))
    assert [line for line in lines if line not in found] == []
    assert found[-1] == 'CMD ["python", "-m", "<module>"]'


def test_a_locked_package_in_a_container_is_installed_after_what_it_needs():
    made = by("uv", "uv.lock", packaged=True)
    assert dockerfile(replace(made, target=DEBIAN_12))[1:6] == [
        "WORKDIR /app",
        "COPY requirements.txt ./",
        "RUN pip install --no-cache-dir -r requirements.txt",
        "COPY ./ ./",
        "RUN pip install --no-cache-dir --no-deps .",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "way", "command"),
    [
        ("zip", "out/f n.zip", "zip", "--architectures arm64 --zip-file 'fileb://f n.zip'"),
        ("image", "app.tar", "image", "docker load --input app.tar"),
        ("folder", "build", "zip", "(cd build && zip -qr ../function.zip .)"),
        ("wheel", "a-1-py3-none-any.whl", "zip", "pip install --no-deps a-1-py3-none-any.whl"),
    ],
)
def test_what_is_built_and_runs_ships_as_it_is(kind, name, way, command):
    around = Surroundings(folder="out" if "/" in name else ".", input=name.rpartition("/")[2])
    found = recipe(one(kind, around=around, path=name, sizes=sizes(way)))
    assert any(command in text for text in found.values())
    assert EXPORT not in found


def test_what_is_built_and_does_not_run_is_built_again_from_its_versions():
    around = Surroundings(folder=".", input="f.zip")
    found = recipe(one("zip", around=around, code=AFTER_CHANGES))
    assert "numpy==2.3.5" in found[EXPORT].splitlines()
    assert "-r requirements-arm64.txt" in found[ELSEWHERE]


YAML = package("pyyaml", "5.3.1", Status.SDIST, Status.SDIST, line=1, files=("p.tar.gz", "p.tar.gz"))
MOVES = change("version", "pyyaml", "5.3.1", "6.0.3", specifier="==6.0.3")


def then(name, version, status, file, **about):
    return Then(
        package=name,
        result=Result(architecture="aarch64", version=version, status=status, file=file, **about),
    )


def to(*after, target=LAMBDA_313.id, changes=(MOVES,), moved=(), **about):
    made = plan(*changes, target=target, moved=moved, **about)
    return (replace(made, result=replace(made.result, then=after)),)


WHEEL = then("pyyaml", "6.0.3", Status.WHEEL, "pyyaml-6.0.3-cp313-cp313-manylinux_2_28_aarch64.whl")


@pytest.mark.parametrize(
    ("tags", "platforms"),
    [
        (("manylinux_2_34", "manylinux_2_28"), ["manylinux_2_34", "manylinux_2_28", "manylinux2014"]),
        (("manylinux_2_24.manylinux_2_28",), ["manylinux_2_24", "manylinux2014"]),
        (("manylinux_2_28.manylinux_2_24",), ["manylinux_2_24", "manylinux2014"]),
        (("manylinux_2_17.manylinux2014", "linux"), ["manylinux2014", "linux"]),
    ],
)
def test_pip_is_told_what_the_wheels_need_newest_first_and_nothing_newer(tags, platforms):
    """As pip prefers them on the machine itself; 2.28 would admit wheels that a glibc of 2.26 does not load."""
    packages = tuple(
        package(
            f"p{number}",
            "1",
            Status.WHEEL,
            Status.WHEEL,
            files=(
                None,
                f"p{number}-1-cp313-cp313-{'.'.join(f'{each}_aarch64' for each in tag.split('.'))}.whl",
            ),
        )
        for number, tag in enumerate(tags)
    )
    command = recipe(one(packages=packages))[ELSEWHERE]
    assert re.findall(r"--platform (\w+)_aarch64", command) == platforms


@pytest.mark.parametrize("code", [NO_WORSE, READY, AFTER_CHANGES])
def test_no_compiler_for_what_the_plan_above_it_moves(code):
    """pyyaml 5.3.1 is built on both; 6.0.3 has wheels, of a newer level than pip would look for."""
    made = one(packages=(YAML,), code=code, plans=to(WHEEL))
    text = "\n".join(recipe(made).values())
    assert "gcc" not in text
    assert "--platform manylinux_2_28_aarch64" in recipe(made)[ELSEWHERE]
    assert deployment.to_compile(made) == ()
    assert deployment.premise(made).endswith("above made:") or code is AFTER_CHANGES
    bare = one(packages=(YAML,), code=code, plans=())
    assert deployment.to_compile(bare) == ("pyyaml",)


def test_what_the_changed_set_takes_counts_and_not_what_todays_does():
    before = replace(YAML, results=tuple(replace(each, takes=("Rust (cargo)",)) for each in YAML.results))
    after = then("pyyaml", "5.4", Status.NATIVE_SDIST, "p.tar.gz", takes=("pg_config (setup.py:3)",))
    new = then("libx", "1", Status.NATIVE_SDIST, "x.tar.gz", takes=("swig",))
    made = one(packages=(before, *WHEELS), code=AFTER_CHANGES, plans=to(after, new))
    text = "\n".join(dockerfile(made))
    assert "libpq-devel" in text
    assert "swig" in text
    assert "cargo" not in text
    assert deployment.to_compile(made) == ("libx", "pyyaml")


def test_what_goes_and_what_comes_is_in_what_is_written_down():
    gone = (Moved(package="numpy", from_="2.3.5", to=None), Moved(package="six", from_=None, to="1.17.0"))
    new = then("six", "1.17.0", Status.PURE_WHEEL, "six-1.17.0-py2.py3-none-any.whl")
    around = Surroundings(folder=".", input="environment.yml")
    made = one("conda", packages=(YAML, *WHEELS), code=AFTER_CHANGES, around=around)
    made = replace(made, plans=to(WHEEL, new, moved=gone))
    assert recipe(made)[EXPORT].splitlines()[1:-1] == ["pyyaml==6.0.3", "six==1.17.0"]


def test_another_target_brings_its_own_libc():
    made = one("uv", LAMBDA_311, (YAML,), AFTER_CHANGES, plans=to(WHEEL, changes=()))
    assert "--python-platform aarch64-manylinux_2_34 --python-version 3.13" in recipe(made)[ELSEWHERE]


def test_of_a_result_that_does_not_say_what_moves_has_a_wheel():
    made = one(packages=(YAML,), code=AFTER_CHANGES)
    older = plan(MOVES, moved=(Moved(package="pyyaml", from_="5.3.1", to="6.0.3"),))
    assert deployment.to_compile(replace(made, plans=(older,))) == ()
    assert deployment.to_compile(replace(made, plans=None)) == ("pyyaml",)
    stuck = finding("AC013", "target-problem", "warning", "pyyaml", "5.3.1", "built on both")
    assert deployment.to_compile(replace(made, findings=(stuck,), plans=None)) == ("pyyaml",)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_every_command_is_one_that_a_shell_reads():
    """Of hostile names as well: each is a word, and none ends the document that pins are written into."""
    made = [
        one(kind, around=None, path="a b/c'd;e.lock") for kind in ("uv", "script", "conda", "zip", "cobol")
    ]
    made += [each for example in EXAMPLES.values() for each in example.audits]
    steps = [step for each in made for step in deployment.steps(each)]
    shell = [step.command for step in steps if not step.command.startswith(("FROM ", "RUN "))]
    done = subprocess.run(["bash", "-n"], input="\n".join(shell), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("kind", "name", "about", "said"),
    [
        ("uv", "uv.lock", {"extras": ("a", "b"), "groups": ("g",)}, " --extra a --extra b --group g"),
        ("uv", "uv.lock", {"all_extras": True}, " --all-extras"),
        ("poetry", "poetry.lock", {"extras": ("a",), "groups": ("g",)}, " --extras a --with g"),
        ("pdm", "pdm.lock", {"extras": ("a",), "all_extras": True}, " --group a --group :all"),
        ("pyproject", "pyproject.toml", {"extras": ("a",), "groups": ("g",)}, " --extra a --group g"),
        ("pyproject", "pyproject.toml", {"packaged": True, "all_extras": True}, " --all-extras"),
    ],
)
def test_what_was_chosen_of_a_project_is_what_is_shipped(kind, name, about, said):
    assert recipe(by(kind, name, **about))[EXPORT].endswith(f"-o requirements.txt{said}")


def test_of_a_package_extras_are_asked_of_it_itself():
    made = by("pyproject", "pyproject.toml", packaged=True, extras=("a", "b"), groups=("g",))
    assert "pip install '.[a,b]' --group g --target package" in recipe(made)[ELSEWHERE]
    assert "RUN pip install --no-cache-dir '.[a,b]' --group g" in dockerfile(made)


def test_of_extras_that_exclude_each_other_it_is_those_of_the_audit():
    made = by("uv", "uv.lock", all_extras=True)
    made = replace(made, input=replace(made.input, extras=("cpu",)))
    assert recipe(made)[EXPORT].endswith(" --extra cpu")
