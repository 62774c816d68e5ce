"""What the File menu holds: opening, exporting, leaving."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, mark

COMMANDS: Final = (
    Command(
        id="project.open",
        text=mark("&Open folder…"),
        tip=mark("Open a project, or make one of a data set folder."),
        icon="open",
        menu=Menu.FILE,
        method="choose_folder",
        rule=rules.always,
    ),
    Command(
        id="project.open-file",
        text=mark("Open data set &file…"),
        tip=mark("Make a project of a manifest CSV or an HDF5 file of tiles."),
        icon="folder-new",
        menu=Menu.FILE,
        method="choose_file",
        rule=rules.always,
    ),
    Command(
        id="project.demo",
        text=mark("Open the &demo"),
        tip=mark("Make a small project of synthetic tiles and open it."),
        icon="demo",
        menu=Menu.FILE,
        method="open_demo",
        rule=rules.always,
    ),
    Command(
        id="project.update",
        text=mark("Add &new files"),
        tip=mark("Import the files that are new in the data set; every verdict is kept."),
        icon="folder-new",
        menu=Menu.FILE,
        method="add_new_files",
        rule=rules.can_update,
    ),
    Command(
        id="project.problems",
        text=mark("P&roblems…"),
        tip=mark("List what was found wrong with the data set and its tiles."),
        icon="warning",
        menu=Menu.FILE,
        method="show_problems",
    ),
    Command(
        id="project.pack",
        text=mark("&Pack tiles"),
        tip=mark("Pack the tiles where that was cancelled or has failed: training reads them."),
        icon="saving",
        menu=Menu.FILE,
        method="pack",
        rule=rules.can_pack,
        separated=True,
    ),
    Command(
        id="project.export",
        text=mark("&Export…"),
        tip=mark("Write the scores of the test tiles as a submission."),
        icon="export",
        menu=Menu.FILE,
        method="export",
        rule=rules.can_export,
        separated=True,
    ),
    Command(
        id="project.close",
        text=mark("&Close project"),
        tip=mark("Close the project and go back to the welcome page."),
        icon="close",
        menu=Menu.FILE,
        method="close_project",
        separated=True,
    ),
    Command(
        id="project.quit",
        text=mark("&Quit"),
        tip=mark("Close the window; every verdict is on disk first."),
        icon="quit",
        menu=Menu.FILE,
        method="quit",
        rule=rules.always,
    ),
)
