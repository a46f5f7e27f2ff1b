"""Where files go, and how they get there: default folders, caches, scratch folders, the one atomic write."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import site
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from platformdirs import user_cache_path

from study.machine import host

FOLDER = Path("depthgauge")  # where reports and picks go when nobody names a place: depthgauge/<study>/
STDOUT = Path("-")
PREFIX = "depthgauge-"  # of scratch folders
OWNER = ".owner"  # a file in each of them: who made it
LEFT_SECONDS = 3600.0  # no write takes as long: what is older was left by a killed process
STALE_SECONDS = 7 * 24 * 3600.0


def slug(name: str) -> str:
    """A study's name as a folder's name: letters, digits and dashes, and what tells it from similar names."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def cache_root() -> Path:
    """The folder of this user's caches, made or not: ``DEPTHGAUGE_CACHE`` names another one."""
    return Path(os.environ.get("DEPTHGAUGE_CACHE") or user_cache_path("depthgauge")).absolute()


def import_path() -> list[str]:
    """``sys.path`` without the folder that this process was started in: what lies beside the data is not run.

    Where that folder is the home of this program itself, or of Python's packages, it stays.
    """
    here = os.path.realpath(os.curdir)
    trusted = {str(Path(__file__).resolve().parents[2])}
    packages = [*sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages()]
    trusted.update(map(os.path.realpath, packages))
    return [folder for folder in sys.path if folder and (os.path.realpath(folder) != here or here in trusted)]


def is_stream(path: Path) -> bool:
    """Whether what is written to ``path`` goes elsewhere: ``-``, a device, a pipe, an open file of this process."""
    if path == STDOUT or re.fullmatch(r"/dev/(stdin|stdout|stderr|fd/\d+)|/proc/[^/]+/fd/\d+", str(path.absolute())):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


def is_stdout(path: Path) -> bool:
    """Whether what is written to ``path`` goes where prints go."""
    return path == STDOUT or str(path) in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


@contextmanager
def written_whole(path: Path, *, folders: bool = True) -> Iterator[Path]:
    """A scratch file that takes the place of ``path`` at the end: readers see the old file or the new one.

    A link stays, and what it points to is replaced; the new file has the permissions of the old one, or those that the
    umask gives. Folders that are missing are made, unless ``folders`` is False. Where ``path`` is a stream
    (:func:`is_stream`), the bytes are written to it at the end. Nothing is left behind after an error. Raises OSError.
    """
    if is_stream(path):
        with scratch_folder() as folder:
            yield (scratch := Path(folder) / f"written{path.suffix}")
            _pour(scratch, path)
        return
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(21, "it is a folder", str(path))
    if folders:
        target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{escape(target.name[:100])}.*{escape(target.suffix)}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                left.unlink()
    number, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=target.suffix, dir=target.parent)
    os.close(number)
    scratch = Path(name)
    try:
        yield scratch
        os.chmod(scratch, _permissions(target))
        os.replace(scratch, target)
    finally:
        with suppress(OSError):  # it is gone where all went well
            scratch.unlink()


def write_whole(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8 to ``path`` as :func:`written_whole`; returns the path.

    Half a character, as names in old archives hold them, is written as ``\\udce9``. Raises OSError.
    """
    with written_whole(path) as scratch:
        scratch.write_bytes(text.encode("utf-8", "backslashreplace"))
    return path


@contextmanager
def scratch_folder(parent: str | None = None, prefix: str = PREFIX) -> Iterator[str]:
    """A folder for as long as the block lasts. Those that killed processes have left in ``parent`` go, too.

    ``parent`` is the system's folder of temporary files where it is None.
    """
    folder = new_scratch_folder(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_scratch_folder(parent: str | None = None, prefix: str = PREFIX) -> str:
    """As :func:`scratch_folder`, but who calls it removes it."""
    parent = parent or tempfile.gettempdir()
    _sweep(Path(parent), prefix)
    folder = tempfile.mkdtemp(prefix=prefix, dir=parent)
    (Path(folder) / OWNER).write_text(f"{os.getpid()}\n{host.identity()}", "utf-8")
    return folder


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the scratch folders whose process is no more, and those of other boots after a week."""
    here = host.identity()
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError, ValueError):
            if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
                continue
            pid, _, place = (folder / OWNER).read_text("utf-8").partition("\n")
            old = time.time() - folder.stat().st_mtime > STALE_SECONDS
            if (place == here and here and host.is_dead(int(pid))) or (place != here and old):
                shutil.rmtree(folder, ignore_errors=True)


def _permissions(target: Path) -> int:
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    umask = os.umask(0o022)  # there is no way to ask for it
    os.umask(umask)
    return 0o666 & ~umask


def _pour(scratch: Path, stream: Path) -> None:
    """Write the bytes of a file to a stream; standard output by the way that prints take, in their order."""
    written = scratch.read_bytes()
    if is_stdout(stream):
        out = getattr(sys.stdout, "buffer", None)
        if out is not None:
            sys.stdout.flush()
            out.write(written)
            out.flush()
        elif sys.stdout is not None:
            sys.stdout.write(written.decode("utf-8"))
        return
    with stream.open("ab") as file:  # never from the start: a shell may have redirected it to a file
        file.write(written)
