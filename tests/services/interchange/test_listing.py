"""Plain lists of verdicts."""

import numpy as np
import pytest

from histoviewer.domain.batches import Mode
from histoviewer.errors import InputError
from histoviewer.services.interchange.importing import import_verdicts


def _apply(session, tmp_path, text):
    path = tmp_path / "verdicts.csv"
    path.write_text(text, encoding="utf-8")
    return import_verdicts(session=session, path=path)


def test_file_is_one_step_of_undo(make_session, tmp_path):
    session, batches = make_session(given=[0, 1, 0, 0], scores=[0.1, 0.2, 0.9, 0.1])
    outcome = _apply(
        session,
        tmp_path,
        "id,action,label\nt0,relabel,1\nt1,confirm,\nt2,agree,\nt3,reject,\n",
    )
    assert (outcome.applied, outcome.rejected, len(batches)) == (4, (), 1)
    assert session.effective.tolist() == [1, 1, 1, 1]
    session.undo()
    assert session.effective.tolist() == [0, 1, 0, 0]


def test_confirm_keeps_the_label_and_takes_the_models_where_there_is_none(make_session, tmp_path):
    session, _ = make_session(given=[1, -1], scores=[0.2, 0.2])
    _apply(session, tmp_path, "id,action\nt0,confirm\nt1,confirm\n")
    assert session.states.decided.tolist() == [1, 0]


def test_nothing_to_agree_with_is_said(make_session, tmp_path):
    session, batches = make_session(given=[-1])
    outcome = _apply(session, tmp_path, "id,action\nt0,agree\nt0,confirm\n")
    assert [line.reason.split("nothing to ")[1] for line in outcome.rejected] == [
        "agree",
        "confirm",
    ]
    assert not batches


def test_class_names_numbers_suffixes_and_semicolons_are_understood(make_session, tmp_path):
    session, _ = make_session(given=[0, 0, 1])
    _apply(
        session,
        tmp_path,
        "\ufeffID;Action;Label\r\nt0.tif;relabel;Tumour\r\nt1;relabel;1.0\r\nt2;relabel;normal\r\n",
    )
    assert session.effective.tolist() == [1, 1, 0]


def test_marks_are_applied(make_session, tmp_path):
    session, _ = make_session(given=[0, 0])
    _apply(session, tmp_path, "id,action\nt0,skip\nt1,flag\n")
    assert session.states.skipped.tolist() == [True, False]
    assert session.states.flagged.tolist() == [False, True]


def test_bad_lines_are_listed_and_the_others_applied(make_session, tmp_path):
    session, _ = make_session(given=[0])
    outcome = _apply(
        session,
        tmp_path,
        "id,action,label\nnobody,skip,\nt0,delete,\nt0,relabel,\nt0,relabel,2\nt0,relabel,1\n",
    )
    assert outcome.applied == 1
    assert [line.line for line in outcome.rejected] == [2, 3, 4, 5]


def test_file_without_the_columns_changes_nothing(make_session, tmp_path):
    session, batches = make_session(given=[0])
    with pytest.raises(InputError, match="lacks the column 'action'"):
        _apply(session, tmp_path, "id,label\nt0,1\n")
    assert not batches


def test_last_line_of_a_tile_wins_and_the_others_are_listed(make_session, tmp_path):
    session, _ = make_session(given=[0])
    outcome = _apply(session, tmp_path, "id,action,label\nt0,relabel,1\nt0,skip,\n")
    assert session.states.skipped.tolist() == [True]
    assert [str(line) for line in outcome.rejected] == ["line 2: line 3 speaks of the same tile"]


def test_a_list_is_no_blind_read(make_session, tmp_path):
    session, batches = make_session(given=[0, 0], scores=[0.9, 0.9])
    session.blind = True
    outcome = _apply(session, tmp_path, "id,action,label\nt0,relabel,1\nt1,agree,\n")
    assert (outcome.applied, len(outcome.rejected)) == (1, 1)
    assert batches[0].mode is Mode.OPEN
    assert np.isnan(batches[0].scores).all()
