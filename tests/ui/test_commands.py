"""The table of commands and the key map."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from histoviewer.errors import InputError
from histoviewer.resources import resource
from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Target
from histoviewer.ui.commands.rules import Situation
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.pages import PAGES
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.window_commands import WindowCommands

READY = Situation(
    pages=frozenset(entry.id for entry in PAGES),
    project_open=True,
    packed=True,
    champion=True,
    test_tiles=12,
    queue_length=3,
    undo="Undo",
    redo="Redo",
)


def name(command: Command) -> str:
    return command.id


def test_every_command_has_an_id_of_its_own() -> None:
    ids = [command.id for command in COMMANDS]

    assert len(set(ids)) == len(ids)


def test_no_key_starts_two_commands() -> None:
    assert KeyMap.load().clashes() == {}


def test_the_key_map_names_every_command_and_nothing_else() -> None:
    assert set(KeyMap.load().keys) == {command.id for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_a_command_says_what_it_does_in_one_sentence(command: Command) -> None:
    assert command.plain_title
    assert command.explanation.endswith(".")


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_somebody_carries_the_command_out(command: Command) -> None:
    targets = {
        Target.WINDOW: WindowCommands,
        Target.PAGE: ReviewPage,
        Target.STEPS: ReviewPage,
        Target.PAGES: PageStack,
    }

    assert callable(getattr(targets[command.target], command.method))


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_a_command_has_an_icon(command: Command) -> None:
    assert resource("icons", f"{command.icon}.svg").is_file()


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_every_command_can_be_used_when_all_is_there(command: Command) -> None:
    now = replace(READY, packed=command.rule is not rules.can_pack)

    assert command.rule(now) == ""


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_without_a_project_a_command_can_be_used_or_says_why_not(command: Command) -> None:
    reason = command.rule(Situation())

    assert (reason == "") == (command.rule is rules.always)


@pytest.mark.parametrize(
    ("rule", "missing", "word"),
    [
        (rules.can_train, {"packed": False}, "not packed"),
        (rules.can_train, {"packed": False, "packing": True}, "being packed"),
        (rules.can_pack, {"packed": False, "packing": True}, "being packed"),
        (rules.can_train, {"packing": True}, "being packed"),  # as new files are
        (rules.can_score, {"packing": True}, "being packed"),
        (rules.can_retrain_quickly, {"packing": True}, "being packed"),
        (rules.can_update, {"packing": True}, "being packed"),
        (rules.can_pack, {"packed": True}, "are packed"),
        (rules.can_train, {"training": True}, "running"),
        (rules.can_score, {"champion": False}, "Train"),
        (rules.can_explain, {"champion": False}, "Train"),
        (rules.can_retrain, {"queue_length": 0}, "verdict"),
        (rules.can_export, {"champion": False}, "Train"),
        (rules.can_export, {"test_tiles": 0}, "no test tiles"),
        (rules.can_undo, {"undo": ""}, "nothing to undo"),
        (rules.can_redo, {"redo": ""}, "nothing to redo"),
        (rules.can_answer, {"champion": False}, "Train"),
        (rules.can_answer, {"blind": True}, "blind read"),
        (rules.can_write, {"read_only": True}, "reading only"),
        (rules.can_undo, {"read_only": True}, "reading only"),
        (rules.can_train, {"read_only": True}, "reading only"),
        (rules.can_show("review", needs_project=True), {"pages": frozenset()}, "loaded"),
        (rules.can_show("settings", needs_project=True), {"project_open": False}, "project"),
    ],
)
def test_a_rule_names_what_is_missing(rule: rules.Rule, missing: dict, word: str) -> None:
    values = {field: getattr(READY, field) for field in Situation.__dataclass_fields__}

    assert word in rule(Situation(**{**values, **missing}))


def test_the_reader_s_keys_are_those_of_the_specification() -> None:
    keymap = KeyMap.load()

    wanted = {
        "review.positive": "1",
        "review.negative": "0",
        "review.agree": "A",
        "review.reject": "X",
        "review.skip": "Space",
        "review.flag": "F",
        "edit.undo": "Ctrl+Z",
        "edit.redo": "Ctrl+Shift+Z",
        "edit.select-all": "Ctrl+A",
        "edit.select-none": "Ctrl+D",
        "edit.select-invert": "Ctrl+I",
        "edit.palette": "Ctrl+K",
        "view.enlarge": "Return",
        "review.blind": "B",
        "view.centre-square": "C",
        "help.keys": "?",
    }

    assert {command: keymap.keys[command][0] for command in wanted} == wanted
    assert QKeySequence("Backspace") in keymap.sequences("edit.undo")


def test_the_digits_go_to_the_pages_in_their_order() -> None:
    keys = KeyMap.load().keys
    digits = [keys[f"page.{entry.id}"][0] for entry in PAGES if entry.id != "settings"]

    assert digits == sorted(digits, key=lambda key: (int(key[-1]) - 1) % 10)
    assert keys["page.settings"] == ("Ctrl+,",)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[review", "cannot be read"),
        ('[review]\nskip = "Space"', "list"),
        ('[a]\nb = ["Foo+Z"]', "Foo"),
        ("a = 1", "a in .* is no table"),
        (f"[a]\nb = {'9' * 5000}", "cannot be read: A number of too many digits .at line 2"),
        (f"[a]\nb = {'[' * 3000}", "cannot be read: Brackets within brackets"),
    ],
)
def test_a_broken_key_map_is_named(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "keymap.toml"
    path.write_text(text)

    with pytest.raises(InputError, match=word):
        KeyMap.load(path)
