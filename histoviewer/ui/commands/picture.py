"""How the current tile is looked at: zoom, stain, brightness, contrast. They stand in View."""

from typing import Final

from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

_STEP: Final = 10  # percent of brightness or contrast, a key

COMMANDS: Final = (
    Command(
        id="view.zoom",
        text=QT_TRANSLATE_NOOP("commands", "&Zoom"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Come near, so that the centre square fills the view, or back to the whole tile.",
        ),
        icon="zoom",
        menu=Menu.VIEW,
        method="toggle_zoom",
        target=Target.PAGE,
        separated=True,
    ),
    Command(
        id="view.zoom-in",
        text=QT_TRANSLATE_NOOP("commands", "Zoom &in"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the tile larger; two steps double its size."),
        icon="zoom-in",
        menu=Menu.VIEW,
        method="zoom",
        arguments=(1,),
        target=Target.PAGE,
    ),
    Command(
        id="view.zoom-out",
        text=QT_TRANSLATE_NOOP("commands", "Zoom &out"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the tile smaller; two steps halve its size."),
        icon="zoom-out",
        menu=Menu.VIEW,
        method="zoom",
        arguments=(-1,),
        target=Target.PAGE,
    ),
    Command(
        id="view.zoom-fit",
        text=QT_TRANSLATE_NOOP("commands", "&Whole tile"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the whole tile as large as it fits."),
        icon="zoom-fit",
        menu=Menu.VIEW,
        method="zoom_to_fit",
        target=Target.PAGE,
    ),
    Command(
        id="view.stain",
        text=QT_TRANSLATE_NOOP("commands", "&Stain"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show haematoxylin alone, then eosin alone, then all colours."
        ),
        icon="stain",
        menu=Menu.VIEW,
        method="cycle_stain",
        target=Target.PAGE,
        separated=True,
    ),
    Command(
        id="view.brighter",
        text=QT_TRANSLATE_NOOP("commands", "&Brighter"),
        tip=QT_TRANSLATE_NOOP("commands", "Show tiles brighter; their files stay as they are."),
        icon="brighter",
        menu=Menu.VIEW,
        method="change_brightness",
        arguments=(_STEP,),
        target=Target.PAGE,
    ),
    Command(
        id="view.darker",
        text=QT_TRANSLATE_NOOP("commands", "&Darker"),
        tip=QT_TRANSLATE_NOOP("commands", "Show tiles darker; their files stay as they are."),
        icon="darker",
        menu=Menu.VIEW,
        method="change_brightness",
        arguments=(-_STEP,),
        target=Target.PAGE,
    ),
    Command(
        id="view.more-contrast",
        text=QT_TRANSLATE_NOOP("commands", "&More contrast"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show tiles with more contrast; their files stay as they are."
        ),
        icon="more-contrast",
        menu=Menu.VIEW,
        method="change_contrast",
        arguments=(_STEP,),
        target=Target.PAGE,
    ),
    Command(
        id="view.less-contrast",
        text=QT_TRANSLATE_NOOP("commands", "L&ess contrast"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show tiles with less contrast; their files stay as they are."
        ),
        icon="less-contrast",
        menu=Menu.VIEW,
        method="change_contrast",
        arguments=(-_STEP,),
        target=Target.PAGE,
    ),
    Command(
        id="view.reset-look",
        text=QT_TRANSLATE_NOOP("commands", "&Reset the picture"),
        short=QT_TRANSLATE_NOOP("commands", "Reset"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show the pixels as they are, all colours, and the whole tile."
        ),
        icon="reset",
        menu=Menu.VIEW,
        method="reset_look",
        target=Target.PAGE,
    ),
)
