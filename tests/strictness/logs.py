"""Unexpected log lines fail the test, after qutebrowser's `logfail`."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest


class _Collector(logging.Handler):
    """Keeps what is logged at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


class _Expectations:
    def __init__(self) -> None:
        self.patterns: list[str] = []

    def expect(self, pattern: str) -> None:
        self.patterns.append(pattern)


@pytest.fixture(autouse=True)
def _log_expectations(request: pytest.FixtureRequest) -> Iterator[_Expectations]:
    """Fail on log lines at WARNING and above that the test does not expect, and on missing ones."""
    expectations, collector = _Expectations(), _Collector()
    for marker in request.node.iter_markers("expected_log"):
        expectations.patterns.extend(marker.args)
    root = logging.getLogger()
    root.addHandler(collector)
    yield expectations
    root.removeHandler(collector)
    patterns = expectations.patterns
    unexpected = [line for line in collector.lines if not any(re.search(p, line) for p in patterns)]
    missing = [p for p in patterns if not any(re.search(p, line) for line in collector.lines)]
    if unexpected:
        pytest.fail("unexpected log lines:\n" + "\n".join(unexpected), pytrace=False)
    if missing:
        pytest.fail("expected log lines did not come:\n" + "\n".join(missing), pytrace=False)


@pytest.fixture
def expected_log(_log_expectations: _Expectations) -> Callable[[str], None]:
    """A function that says: a log line matching this regular expression is expected.

    The line is 'LEVEL logger: message'. The marker `expected_log(pattern, ...)` does the same.
    """
    return _log_expectations.expect
