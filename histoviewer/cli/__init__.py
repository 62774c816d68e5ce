"""The command line: every job of the window, without a screen."""

from histoviewer.cli.entry import main

__all__ = ["main"]
