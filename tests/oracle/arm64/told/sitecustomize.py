"""Lets a Python on x86_64 say that it runs on aarch64: pip asks `os.uname` for markers and for tags alike.

The Python and its glibc are those of the same Debian, so nothing else differs; `answers.py` shows that emulated pip
answers the same.
"""

import os

_TRUE = os.uname()
os.uname = lambda: os.uname_result((*_TRUE[:4], "aarch64"))
