"""Files that are no verdicts: one clear sentence, and nothing is recorded."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histoviewer.errors import InputError
from histoviewer.services.interchange import tables
from histoviewer.services.interchange.importing import import_verdicts

HISTORY = "sequence,time,reader,id,action,after"


def _joined(parts):
    header, lines = parts
    return "\n".join([header, *lines]).encode()


@pytest.fixture
def take(make_session, tmp_path):
    session, batches = make_session(given=[0, 1])

    def call(data):
        path = tmp_path / "verdicts.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        try:
            return import_verdicts(session=session, path=path)
        finally:
            call.batches = batches

    return call


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text in UTF-8"),
        ("id,action\nté,skip\n".encode("utf-16"), "not text in UTF-8"),
        (b"id,action\nt\xe9,skip\n", "not text in UTF-8"),
        (b'id,action\nt0,skip\n"t1,skip\n', "is broken"),
        (b"id,action\n" + b"x" * 200_000 + b",skip\n", "is broken"),
        ('{"project": "slides"}', "lacks the column 'id'"),
        ("id,label\nt0,1\n", "lacks the column 'action'"),
        ("id,action,id\nt0,skip,t1\n", "the column 'id' twice"),
        (f"{HISTORY.replace('time,', '')}\n1,Ann,t0,skip,\n", "lacks the column 'time'"),
    ],
)
def test_a_file_that_is_none_is_refused(take, data, words):
    with pytest.raises(InputError, match=words):
        take(data)
    assert not take.batches


def test_a_file_of_gigabytes_is_refused(take, monkeypatch):
    monkeypatch.setattr(tables, "_MOST_BYTES", 10)
    with pytest.raises(InputError, match="Split it"):
        take("id,action\nt0,skip\n")


def test_a_file_that_is_not_there_or_a_folder_is_refused(make_session, tmp_path):
    session, _ = make_session(given=[0])
    with pytest.raises(InputError, match="cannot be read: No such file"):
        import_verdicts(session=session, path=tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is no file"):
        import_verdicts(session=session, path=tmp_path)


def test_blank_and_short_lines_do_no_harm(take):
    outcome = take("id;action;label\n\nt0;skip\n\nt1;flag;;;\n")
    assert (outcome.applied, outcome.rejected) == (2, ())


def test_a_header_alone_is_no_verdict(take):
    assert take("id,action\n").applied == 0
    assert take(f"{HISTORY}\n").applied == 0
    assert not take.batches


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0,2026-01-01T10:00Z,Ann,t0,skip,", "sequence '0'"),
        (f"{'9' * 5000},2026-01-01T10:00Z,Ann,t0,skip,", "no number from 1 on"),
        ("1,yesterday,Ann,t0,skip,", "not in ISO 8601"),
        ("1,2026-01-01T10:00,Ann,t0,skip,", "no time zone"),
        ("1,0001-01-01T00:00+14:00,Ann,t0,skip,", "not after 1970"),
        ("1,2026-01-01T10:00Z,,t0,skip,", "no name"),
        ("1,2026-01-01T10:00Z,Ann,t9,skip,", "no tile 't9'"),
        ("1,2026-01-01T10:00Z,Ann,t0,agree,1", "no action 'agree'"),
        ("1,2026-01-01T10:00Z,Ann,t0,relabel,", "the label ''"),
    ],
)
def test_a_line_of_a_history_that_cannot_be_used_says_why(take, line, reason):
    (rejected,) = take(f"{HISTORY}\n{line}\n").rejected
    assert rejected.line == 2
    assert reason in rejected.reason


def test_one_reader_too_many_is_refused_and_nothing_recorded(take):
    lines = [f"{n},2026-01-01T10:00Z,reader {n},t0,relabel,1" for n in range(1, 66)]
    with pytest.raises(InputError, match="of 65 readers"):
        take("\n".join([HISTORY, *lines]))
    assert not take.batches


FIELDS = st.sampled_from(
    ["t0", "t1", "confirm", "relabel", "flag", "clear", "1", "0", "-1", "Ann", "yes", "no", "",
     "2026-01-01T10:00Z", "9999-12-31T23:59:59-23:59", "nan", "1e400", "\x85", '"', "é;\u2028"]
)  # fmt: skip
LINES = st.lists(FIELDS, max_size=9).map(",".join)
HEADERS = st.sampled_from(["id,action,label", f"{HISTORY},undone,score,mode", "", "id;action"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | st.tuples(HEADERS, st.lists(LINES)).map(_joined))
def test_no_file_whatever_meets_a_fault_of_ours(take, data):
    with contextlib.suppress(InputError):
        take(data)
