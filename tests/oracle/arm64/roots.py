"""Debian as python:X-slim has it, of either architecture, in a folder; and commands run in it.

A root is made from packages alone: they are unpacked and none of their scripts is run. Programs for aarch64 are run by
qemu-user out of a namespace that has a binfmt_misc of its own (Linux 6.7 and later): nothing is registered on the
machine. Two things differ from hardware: the kernel below runs a *program* for x86_64 as it is, which real aarch64
refuses (a *library* for x86_64 is refused in both places), and /proc/cpuinfo is that of the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEBIAN = {"aarch64": "arm64", "x86_64": "amd64"}
PYTHONS = {"bullseye": "3.9", "bookworm": "3.11", "trixie": "3.13"}
TARGETS = {"bullseye": "debian11", "bookworm": "debian12", "trixie": "debian13"}
BESIDE = ("ca-certificates", "netbase", "tzdata")
SPLIT_OFF = {"bullseye": ("python3-distutils",)}
"""What Debian packs apart from Python and pip needs."""
LEAST_QEMU = 10
"""In 7.2 onnxruntime and PyMuPDF crash, which would be recorded as if aarch64 did that; in 10.0 they do not."""
TOOLS = ("apt-get", "debootstrap", "dpkg-deb", "readelf", "unshare")

# The interpreter is opened when it is registered (F), so it need not be there in the root; P keeps argv[0].
_MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
_MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
_ENTER = r"""
set -e
root=$1 qemu=$2 line=$3; shift 3
if [ -n "$qemu" ]; then
    mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    printf '%s' "$line" > /proc/sys/fs/binfmt_misc/register
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
while [ "$1" != -- ]; do
    mkdir -p "$root$2"
    mount --rbind "$1" "$root$2"
    shift 2
done
shift
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root LANG=C.UTF-8 "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One Debian: *suite* as in `trixie`, *architecture* as archcheck calls it, in a folder of its own."""

    suite: str
    architecture: str
    home: Path

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.home / "roots" / f"{self.suite}-{DEBIAN[self.architecture]}"

    @property
    def python(self) -> str:
        """The name of its Python."""
        return f"python{PYTHONS[self.suite]}"

    @property
    def target(self) -> str:
        """What archcheck calls it."""
        return f"{TARGETS[self.suite]}:{self.python}"

    def make(self) -> None:
        """Make it, unless it is there."""
        if (self.path / "made").exists():
            return
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        options = [f"--arch={DEBIAN[self.architecture]}", "--foreign", "--variant=minbase"]
        include = f"--include={','.join((self.python, *BESIDE, *SPLIT_OFF.get(self.suite, ())))}"
        command = ["debootstrap", *options, include, self.suite, str(self.path), mirror()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for package in sorted((self.path / "var/cache/apt/archives").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(package), str(self.path)], check=True)
            package.unlink()
        for folder in ("proc", "sys", "dev", "tmp", "root"):
            (self.path / folder).mkdir(exist_ok=True)
        self._finish()
        self.run("/sbin/ldconfig")
        (self.path / "made").touch()

    def _finish(self) -> None:
        """Write what the packages' scripts would have made and Python or pip look for."""
        (self.path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.path / "etc/group").write_text("root:x:0:\n")
        for name in ("/etc/hosts", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
            (self.path / name[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, self.path / name[1:])
        shell = self.path / "bin/sh"
        if not shell.exists():
            shell.symlink_to("dash")

    def run(
        self, *command: str, folders: dict[Path, str] | None = None, patience: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run *command* in it, with *folders* of the machine at those places; as many seconds as *patience*."""
        emulator = emulator_here() if self.architecture == "aarch64" else ""
        line = f":aarch64:M::{_MAGIC}:{_MASK}:{emulator}:FP"
        mounted = [part for outside, inside in (folders or {}).items() for part in (str(outside), inside)]
        enter = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "--"]
        whole = [*enter, "sh", "-c", _ENTER, "sh", str(self.path), emulator, line, *mounted, "--", *command]
        return subprocess.run(
            whole, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=patience
        )

    def pip(self) -> Path:
        """Return a folder with the newest pip that its Python can run; the first time it is downloaded."""
        folder = self.home / "pip" / self.suite
        if not folder.exists():
            line = PYTHONS[self.suite]
            options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", line]
            command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), "pip"]
            subprocess.run(command, check=True)
        return folder

    def libraries(self) -> list[str]:
        """Return the sonames that its loader finds, sorted, out of the cache that its ldconfig wrote."""
        listing = ["ldconfig", "-p", "-C", str(self.path / "etc/ld.so.cache")]
        lines = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
        return sorted({line.split()[0] for line in lines if "=>" in line})


def mirror() -> str:
    """Return whom this machine's apt asks for Debian's own packages."""
    form = "$(REPO_URI) $(ORIGIN) $(CODENAME)"
    asked = ["apt-get", "indextargets", "--format", form, "Created-By: Packages"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [line.split() for line in lines if line.count(" ") == form.count(" ")]
    return next(place for place, origin, suite in found if origin == "Debian" and "-" not in suite)


def emulator_here() -> str:
    """Return the emulator: $ARM64_QEMU, or the machine's."""
    return shutil.which(os.environ.get("ARM64_QEMU") or "qemu-aarch64-static") or ""


def emulator_version() -> str:
    """Return what the emulator calls itself."""
    run = subprocess.run([emulator_here(), "--version"], capture_output=True, text=True, check=True)
    return run.stdout.partition(" (")[0]


def _major(version: str) -> int:
    """Return the first number of "qemu-aarch64 version 10.0.13"; 0 where there is none."""
    return int(version.rpartition(" ")[-1].partition(".")[0] or 0)


def lacking_here() -> list[str]:
    """Return what this needs and the machine lacks."""
    lacks = [tool for tool in TOOLS if shutil.which(tool) is None]
    if not emulator_here() or _major(emulator_version()) < LEAST_QEMU:
        lacks.append(f"qemu-user-static {LEAST_QEMU}.0 (or its qemu-aarch64 as $ARM64_QEMU)")
    return lacks if os.geteuid() == 0 else [*lacks, "root"]
