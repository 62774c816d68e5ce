"""Saved views: what a reader asked to see, kept under a name in the project."""

from histoviewer.domain.triage import Query
from histoviewer.domain.view_rules import from_rule, to_rule
from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.project.project import Project


def find_view(project: Project, name: str) -> SavedView:
    """Return a saved view.

    Raises:
        InputError: There is none of that name.
    """
    views = project.views()
    for view in views:
        if view.name == name:
            return view
    known = ", ".join(f"'{view.name}'" for view in views)
    raise InputError(
        f"There is no saved view called '{name}'.",
        f"There are {known}." if known else "None has been saved yet.",
    )


def read_query(project: Project, name: str) -> Query:
    """Return what a saved view asks for.

    Raises:
        InputError: There is none of that name, or it cannot be read.
    """
    view = find_view(project, name)
    try:
        return from_rule(view.rule)
    except InputError as error:
        message = f"The view '{name}' cannot be used. {error.message}"
        raise InputError(message, error.hint) from error


def save_view(*, project: Project, name: str, query: Query) -> list[SavedView]:
    """Save what is asked for under a name; a view of that name is replaced.

    Returns:
        All views there are now.

    Raises:
        InputError: The name is empty.
        StorageError: The project cannot be written to.
    """
    project.save_view(name, to_rule(query))
    return project.views()


def restore_view(*, project: Project, view: SavedView) -> list[SavedView]:
    """Save a view as it was, such as one that was deleted by mistake.

    Returns:
        All views there are now.

    Raises:
        StorageError: The project cannot be written to.
    """
    project.save_view(view.name, view.rule)
    return project.views()


def rename_view(*, project: Project, name: str, new_name: str) -> list[SavedView]:
    """Give a view another name.

    Returns:
        All views there are now.

    Raises:
        InputError: There is no such view, or one of the new name.
        StorageError: The project cannot be written to.
    """
    view, new_name = find_view(project, name), new_name.strip()
    if any(other.name == new_name for other in project.views()):
        raise InputError(f"There is a view called '{new_name}' already.", "Choose another name.")
    project.save_view(new_name, view.rule)  # first: an end in between leaves two, not none
    project.delete_view(name)
    return project.views()


def delete_view(*, project: Project, name: str) -> list[SavedView]:
    """Remove a view.

    Returns:
        All views there are now.

    Raises:
        InputError: There is no such view.
        StorageError: The project cannot be written to.
    """
    project.delete_view(name)
    return project.views()
