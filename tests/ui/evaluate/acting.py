"""What a reader, or a model from elsewhere, does around the page."""

import numpy as np

from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage


def learn(page: EvaluatePage, model: str, tiles: np.ndarray) -> None:
    """Let a model have been trained on some tiles, as one from elsewhere may be."""
    path = page.window().bench.workspace.project.learned_path(model)
    learned = np.load(path)
    learned[tiles] = 1
    np.save(path, learned)


def go_to(page: EvaluatePage, tab: Tab) -> None:
    page.parts.show_tab(tab)
