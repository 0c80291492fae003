"""Twisted's own tests of HTTP end the same way, test by test, while all that they test is recorded."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ["twisted.web.test.test_http", "twisted.web.test.test_web"]


def start(how: str, folder: Path) -> subprocess.Popen:
    """Begin to run the tests in a process of their own, whose memory and reactor they may have to themselves."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "twisted_suite.py"), how, str(folder / how), *MODULES],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_twisted_s_own_tests_end_the_same_way(tmp_path):
    assert find_spec("hamcrest"), "Twisted's tests need PyHamcrest: pip install -r requirements.txt"
    runs = [start(how, tmp_path) for how in ("alone", "recorded")]
    said = [run.communicate(timeout=240) for run in runs]
    reports = [re.sub(r"(?m)^(Ran \d+ tests) in .*$", r"\1", report) for report, _ in said]
    summaries = [re.findall(r"(?m)^(?:Ran|PASSED|FAILED).*$", report) for report in reports]
    assert summaries[0] == summaries[1], said[1][1]
    assert reports[0] == reports[1]
    assert [run.returncode for run in runs] == [0, 0], reports[0][-2000:]
    assert re.fullmatch(r"Ran 3\d\d tests", summaries[0][0]), "these are not the tests of HTTP"

    calls, functions = map(int, said[1][1].split()[-2:])
    assert calls > 100_000
    assert functions > 90
