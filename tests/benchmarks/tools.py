"""What our figures stand beside: programs of Debian, installed by apt where root runs this and they are missing."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache


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
