"""The words for means of 8 views."""

from pathlib import Path

import histoviewer
from histoviewer.domain.eight_views import with_views


def test_only_means_are_named() -> None:
    assert with_views("AUC 0.9200", tta=True) == "AUC 0.9200 (mean of 8 views)"
    assert with_views("AUC 0.9200", tta=False) == "AUC 0.9200"


def test_the_words_are_written_once_without_a_window() -> None:
    """The window has its own, which are translated."""
    root = Path(histoviewer.__file__).parent
    writers = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        if "ui" not in path.relative_to(root).parts
        and "(mean of 8 views)" in path.read_text(encoding="utf-8")
    ]

    assert writers == ["domain/eight_views.py"]
