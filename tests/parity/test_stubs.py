"""Compares _native.pyi with the module that was built."""

import os
import subprocess
import sys
from pathlib import Path

import fanwire


def test_the_stub_is_the_module():
    package = Path(fanwire.__file__).parent
    allowed = Path(__file__).with_name("stubtest_allowlist.txt")
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy.stubtest",
            "fanwire._native",
            "--ignore-disjoint-bases",
            "--allowlist",
            allowed,
        ],
        capture_output=True,
        text=True,
        cwd=package.parent,
        env={**os.environ, "MYPYPATH": str(package.parent), "MYPY_CACHE_DIR": os.devnull},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
