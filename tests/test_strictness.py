"""The strict checks themselves: each lets a clean test pass and fails one that leaves something."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CHECKOUT = Path(__file__).parents[1]
CLEAN = "def test_clean():\n    pass\n"
LEAKS = {
    "leaked threads": """
        import threading
        def test_leak():
            threading.Thread(target=threading.Event().wait, daemon=True).start()
    """,
    "leaked child processes": """
        import subprocess, sys
        kept = []
        def test_leak():
            kept.append(subprocess.Popen(["sleep", "30"]))
        def test_end():
            kept[0].kill()
            kept[0].wait()
    """,
    "leaked Qt objects: timer": """
        from PySide6.QtCore import QTimer
        kept = []
        def test_leak(qapp):
            kept.append(QTimer())
            kept[0].start(1000)
    """,
    "leaked Qt objects: window": """
        from PySide6.QtWidgets import QWidget
        kept = []
        def test_leak(qapp):
            kept.append(QWidget())
    """,
    "unexpected log lines": """
        import logging
        def test_leak():
            logging.getLogger("somewhere").warning("a surprise")
    """,
    "expected log lines did not come": """
        import pytest
        @pytest.mark.expected_log("a surprise")
        def test_leak():
            pass
    """,
}


@pytest.fixture(autouse=True)
def _find_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makeconftest('pytest_plugins = ["tests.strictness.leaks", "tests.strictness.logs"]')
    pytester.makeini("[pytest]\nqt_api = pyside6\nmarkers =\n    expected_log: allowed\n")
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider")


@pytest.mark.parametrize("complaint", LEAKS)
def test_a_leak_fails_the_test(pytester: pytest.Pytester, complaint: str) -> None:
    result = run(pytester, LEAKS[complaint])

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"*{complaint}*"])


def test_a_clean_test_passes(pytester: pytest.Pytester) -> None:
    run(pytester, CLEAN).assert_outcomes(passed=1)


def test_a_window_and_a_timer_that_are_closed_pass(pytester: pytest.Pytester) -> None:
    source = """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget
        def test_clean(qtbot):
            window = QWidget()
            window.timer = QTimer(window)
            window.timer.start(1000)
            qtbot.addWidget(window)
            window.show()
    """

    run(pytester, source).assert_outcomes(passed=1)


def test_an_expected_log_line_passes(pytester: pytest.Pytester) -> None:
    source = """
        import logging
        def test_clean(expected_log):
            expected_log("WARNING somewhere: a surprise")
            logging.getLogger("somewhere").warning("a surprise")
    """

    run(pytester, source).assert_outcomes(passed=1)
