"""What of a setup.py runs on which machine. The scripts are the patterns of the packages that they name."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.inspect.sdists import evaluation
from archcheck.inspect.sdists.evaluation import Evaluator
from archcheck.inspect.sdists.outside import UNKNOWN, Name
from archcheck.inspect.sdists.reachable import reachable
from archcheck.inspect.sdists.script_paths import Inside
from archcheck.setup_script import parse_setup

IMPORTS = {name: Name(name) for name in ("os", "sys", "platform", "struct", "sysconfig", "six", "pathlib")}


def value_of(text, machine="aarch64", **scope):
    return Evaluator(machine, frozenset({"setup.py", "lib/a.c"})).value(
        ast.parse(text, mode="eval").body, IMPORTS | {"__file__": Inside("setup.py")} | scope
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sys.platform == 'linux'", True),
        ("sys.platform.startswith('win')", False),
        ("'darwin' in sys.platform", False),
        ("os.name == 'nt'", False),
        ("platform.machine()", "aarch64"),
        ("os.uname()[4]", "aarch64"),
        ("os.uname().machine in ('x86_64', 'AMD64')", False),
        ("'86' in os.uname()[4]", False),
        ("platform.system().lower()", "linux"),
        ("platform.python_implementation() != 'CPython'", False),
        ("hasattr(sys, 'pypy_version_info')", False),
        ("hasattr(sys, 'gettotalrefcount')", UNKNOWN),
        ("sys.implementation.name == 'cpython'", True),
        ("sysconfig.get_platform()", "linux-aarch64"),
        ("struct.calcsize('P') * 8 == 64", True),
        ("os.environ.get('X')", None),
        ("os.environ.get('X', '1') == '1'", True),
        ("os.getenv('X', default) is None", UNKNOWN),
        ("bool(os.environ.get('X'))", False),
        ("'X' in os.environ", False),
        ("'X' not in os.environ", True),
        ("os.environ['X']", UNKNOWN),
        ("'--use-mypyc' in sys.argv", False),
        ("'build' in sys.argv", UNKNOWN),
        ("len(sys.argv) > 1 and sys.argv[1] == '--use-mypyc'", False),
        ("sys.argv[1] == 'sdist'", UNKNOWN),
        ("sys.version_info >= (3,)", True),
        ("sys.version_info[0] < 3", False),
        ("sys.version_info < (3, 6, 2)", UNKNOWN),
        ("sys.version_info >= (3, 6)", True),
        ("sys.version_info[:2] >= (3, 12)", UNKNOWN),
        ("sys.version_info < (4,)", True),
        ("sys.version_info.major == 2", False),
        ("six.PY2", False),
        ("os.path.exists('lib')", True),
        ("os.path.isfile('lib/a.c')", True),
        ("os.path.isdir('clidriver')", False),
        ("os.path.exists('../lib')", UNKNOWN),
        ("os.path.exists('/usr/include')", UNKNOWN),
        ("os.path.exists(os.path.join(os.path.dirname(__file__), 'lib', 'a.c'))", True),
        ("os.path.exists(os.path.join(os.path.abspath(os.path.dirname(__file__)), 'PKG-INFO'))", False),
        ("(pathlib.Path(__file__).parent / '.cibuildwheel').exists()", False),
        ("(pathlib.Path(__file__).resolve().parent / 'lib' / 'a.c').is_file()", True),
        ("(pathlib.Path(__file__).parent.parent / '.git').exists()", UNKNOWN),
        ("(pathlib.Path(__file__).parent / x).exists()", UNKNOWN),
        ("os.path.isdir(os.getcwd())", True),
        ("{'aarch64': 1}[platform.machine()]", 1),
        ("{'x86_64': 1}.get(platform.machine(), 2)", 2),
        ("{'x86_64': 1}.get(platform.machine())", None),
        ("'a' + 'b'", "ab"),
        ("1 if sys.platform == 'win32' else 2", 2),
        ("unknown or True", True),
        ("unknown and False", False),
        ("unknown or False", UNKNOWN),
        ("not unknown", UNKNOWN),
        ("not os.environ.get('X')", True),
        ("[]", UNKNOWN),
        ("unknown == 1", UNKNOWN),
        ("1 < 2 < 3", UNKNOWN),
        ("'a' < 1", UNKNOWN),
        ("lambda: 1", UNKNOWN),
        ("open('x').read()", UNKNOWN),
    ],
)
def test_what_an_expression_is_on_aarch64_linux(text, expected):
    assert value_of(text) == expected or value_of(text) is expected


@pytest.mark.parametrize(
    "text", ["sys.platform", "platform.machine()", "os.uname()[4]", "sysconfig.get_platform()"]
)
def test_the_machine_is_the_one_asked_about(text):
    assert value_of(text, "aarch64") in {"linux", "aarch64", "linux-aarch64"}
    assert str(value_of(text, "x86_64")).replace("x86_64", "aarch64") == value_of(text, "aarch64")


def cut(text, machine="aarch64", names=()):
    [found] = reachable(parse_setup(text), (machine,), names)
    return ast.unparse(found.script.tree), [stop.what for stop in found.stops]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("import sys\nif sys.platform == 'win32':\n    a()\nelse:\n    b()", "import sys\nb()"),
        (
            "import os\nF = os.getenv('X') == '1'\nif F:\n    a()\nb()",
            "import os\nF = os.getenv('X') == '1'\nb()",
        ),
        ("F = False\nif unknown():\n    F = True\nif F:\n    a()", None),
        ("F = False\nfor x in y():\n    F = True\nif F:\n    a()", None),
        ("F = False\ntry:\n    F = True\n    f()\nexcept E:\n    pass\nif F:\n    a()", None),
        ("F = False\nwith f() as F:\n    pass\nif F:\n    a()", None),
        ("F = False\nF |= f()\nif F:\n    a()", None),
        ("F = False\ndef f():\n    global F\n    F = True\nf()\nif F:\n    a()", None),
        ("D = {'a': 0}\nD.update(x)\nif D['a']:\n    a()", None),
        ("D = {'a': 0}\nf(D)\nif D['a']:\n    a()", None),
        ("D = {'a': 0}\nD['a'] = 1\nif D['a']:\n    a()\nelse:\n    b()", "D = {'a': 0}\nD['a'] = 1\na()"),
        ("def f():\n    if F:\n        a()\nF = False\nF = True", None),
        ("def f(F):\n    if F:\n        a()\nF = False", None),
        ("F = False\ndef f():\n    if F:\n        a()\n    return 1", "F = False\n\ndef f():\n    return 1"),
        ("def f():\n    return 1\n    a()", "def f():\n    return 1"),
        ("import sys\nx = a() if sys.platform == 'win32' else b()", "import sys\nx = b()"),
        ("raise SystemExit\nif a:\n    b()", "raise SystemExit"),
    ],
)
def test_what_is_cut_off_and_what_is_left_alone(text, left):
    assert cut(text)[0] == (ast.unparse(ast.parse(text)) if left is None else left)


OPTIONAL = "import os\nforce = os.environ.get('F') == '1'\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("not force", "True"),
        ("force", "False"),
        ("os.environ.get('F') != '1'", "True"),
        ("not os.environ.get('F')", "True"),
        ("f()", "f()"),
    ],
)
def test_whether_an_extension_is_optional_is_said_where_it_is_known(value, expected):
    assert f"optional={expected})" in cut(f"{OPTIONAL}e = [Extension(x, optional={value}) for x in y]")[0]


KNOWS_X86 = """
import os, platform
machine = platform.machine()
if machine == "x86_64":
    driver = "x64"
elif machine.startswith("ppc"):
    driver = "ppc"
"""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (KNOWS_X86 + "get(driver)", "uses driver, which it sets for other machines alone"),
        (KNOWS_X86 + "if not os.path.isdir('d'):\n    get(driver)", "uses driver"),
        (
            "import platform\nif platform.machine() != 'x86_64':\n    raise RuntimeError('no')",
            "raises RuntimeError",
        ),
        ("import platform, sys\nif platform.machine() != 'x86_64':\n    sys.exit('no')", "calls sys.exit()"),
        ("import platform\nT = {'x86_64': 1}\nget(T[platform.machine()])", "looks up 'aarch64'"),
        (
            "import platform\nT = {'x86_64': 1}\ndef f():\n    return T[platform.machine()]\nf()",
            "looks up 'aarch64'",
        ),
    ],
)
def test_where_a_script_gives_up_on_aarch64(text, what):
    (stop,) = cut(text)[1]
    assert stop.startswith(what)
    assert cut(text, "x86_64")[1] == []


@pytest.mark.parametrize(
    "text",
    [
        KNOWS_X86 + "driver = 'any'\nget(driver)",
        KNOWS_X86 + "if f():\n    get(driver)",  # it may never come to that
        KNOWS_X86 + "try:\n    get(driver)\nexcept NameError:\n    pass",
        KNOWS_X86 + "a = f() and driver",
        KNOWS_X86 + "from settings import *\nget(driver)",
        KNOWS_X86 + "exec(open('settings.py').read())\nget(driver)",
        KNOWS_X86 + "[get(driver) for driver in x]",
        KNOWS_X86 + "def driver():\n    pass\nget(driver)",
        "import platform\nT = {'x86_64': 1}\ntry:\n    T[platform.machine()]\nexcept KeyError:\n    pass",
        "import platform\nT = {'x86_64': 1}\ndef f():\n    T[platform.machine()]\ntry:\n    f()\nexcept KeyError:\n    pass",
        "import platform\nT = {'x86_64': 1}\nT.update(more)\nT[platform.machine()]",
        "import platform\nif platform.machine() != 'x86_64' and f():\n    raise RuntimeError",
        "import sys\nif sys.platform == 'win32':\n    a = 1\nget(a)",  # no better on x86_64
        "raise RuntimeError",
    ],
)
def test_where_it_may_go_on(text):
    assert cut(text)[1] == []


def test_too_long_a_script_is_left_as_it_stands(monkeypatch):
    monkeypatch.setattr(evaluation, "_MAX_STEPS", 20)
    text = "import sys\nif sys.platform == 'win32':\n    a()" + "\nb(1 == 2)" * 30
    assert cut(text) == (ast.unparse(ast.parse(text)), [])


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(a or " * 150 + "b" + ")" * 150,
        "x = " + "(a if b else " * 150 + "b" + ")" * 150,
        "a = (1, 2)\n" + "a = a + a\n" * 2000,
        "a = 'x'\n" + "a = a + a\n" * 2000,
        "a = (1, 2)\n" + "a = (a, a)\n" * 200 + "a == a",
        "x = a" + ".b" * 900,
        "x = a" + "[0]" * 400,
    ],
)
def test_what_grows_with_every_step_is_given_up_or_bounded(text):
    """Without the bounds each of these takes longer than anybody would wait, or more memory than there is."""
    [found] = reachable(parse_setup(text), ("aarch64",), ())
    assert found.stops == ()


pieces = st.sampled_from(
    [
        "import sys, platform, os",
        "from os import environ",
        "F = sys.platform == 'linux'",
        "T = {'a': 1, platform.machine(): 2}",
        "T[platform.machine()]",
        "T['b'] = F",
        "if F:\n    x = 1\nelse:\n    y = 2",
        "try:\n    x = y\nexcept E as e:\n    raise\nfinally:\n    del x",
        "def f(a, *b, **c):\n    global x\n    x = [a for a in b if a]\n    return lambda: x",
        "class C(B):\n    z = 1\n    def run(self):\n        yield z",
        "while F:\n    break\nelse:\n    x = y",
        "for x, y in z:\n    continue",
        "with a as b, c:\n    raise E from None",
        "match x:\n    case {'a': y}:\n        z = y",
        "x += (y := 1)",
        "setup(ext_modules=[Extension('a', optional=not F) for x in y], **T)",
        "assert x, f'{y!r}'",
        "print(*[1 if F else 2])",
        "async def g():\n    async with a:\n        await b",
    ]
)


@given(st.lists(pieces, max_size=8).map("\n".join), st.sampled_from(["aarch64", "x86_64"]))
def test_what_is_left_of_any_script_is_a_script(text, machine):
    left, _ = cut(text, machine)
    compile(left, "setup.py", "exec")
