"""Start the program: `python -m histoviewer` or the console script `histoviewer`."""

import multiprocessing
import sys


def main() -> None:
    """Run the command line; without a verb it opens the window."""
    multiprocessing.freeze_support()  # first of all: a frozen program's children start here
    from histoviewer.cli import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
