"""The package and what its users write, as mypy sees them."""

import os
import subprocess
import sys
from pathlib import Path

import fanwire
import pytest

FILES = sorted((Path(__file__).parent / "typing").glob("*.py"))


def check(*paths: Path) -> None:
    package = Path(fanwire.__file__).parent
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={os.devnull}",
            *map(str, paths),
        ],
        capture_output=True,
        text=True,
        cwd=package.parent,
        env={**os.environ, "MYPYPATH": str(package.parent)},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_package_is_typed():
    package = Path(fanwire.__file__).parent
    assert (package / "py.typed").exists()
    check(package)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_uses(path):
    check(path)
