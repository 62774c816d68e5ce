"""Saved views: rules under names."""

import pytest

from histoviewer.errors import InputError
from histoviewer.project.project import Project

RULE = {"split": "validation", "score": [0.25, 1.0], "group": None, "search": "é"}


def test_a_view_comes_back_as_it_was_saved_across_a_restart(project) -> None:
    project.save_view("unsure ones", RULE)
    project.close()

    with Project.open(project.path, read_only=True) as opened:
        assert [(view.name, view.rule) for view in opened.views()] == [("unsure ones", RULE)]


def test_saving_again_replaces_the_rule_and_keeps_the_place(project) -> None:
    for name in ("b", "a", " b "):
        project.save_view(name, {"search": name})

    assert [(view.name, view.rule["search"]) for view in project.views()] == [
        ("b", " b "),
        ("a", "a"),
    ]


def test_a_view_can_be_deleted(project) -> None:
    project.save_view("a", {})
    project.delete_view("a")

    assert project.views() == []


def test_deleting_a_view_that_is_not_there_is_said(project) -> None:
    with pytest.raises(InputError, match="no saved view called 'a'"):
        project.delete_view("a")


@pytest.mark.parametrize("name", ["", "  "])
def test_a_view_needs_a_name(project, name) -> None:
    with pytest.raises(InputError, match="needs a name"):
        project.save_view(name, {})
