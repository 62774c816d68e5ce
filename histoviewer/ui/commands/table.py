"""Every command there is.

The menus, the toolbar, the buttons' tooltips and the cheat-sheet are made from this one table; the
keys are in `resources/keymap.toml`. A new page adds a module of its own.
"""

from typing import Final

from histoviewer.ui.commands import (
    assistance,
    edit,
    file,
    models,
    pages,
    picture,
    review,
    triage,
    view,
)

COMMANDS: Final = (
    file.COMMANDS
    + edit.COMMANDS
    + view.COMMANDS
    + picture.COMMANDS
    + pages.COMMANDS
    + review.COMMANDS
    + triage.COMMANDS
    + models.COMMANDS
    + assistance.COMMANDS
)
