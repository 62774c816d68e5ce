"""What the File menu holds: opening, exporting, leaving."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="project.open",
        text=QT_TRANSLATE_NOOP("commands", "&Open folder…"),
        tip=QT_TRANSLATE_NOOP("commands", "Open a project, or make one of a data set folder."),
        icon="open",
        menu=Menu.FILE,
        method="choose_folder",
        rule=rules.always,
    ),
    Command(
        id="project.open-file",
        text=QT_TRANSLATE_NOOP("commands", "Open data set &file…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Make a project of a manifest CSV or an HDF5 file of tiles."
        ),
        icon="folder-new",
        menu=Menu.FILE,
        method="choose_file",
        rule=rules.always,
    ),
    Command(
        id="project.demo",
        text=QT_TRANSLATE_NOOP("commands", "Open the &demo"),
        tip=QT_TRANSLATE_NOOP("commands", "Make a small project of synthetic tiles and open it."),
        icon="demo",
        menu=Menu.FILE,
        method="open_demo",
        rule=rules.always,
    ),
    Command(
        id="project.update",
        text=QT_TRANSLATE_NOOP("commands", "Add &new files"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Import the files that are new in the data set; every verdict is kept."
        ),
        icon="folder-new",
        menu=Menu.FILE,
        method="add_new_files",
        rule=rules.can_update,
    ),
    Command(
        id="project.problems",
        text=QT_TRANSLATE_NOOP("commands", "P&roblems…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "List what was found wrong with the data set and its tiles."
        ),
        icon="warning",
        menu=Menu.FILE,
        method="show_problems",
    ),
    Command(
        id="project.pack",
        text=QT_TRANSLATE_NOOP("commands", "&Pack tiles"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Pack the tiles where that was cancelled or has failed: training reads them.",
        ),
        icon="saving",
        menu=Menu.FILE,
        method="pack",
        rule=rules.can_pack,
        separated=True,
    ),
    Command(
        id="project.export",
        text=QT_TRANSLATE_NOOP("commands", "&Export…"),
        tip=QT_TRANSLATE_NOOP("commands", "Write the scores of the test tiles as a submission."),
        icon="export",
        menu=Menu.FILE,
        method="export",
        rule=rules.can_export,
        separated=True,
    ),
    Command(
        id="project.export-verdicts",
        text=QT_TRANSLATE_NOOP("commands", "Export &verdicts…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Write what readers decided, for another machine, Label Studio or FiftyOne."
        ),
        icon="export",
        menu=Menu.FILE,
        method="export_verdicts",
        separated=True,
    ),
    Command(
        id="project.import-verdicts",
        text=QT_TRANSLATE_NOOP("commands", "&Import verdicts…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Merge verdicts from another machine, or record those of a list."
        ),
        icon="import",
        menu=Menu.FILE,
        method="import_verdicts",
        rule=rules.can_write,
    ),
    Command(
        id="project.reader",
        text=QT_TRANSLATE_NOOP("commands", "Rea&der…"),
        tip=QT_TRANSLATE_NOOP("commands", "Choose the name that is recorded with your verdicts."),
        icon="reader",
        menu=Menu.FILE,
        method="choose_reader",
        rule=rules.always,
        separated=True,
    ),
    Command(
        id="project.close",
        text=QT_TRANSLATE_NOOP("commands", "&Close project"),
        tip=QT_TRANSLATE_NOOP("commands", "Close the project and go back to the welcome page."),
        icon="close",
        menu=Menu.FILE,
        method="close_project",
        separated=True,
    ),
    Command(
        id="project.quit",
        text=QT_TRANSLATE_NOOP("commands", "&Quit"),
        tip=QT_TRANSLATE_NOOP("commands", "Close the window; every verdict is on disk first."),
        icon="quit",
        menu=Menu.FILE,
        method="quit",
        rule=rules.always,
    ),
)
