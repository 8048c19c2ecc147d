"""Finds the programs and libraries of the peers, and fetches what is missing.

Debian's packages are unpacked into the scratch directory, not installed: nothing of the machine
changes, no service is started by a package, and no right of root is needed. Python's packages go
into a virtual environment there.
"""

import glob
import os
import pathlib
import re
import subprocess
import sys


class Unavailable(Exception):
    """A peer that this machine cannot run, with the reason."""


def note(text):
    """Says on standard error what is being done."""
    print(f"peers: {text}", file=sys.stderr, flush=True)


def run(command, **options):
    """Runs a command and returns what it printed; raises `Unavailable` with its last words."""
    options.setdefault("stderr", subprocess.STDOUT)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        last = " ".join((done.stdout or "").split()[-60:])
        raise Unavailable(f"{' '.join(map(str, command[:6]))} failed: {last}")
    return done.stdout


class Provision:
    """Programs, headers and libraries, the machine's own first."""

    def __init__(self, scratch, here):
        self.scratch = pathlib.Path(scratch)
        self.here = pathlib.Path(here)
        self.root = self.scratch / "root"
        self._python = None
        self._updated = False

    # Debian

    def program(self, pattern, packages):
        """The path of a program: a name, or a pattern of a path of which the last is taken."""
        found = self._find(pattern)
        if found is None:
            self.unpack(packages)
            found = self._find(pattern)
        if found is None:
            raise Unavailable(f"{' '.join(packages)} holds no {pattern}")
        return found

    def _find(self, pattern):
        folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin"]
        patterns = [pattern] if "/" in pattern else [f"{folder}/{pattern}" for folder in folders]
        for root in ["", str(self.root)]:
            for one in patterns:
                matches = sorted(glob.glob(root + one), key=_natural)
                if matches:
                    return matches[-1]
        return None

    def unpack(self, packages):
        """Unpacks Debian's packages and what they depend on, less what is installed."""
        if not os.path.exists("/usr/bin/apt-get"):
            raise Unavailable(f"it needs Debian's {' '.join(packages)}, and apt-get is not there")
        downloads = self.scratch / "debs"
        downloads.mkdir(exist_ok=True)
        wanted = self._missing(packages)
        note(f"unpacking {' '.join(wanted)} into {self.root}")
        run(["apt-get", "download", *wanted], cwd=downloads)
        self.root.mkdir(exist_ok=True)
        for archive in downloads.glob("*.deb"):
            run(["dpkg-deb", "-x", str(archive), str(self.root)])
            archive.unlink()

    def _missing(self, packages):
        command = ["apt-get", "-s", "--no-install-recommends", "install", *packages]
        try:
            plan = run(command)
        except Unavailable:
            if self._updated or os.geteuid() != 0:
                raise Unavailable(
                    f"apt-get knows no {' '.join(packages)}: run apt-get update as root, then again"
                ) from None
            self._updated = True
            run(["apt-get", "update", "-qq"])
            plan = run(command)
        found = re.findall(r"^Inst (\S+) (?:\[[^]]*\] )?\((\S+)", plan, re.MULTILINE)
        return [f"{name}={version}" for name, version in found] or packages

    def debian_version(self, package):
        """The version of an installed or available package, or an empty string."""
        shown = subprocess.run(
            ["apt-cache", "policy", package], stdout=subprocess.PIPE, text=True, check=False
        ).stdout
        found = dict(re.findall(r"^\s+(Installed|Candidate): (\S+)", shown, re.MULTILINE))
        installed = found.get("Installed", "(none)")
        return found.get("Candidate", "") if installed == "(none)" else installed

    def environment(self):
        """The environment in which unpacked programs find their libraries."""
        libraries = glob.glob(f"{self.root}/usr/lib/*-linux-gnu") + [f"{self.root}/usr/lib"]
        return dict(os.environ, LD_LIBRARY_PATH=":".join(libraries), LC_ALL="C.UTF-8", TZ="UTC",
                    PYTHONDONTWRITEBYTECODE="1")

    # C clients

    def client(self, name, libraries=(), packages=(), header=None):
        """Compiles a peer's client and returns its path."""
        if header is not None and not self._has_header(header):
            self.unpack(packages)
        compiler = next(
            (path for path in map(self._find, ["cc", "gcc", "clang"]) if path is not None), None
        )
        if compiler is None:
            raise Unavailable("its client is written in C, and there is no C compiler")
        clients = self.here / "clients"
        output = self.scratch / f"client-{name}"
        includes = ["/usr/include/postgresql", f"{self.root}/usr/include",
                    f"{self.root}/usr/include/postgresql",
                    str(self.here.parent.parent / "CAppendLoop/include")]
        run([compiler, "-O2", "-D_GNU_SOURCE", "-pthread", *[f"-I{path}" for path in includes],
             "-o", str(output), str(clients / "client.c"), str(clients / "transport.c"),
             str(clients / f"{name}.c"),
             *[f"-L{path}" for path in glob.glob(f"{self.root}/usr/lib/*-linux-gnu")],
             *[f"-l{library}" for library in libraries]])
        return str(output)

    def _has_header(self, header):
        places = ["/usr/include", "/usr/include/postgresql", f"{self.root}/usr/include",
                  f"{self.root}/usr/include/postgresql"]
        return any(os.path.exists(f"{place}/{header}") for place in places)

    # Python

    def python(self):
        """The interpreter of the virtual environment, with the client libraries."""
        if self._python is None:
            folder = self.scratch / "venv"
            note(f"installing the Python client libraries into {folder}")
            run([sys.executable, "-m", "venv", str(folder)])
            run([str(folder / "bin/pip"), "install", "-q", "--disable-pip-version-check",
                 "-r", str(self.here / "requirements.txt")])
            self._python = str(folder / "bin/python")
        return self._python

    def python_version(self, package):
        """The version of a package in the virtual environment."""
        return run([self.python(), "-c",
                    f"import importlib.metadata as m; print(m.version('{package}'))"]).strip()


def _natural(path):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path)]
