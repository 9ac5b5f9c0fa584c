"""What our figures stand beside: programs of Debian, and nodemailer, installed where they are missing and may be."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NODEMAILER = "10.6.1"


@dataclass(frozen=True, slots=True)
class MissingToolError(Exception):
    """A reference that is not on this machine."""

    package: str


# Daemons' own tools lie where only root's PATH leads.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


@cache
def find(name: str, *, package: str) -> str:
    """The path of a program. Raises MissingToolError where there is none and none can be installed."""
    found = shutil.which(name, path=_PATH)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(package)
        found = shutil.which(name, path=_PATH)
    if not found:
        raise MissingToolError(package)
    return found


def _install(package: str) -> None:
    sys.stderr.write(f"bench: installing {package} with apt-get\n")
    # Run level 1 is what keeps a package from starting its daemon.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package]
    subprocess.run(command, env=os.environ | quiet, stdout=subprocess.DEVNULL, check=False)


def find_cache() -> Path:
    """The folder among the user's caches where what takes long to make or fetch is kept."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publisher-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def find_nodemailer() -> Path:
    """A folder whose node_modules holds nodemailer, kept among the user's caches. Raises MissingToolError."""
    npm = shutil.which("npm", path=_PATH)
    if not npm or not shutil.which("node", path=_PATH):
        raise MissingToolError("nodejs and npm, for nodemailer")
    folder = find_cache() / f"nodemailer-{NODEMAILER}"
    if not (folder / "node_modules" / "nodemailer" / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        sys.stderr.write(f"bench: installing nodemailer {NODEMAILER} with npm\n")
        options = ["--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        command = [npm, "install", *options, "--prefix", str(folder), f"nodemailer@{NODEMAILER}"]
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
            raise MissingToolError(f"nodemailer {NODEMAILER}, which npm could not")
    return folder


def say_missing(name: str, why: str) -> None:
    """Tell whoever measures that a figure is left out."""
    sys.stderr.write(f"bench: {name}: not measured: {why}\n")
