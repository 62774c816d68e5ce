"""HistoViewer: review, correct and retrain image classifiers on small microscope tiles."""

__version__ = "0.1.0"
