"""Where the package may be imported."""

import subprocess
import sys

BEGIN = """
import _xxsubinterpreters as interpreters
program = '''
try:
    import fanwire
except ImportError as error:
    assert "sub-interpreter" in str(error), error
else:
    raise SystemError("imported")
'''
"""


def run(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_sub_interpreter_is_refused():
    run(BEGIN + "interpreters.run_string(interpreters.create(), program)")


def test_a_sub_interpreter_is_refused_behind_the_main_one():
    run("import fanwire\n" + BEGIN + "interpreters.run_string(interpreters.create(), program)")


def test_the_main_interpreter_is_fine_behind_a_refused_one():
    run(BEGIN + "interpreters.run_string(interpreters.create(), program)\nimport fanwire\nfanwire.Server()")


def test_importing_starts_nothing():
    run("""
import fanwire, os, threading
assert len(os.listdir("/proc/self/task")) == 1
assert threading.active_count() == 1
""")


def test_everything_that_is_public_is_there():
    import fanwire

    assert sorted(fanwire.__all__) == fanwire.__all__ or set(fanwire.__all__) <= set(dir(fanwire))
    assert all(hasattr(fanwire, name) for name in fanwire.__all__)
