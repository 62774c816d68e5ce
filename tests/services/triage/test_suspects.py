"""Label errors of a project: found, kept, out of date, refused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey
from histoviewer.errors import InputError, NotEmbeddedError
from histoviewer.jobs.job import Job
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.listing import find_tiles
from histoviewer.services.next_batch import Wish, choose_next
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.suspects import find_suspects, read_suspects
from histoviewer.services.triage_scores import read_triage_scores
from tests.operations import perform_here
from tests.services.triage.embedding import embed


def test_a_wrong_label_is_found_kept_and_sorted_first(workspace: Workspace, wrong: int) -> None:
    found = perform_here(find_suspects(workspace=workspace))

    kept = read_suspects(workspace.project, workspace.packed)
    read_triage_scores(workspace.project, workspace.packed).give_to(workspace.session)
    columns = workspace.session.columns()
    assert found.suspect[wrong]
    assert kept is not None
    assert np.array_equal(kept.probability, found.probability)
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] == wrong
    assert wrong in arrange(Query(suspect=True), columns)


@pytest.mark.parametrize("agrees", [True, False])
def test_what_is_decided_since_is_neither_suspect_nor_sorted(
    workspace: Workspace, wrong: int, agrees: bool
) -> None:
    session = workspace.session
    session.suspects = perform_here(find_suspects(workspace=workspace))
    label = int(session.tiles.given[wrong])

    session.label([wrong], label if agrees else 1 - label)

    columns = session.columns()
    assert not columns.suspect[wrong]
    assert np.isnan(columns.label_quality[wrong])
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] != wrong

    session.undo()

    assert arrange(Query(sort=SortKey.LABEL_ISSUE), session.columns())[0] == wrong


def test_a_wrong_verdict_is_suspect_when_looked_at_again(workspace: Workspace, wrong: int) -> None:
    session = workspace.session
    given = session.tiles.given
    slip = int(np.flatnonzero((session.tiles.splits == Split.TRAIN) & (given == 0))[-1])
    session.label([slip], 1)

    found = perform_here(find_suspects(workspace=workspace))

    session.suspects = found
    assert found.labels[slip] == 1
    assert slip in arrange(Query(sort=SortKey.LABEL_ISSUE), session.columns())[:2]


def test_a_slip_that_is_taken_back_is_not_suspect_any_more(workspace: Workspace) -> None:
    session = workspace.session
    tiles = session.tiles
    slip = int(np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 0))[-1])
    session.label([slip], 1)
    session.suspects = replace(
        perform_here(find_suspects(workspace=workspace)), suspect=np.arange(len(tiles)) == slip
    )
    assert session.columns().suspect[slip]

    session.undo()

    assert not session.columns().suspect.any()
    session.redo()
    assert session.columns(np.array([slip])).suspect[0]


def test_a_mended_error_that_is_taken_back_is_sorted_first_and_filtered(
    workspace: Workspace,
) -> None:
    session = workspace.session
    tiles = session.tiles
    training = np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))
    mended, wrong = int(training[3]), training[-4:]
    tiles.given[[mended, *wrong]] = 0
    session.label([mended], 1)
    session.suspects = perform_here(find_suspects(workspace=workspace))
    found = set(arrange(Query(suspect=True), session.columns()).tolist())
    assert found & set(wrong.tolist())
    assert mended not in found
    session.suspects.probability[mended] = 1  # the label of before fits worst of all

    session.undo()

    columns = session.columns()
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] == mended
    assert set(arrange(Query(suspect=True), columns).tolist()) == found | {mended}


def keeps_one_rule(session: ReviewSession) -> None:
    """Check that the filter takes, of each label, the first of those that the order has sorted."""
    columns, found = session.columns(), session.suspects
    since = session.states.decided_at > found.through
    judged = (columns.effective != -1) & ~since
    order = arrange(Query(sort=SortKey.LABEL_ISSUE), columns)
    assert set(order[: judged.sum()].tolist()) == set(np.flatnonzero(judged).tolist())
    shown = set(arrange(Query(suspect=True), columns).tolist())
    for label in (0, 1):
        ranked = [tile for tile in order if judged[tile] and columns.effective[tile] == label]
        suspects = shown & set(ranked)
        assert suspects == set(ranked[: len(suspects)])
        shown -= suspects
    assert not shown
    some = np.arange(0, len(columns), 3)
    assert np.array_equal(session.columns(some).suspect, columns.suspect[some])


@pytest.mark.parametrize("seed", range(4))
def test_order_and_filter_follow_one_rule_whatever_is_decided_and_taken_back(
    workspace: Workspace, seed: int
) -> None:
    rng, count = np.random.default_rng(seed), workspace.project.tile_count
    session = workspace.session

    def decide_something() -> None:
        match rng.integers(5):
            case 0 | 1:
                session.undo()
            case 2:
                session.redo()
            case _:
                session.label(rng.choice(count, 3, replace=False), int(rng.integers(2)))

    tiles = session.tiles
    session.label(np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))[-6:], 0)
    for _ in range(6):
        session.label(rng.choice(count, 3, replace=False), int(rng.integers(2)))
    perform_here(find_suspects(workspace=workspace))
    read_triage_scores(workspace.project, workspace.packed).give_to(session)
    assert session.suspects.suspect.any()
    for _ in range(30):
        decide_something()
        keeps_one_rule(session)

    before = session.columns()
    workspace.close()
    with open_workspace(workspace.project.path, reader="AB") as again:
        read_triage_scores(again.project, again.packed).give_to(again.session)
        after = again.session.columns()
    assert np.array_equal(after.suspect, before.suspect)
    assert np.array_equal(after.label_quality, before.label_quality, equal_nan=True)


def test_of_a_tile_that_cannot_be_looked_at_no_label_is_judged(
    workspace: Workspace, wrong: int
) -> None:
    session = workspace.session
    session.tiles.usable[wrong] = False
    session.suspects = perform_here(find_suspects(workspace=workspace))

    columns = session.columns()

    assert np.isnan(columns.label_quality[wrong])
    assert not columns.suspect[wrong]
    assert np.isnan(session.columns(np.array([wrong])).label_quality[0])


def test_embeddings_of_another_model_make_them_count_as_none(
    workspace: Workspace, champion: ModelRecord
) -> None:
    perform_here(find_suspects(workspace=workspace))

    embed(workspace, champion, np.ones((workspace.project.tile_count, 4), np.float16))
    (workspace.project.model_folder(champion.id) / "model.keras").write_bytes(b"another")

    assert read_suspects(workspace.project, workspace.packed) is None


def test_a_damaged_file_counts_as_none(workspace: Workspace) -> None:
    perform_here(find_suspects(workspace=workspace))
    path = workspace.project.path / "triage" / "label-errors-001.npz"
    path.write_bytes(path.read_bytes()[:-300])

    assert read_suspects(workspace.project, workspace.packed) is None


def test_a_list_sorted_by_them_looks_for_them_first(workspace: Workspace, wrong: int) -> None:
    jobs: list[Job] = []
    query = Query(sort=SortKey.LABEL_ISSUE)
    tiles = perform_here(find_tiles(workspace=workspace, query=query), jobs=jobs)

    assert tiles[0] == wrong
    assert jobs[-1].title == "Looking for label errors"


def test_for_reading_only_nothing_is_kept(workspace: Workspace, wrong: int) -> None:
    workspace.close()
    with open_workspace(workspace.project.path, reader="AB", read_only=True) as opened:
        opened.session.tiles.given[wrong] = 1 - opened.session.tiles.given[wrong]
        found = perform_here(find_suspects(workspace=opened))

        assert found.suspect[wrong]
        assert read_suspects(opened.project, opened.packed) is None


def test_for_reading_only_tiles_must_be_embedded(
    workspace: Workspace, champion: ModelRecord
) -> None:
    embeddings_path(workspace.project, champion.id).unlink()
    workspace.close()
    with (
        open_workspace(workspace.project.path, reader="AB", read_only=True) as opened,
        pytest.raises(NotEmbeddedError, match="not embedded by model 1"),
    ):
        perform_here(find_suspects(workspace=opened))


def one_class(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = 1


def few_labels(workspace: Workspace) -> None:
    given = workspace.session.tiles.given
    given[np.flatnonzero(given == 0)[2:]] = -1


@pytest.mark.parametrize(
    ("spoil", "words"), [(one_class, "one class only"), (few_labels, "too few for 5 folds")]
)
def test_too_few_labels_are_refused_before_any_work(
    workspace: Workspace, spoil: Callable[[Workspace], None], words: str
) -> None:
    spoil(workspace)

    with pytest.raises(InputError, match=words):
        find_suspects(workspace=workspace)


def test_without_a_model_it_is_said(workspace: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(workspace.project, "models", list)
    with pytest.raises(InputError, match="has no model yet"):
        perform_here(find_suspects(workspace=workspace))
    with pytest.raises(InputError, match="has no model yet"):
        perform_here(choose_next(workspace=workspace, wish=Wish()))
