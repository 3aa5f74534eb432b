"""Fill .venv from a lock file, with one visible line of progress. Called by the Makefile.

Uses nothing beyond Debian's python3 and python3-pip: python3-venv (ensurepip) may be missing,
so an environment is made without pip and filled from outside with `pip --python`.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
NO_PIP = """\
缺少 pip(22.3 或更新)。请先安装,再运行一次 make:
pip (22.3 or newer) is missing. Install it, then run make again:
    apt-get install python3-pip
"""


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    if not works(str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=True)


def find_pip() -> list[str]:
    outside = [[sys.executable, "-m", "pip"], ["pip3"], ["pip"], ["python3", "-m", "pip"]]
    for pip in outside:
        if works(*pip, "--python", str(PYTHON), "--version"):
            return [*pip, "--python", str(PYTHON)]
    inside = [str(PYTHON), "-m", "pip"]
    if works(*inside, "--version") or works(str(PYTHON), "-m", "ensurepip"):
        return inside
    sys.exit(NO_PIP)


def show(line: str) -> None:
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 8
        print(f"\r\033[K{line[:width]}", end="", flush=True)
    else:
        print(line, flush=True)


def pins(lock: Path) -> dict[str, str]:
    """The name of each pinned package under what pip may cite: its line in the lock, its pin."""
    names = {}
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), 1):
        if found := re.match(r"(\w[\w.-]*)==[^\s;]+", line):
            names[f"(line {number})"] = names[found[0]] = found[1]
    return names


def progress(line: str, names: dict[str, str], begun: list[str], ignored: set[str]) -> None:
    """Show how far pip is, out of one line of its own output."""
    total = len(set(names.values())) - len(ignored)
    if found := re.match(r"Ignoring ([^:]+):", line):
        ignored.add(found[1])
    elif re.match(r"Collecting|Processing|Requirement already satisfied", line):
        cited = re.findall(r"\(line \d+\)|\w[\w.-]*==[^\s;]+", line)
        name = next((names[each] for each in cited if each in names), None)
        if name and name not in begun:
            begun.append(name)
            show(f"安装依赖 Installing {len(begun)}/{total} {name}…")
    elif line.startswith("Installing collected") and names:
        show(f"安装依赖 Installing {total}/{total} 解包 unpacking…")


def run_pip(pip: list[str], *arguments: str, names: dict[str, str] | None = None) -> None:
    command = [*pip, "install", "--no-build-isolation", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--no-input", "--no-warn-script-location", *arguments]
    said: list[str] = []
    begun: list[str] = []
    ignored: set[str] = set()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            progress(line, names or {}, begun, ignored)
    if process.returncode:
        sys.exit(f"\n{''.join(said)}\n安装失败 Installation failed: {' '.join(command)}")


def setuptools_of(lock: Path) -> Path:
    """The setuptools of the lock alone, first: jieba is an sdist and is built with it."""
    found = re.search(r"^setuptools==(?:.*\\\n)*.*", lock.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, f"{lock} does not pin setuptools"
    first = VENV / "setuptools.lock"
    first.write_text(found[0] + "\n", encoding="utf-8")
    return first


def install(lock: Path) -> None:
    make_environment()
    pip = find_pip()
    show("安装依赖 Installing setuptools…")
    run_pip(pip, "--require-hashes", "-r", str(setuptools_of(lock)))
    run_pip(pip, "--require-hashes", "--use-pep517", "-r", str(lock), names=pins(lock))
    show("安装 Installing santong…")
    run_pip(pip, "--no-deps", "-e", ".")


def main(lock: Path) -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    started = time.monotonic()
    try:
        install(lock)
    except KeyboardInterrupt:
        sys.exit("\n已中断 Interrupted; make takes it up again")
    show(f"依赖已装好 Installed in {time.monotonic() - started:.0f} s")
    if sys.stdout.isatty():
        print()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
