"""What building an sdist takes. The scripts are small equivalents of those of the packages that they name."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.index.model import SdistContents
from archcheck.inspect.sdists.classify import SdistVerdict, classify

PLAIN = "from setuptools import setup\nsetup(name='demo', packages=['demo'])"
NAMES = ("PKG-INFO", "setup.py", "demo/__init__.py")
WITH_C = (*NAMES, "demo/_speed.c")
EXTENSION = "ext = [Extension('demo._speed', ['demo/_speed.c'])]\n"

TRY_AGAIN = """
from setuptools import setup, Extension
from distutils.command.build_ext import build_ext
class BuildFailed(Exception):
    pass
class ve_build_ext(build_ext):
    def build_extension(self, ext):
        try:
            build_ext.build_extension(self, ext)
        except (CCompilerError, ValueError):
            raise BuildFailed()
def run_setup(with_binary):
    setup(ext_modules=[Extension('demo._speed', ['demo/_speed.c'])] if with_binary else [], cmdclass=dict(build_ext=ve_build_ext))
try:
    run_setup(True)
except BuildFailed:
    run_setup(False)
"""

GOES_ON = """
from setuptools import setup, Extension
class BuildExt(build_ext):
    def build_extension(self, ext):
        try:
            return build_ext.build_extension(self, ext)
        except Exception as e:
            print(e)
setup(cmdclass={"build_ext": BuildExt}, ext_modules=[Extension('demo._speed', ['demo/_speed.cpp'])])
"""

GOES_ON_UNLESS_ASKED_FOR = """
from distutils.core import setup, Extension as _Extension
from distutils.command.build_ext import build_ext as _build_ext
class Extension(_Extension):
    pass
class build_ext(_build_ext):
    def build_extensions(self):
        for ext in self.extensions:
            try:
                self.build_extension(ext)
            except (CompileError, LinkError):
                if ext.wanted:
                    raise
                log.warn("falling back to pure Python")
setup(distclass=Distribution, cmdclass={"build_ext": build_ext}, ext_modules=[Extension('_yaml', ['ext/_yaml.pyx'])])
"""

EXPLAINS_AND_FAILS = """
from setuptools import setup, Extension
class psycopg_build_ext(build_ext):
    def build_extension(self, extension):
        try:
            build_ext.build_extension(self, extension)
        except CompileError:
            sys.stderr.write("you lack pg_config")
            raise
setup(cmdclass={'build_ext': psycopg_build_ext}, ext_modules=[Extension('demo._speed', ['demo/_speed.c'])])
"""

RAISES_EITHER_WAY = EXPLAINS_AND_FAILS.replace(
    "            raise\n",
    """\
            if verbose:
                raise
            else:
                try:
                    explain()
                finally:
                    raise RuntimeError from None
""",
)

RUN_WITHOUT_COMPILER = GOES_ON.replace("build_extension(self", "run(self").replace(
    "Exception", "DistutilsPlatformError"
)


@pytest.mark.parametrize(
    ("package", "kind", "script", "names"),
    [
        ("docopt", "pure-sdist", PLAIN, NAMES),
        ("requests", "pure-sdist", "class Test(X): pass\nsetup(cmdclass={'test': Test})", NAMES),
        ("future", "pure-sdist", "import src.demo\nkw = {}\nsetup(version=src.demo.v, **kw)", NAMES),
        ("six", "pure-sdist", "import setuptools\nsetuptools.setup()", NAMES),
        ("C in tests alone", "pure-sdist", PLAIN, (*NAMES, "tests/data/x.c", "docs/x.c", "demo/_vendor/x.c")),
        ("markupsafe", "fallback-sdist", TRY_AGAIN, WITH_C),
        ("msgpack", "fallback-sdist", GOES_ON, WITH_C),
        ("pyyaml", "fallback-sdist", GOES_ON_UNLESS_ASKED_FOR, (*NAMES, "ext/_yaml.pyx")),
        ("optional", "fallback-sdist", "setup(ext_modules=[Extension('x', ['x.c'], optional=True)])", WITH_C),
        ("psycopg2", "native-sdist", EXPLAINS_AND_FAILS, WITH_C),
        ("raises either way", "native-sdist", RAISES_EITHER_WAY, WITH_C),
        ("raises on one way", "fallback-sdist", RAISES_EITHER_WAY.replace("else", "elif lax"), WITH_C),
        ("no compiler at all", "native-sdist", RUN_WITHOUT_COMPILER, WITH_C),
        ("exits", "native-sdist", GOES_ON.replace("print(e)", "sys.exit(1)"), WITH_C),
        ("psutil", "native-sdist", EXTENSION + "kw = dict(ext_modules=ext)\nsetup(**kw)", WITH_C),
        (
            "one of two optional",
            "native-sdist",
            EXTENSION + "Extension('x', [], optional=True)\nsetup()",
            WITH_C,
        ),
        (
            "optional said false",
            "native-sdist",
            "setup(ext_modules=[Extension('x', [], optional=False)])",
            WITH_C,
        ),
        ("cffi", "native-sdist", "setup(cffi_modules=['build.py:ffi'])", NAMES),
        ("cffi with sources", "native-sdist", "setup(cffi_modules=['build.py:ffi'])", WITH_C),
        ("rust", "native-sdist", "setup(rust_extensions=[RustExtension('x')])", (*NAMES, "Cargo.toml")),
        ("cython", "native-sdist", "setup(ext_modules=cythonize('*.pyx'))", NAMES),
        ("torch", "native-sdist", "setup(ext_modules=[CUDAExtension('x', ['x.cu'])])", NAMES),
        (
            "lxml",
            "native-sdist",
            "import setupinfo\nsetup(**setupinfo.ext_modules())",
            (*NAMES, "src/lxml/etree.c"),
        ),
        ("hint without sources", "sdist", "kw = {'ext_modules': make()}\nsetup(**kw)", NAMES),
        ("sources unspoken of", "sdist", PLAIN, WITH_C),
        ("a built library", "sdist", PLAIN, (*NAMES, "demo/libdemo.so.1")),
        ("arguments from elsewhere", "sdist", "from helper import kw\nsetup(**kw)", NAMES),
        ("set up elsewhere", "sdist", "import helper\nhelper.run()", NAMES),
        ("build command", "sdist", "setup(cmdclass={'build_py': Make})", NAMES),
        ("distribution class", "sdist", "setup(distclass=BinaryDistribution)", NAMES),
        ("Python 2", "sdist", "print 'two'\nsetup()", NAMES),
        ("invalid escape", "pure-sdist", "'\\d'\nsetup()", NAMES),
    ],
)
def test_setup_scripts(package: str, kind: str, script: str, names: tuple[str, ...]) -> None:
    verdict = classify(SdistContents(names=names, setup_py=script))
    assert verdict.kind == kind, verdict.reason
    assert verdict.reason


def system(backend: str, *requires: str, rest: str = "") -> str:
    return f'[build-system]\nbuild-backend = "{backend}"\nrequires = {list(requires)!r}\n{rest}'


@pytest.mark.parametrize(
    ("kind", "pyproject", "names"),
    [
        ("pure-sdist", system("flit_core.buildapi", "flit_core >=3.2,<4"), NAMES),
        ("pure-sdist", system("hatchling.build", "hatchling"), NAMES),
        (
            "pure-sdist",
            system("hatchling.build", rest="[tool.hatch.build.hooks.vcs]\nversion-file = 'x'"),
            NAMES,
        ),
        ("pure-sdist", system("poetry.core.masonry.api"), NAMES),
        ("pure-sdist", system("pdm.backend"), NAMES),
        ("pure-sdist", system("uv_build"), NAMES),
        ("pure-sdist", system("setuptools.build_meta", "setuptools>=61", "setuptools_scm[toml]"), NAMES),
        ("pure-sdist", system("setuptools.build_meta:__legacy__"), NAMES),
        ("pure-sdist", "", NAMES),
        ("sdist", system("hatchling.build", rest="[tool.hatch.build.hooks.custom]"), NAMES),
        ("sdist", system("hatchling.build", rest="[tool.hatch.build.targets.wheel.hooks.mypyc]"), NAMES),
        ("native-sdist", system("hatchling.build", "hatchling", "Cython>=3"), (*NAMES, "demo/x.pyx")),
        ("sdist", system("hatchling.build", "hatchling", "cffi; os_name == 'x'"), NAMES),
        ("sdist", system("poetry.core.masonry.api", rest="[tool.poetry]\nbuild = 'build.py'"), NAMES),
        ("sdist", system("poetry.core.masonry.api", rest="[tool.poetry.build]\nscript = 'build.py'"), NAMES),
        ("sdist", system("pdm.backend", rest="[tool.pdm.build]\nrun-setuptools = true"), NAMES),
        ("sdist", system("pdm.backend"), (*NAMES, "pdm_build.py")),
        ("sdist", system("hatchling.build"), (*NAMES, "hatch.toml")),
        ("sdist", system("flit_core.buildapi", rest="backend-path = ['.']"), NAMES),
        ("sdist", system("flit_core.buildapi"), WITH_C),
        ("native-sdist", system("maturin"), NAMES),
        ("native-sdist", system("mesonpy"), NAMES),
        ("native-sdist", system("scikit_build_core.build"), NAMES),
        ("native-sdist", system("setuptools.build_meta", "Cython"), WITH_C),
        ("sdist", system("setuptools.build_meta", "cython"), NAMES),
        (
            "native-sdist",
            system("setuptools.build_meta", rest="[[tool.setuptools.ext-modules]]\nname = 'x'"),
            NAMES,
        ),
        ("native-sdist", system("setuptools.build_meta", rest="[[tool.setuptools-rust.ext-modules]]"), NAMES),
        ("sdist", system("backend", rest="backend-path = ['.']"), NAMES),
        ("sdist", system("setuptools.build_meta", rest="backend-path = ['.']"), NAMES),
        ("sdist", system("some_backend.api"), NAMES),
        ("sdist", "[[[", NAMES),
        ("sdist", "build-system = 1\n[tool", NAMES),
        ("pure-sdist", "build-system = 1\ntool = 2", NAMES),
    ],
)
def test_build_backends(kind: str, pyproject: str, names: tuple[str, ...]) -> None:
    verdict = classify(SdistContents(names=names, pyproject=pyproject))
    assert verdict.kind == kind, verdict.reason


def test_an_in_tree_backend_is_judged_by_its_setup_script() -> None:
    pyproject = system("_backend", "setuptools", "Cython", rest="backend-path = ['packaging']")
    names = (*NAMES, "yaml/_yaml.pyx")
    assert (
        classify(SdistContents(names=names, pyproject=pyproject, setup_py=GOES_ON)).kind == "fallback-sdist"
    )
    assert classify(SdistContents(names=names, pyproject=pyproject, setup_py=PLAIN)).kind == "native-sdist"


@pytest.mark.parametrize(
    "folder",
    [
        "vendored-meson/meson/src/",
        "meson/test cases/rust/",
        "meson/manual tests/1/",
        "demo/test_data/",
        "demo/tests/",
    ],
)
def test_what_a_vendored_tool_or_test_data_is_written_in_is_not_what_the_build_takes(folder: str) -> None:
    """numpy 1.26's sdist carries meson with its test cases in every language."""
    pyproject = "[build-system]\nbuild-backend = 'mesonpy'\n"
    aside = tuple(f"{folder}a.{suffix}" for suffix in ("rs", "cu", "f90", "go"))
    verdict = classify(SdistContents(names=(*WITH_C, *aside), pyproject=pyproject))
    assert verdict.takes == ("a C compiler",)
    near = classify(SdistContents(names=(*WITH_C, "demo/latest/a.rs"), pyproject=pyproject))
    assert near.takes == ("a C compiler", "Rust (cargo)")


scripts = st.sampled_from([PLAIN, TRY_AGAIN, GOES_ON, EXPLAINS_AND_FAILS, EXTENSION, "setup()"])


@given(st.lists(st.sampled_from(["a.c", "src/b.pyx", "x/Cargo.toml", "m.py"])), scripts, scripts)
def test_more_signs_of_compiled_code_never_make_it_pure(names: list[str], first: str, second: str) -> None:
    kinds = {
        classify(SdistContents(names=tuple(names), setup_py=first)).kind,
        classify(SdistContents(names=(), setup_py=first + "\n" + second)).kind,
    }
    both = classify(SdistContents(names=tuple(names), setup_py=first + "\n" + second)).kind
    assert both != "pure-sdist" or kinds == {"pure-sdist"}


@given(st.lists(st.text()), st.text(), st.text())
def test_arbitrary_texts_raise_nothing(names: list[str], pyproject: str, setup_py: str) -> None:
    contents = SdistContents(names=tuple(names), pyproject=pyproject, setup_py=setup_py)
    assert isinstance(classify(contents), SdistVerdict)


def test_each_text_is_parsed_once_for_both_architectures(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real = ast.parse

    def counted(text: str) -> ast.Module:
        parsed.append(text)
        return real(text)

    monkeypatch.setattr(ast, "parse", counted)
    script = (
        f"import helper, platform\nif platform.machine() == 'x86_64':\n    import other\n{PLAIN}  # once\n"
    )
    helpers = (("helper.py", "A = 1  # once"), ("other.py", "B = 1  # once"), ("unused.py", "C = 1"))
    contents = SdistContents(names=NAMES, setup_py=script, helpers=helpers)
    for machine in ("x86_64", "aarch64"):
        classify(contents, machine)
    assert parsed == [script, helpers[0][1], helpers[1][1]]
