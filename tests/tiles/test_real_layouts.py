"""Scans of real data sets."""

import time

import numpy as np

from histoviewer.domain.tiles import Split
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.tables import read_id_list
from tests.tiles.helpers import found, pack_all


def test_kaggle_mini_with_its_index_column(shared_data):
    catalogue = scan(shared_data / "kaggle_mini")
    assert (catalogue.layout, len(catalogue)) == ("kaggle", 26)
    assert np.bincount(catalogue.given[catalogue.given >= 0]).tolist() == [10, 5]
    assert not catalogue.problems
    assert not pack_all(catalogue, None, 96).problems


def test_pcam_is_read_whole_and_fast(pcam):
    began = time.perf_counter()
    catalogue = scan(pcam)
    assert time.perf_counter() - began < 1
    assert (catalogue.splits == Split.TEST).sum() == len(catalogue.sample_ids) == 800
    assert set(read_id_list(pcam / "validation_ids.csv")) < set(catalogue.ids)


def test_idc_patients_are_groups_and_slivers_odd(idc):
    catalogue = scan(idc)
    assert len(set(catalogue.groups)) == 120
    assert catalogue.classes.positive == "1"
    report = pack_all(catalogue, None, 50)
    odd = {subject for kind, subject in found(report) if kind == "odd size"}
    assert len(odd) == 47
    assert not found(report) - {("odd size", subject) for subject in odd}


def test_chest_xray_has_labelled_test_tiles(chest_xray):
    catalogue = scan(chest_xray)
    assert catalogue.classes.positive == "PNEUMONIA"
    assert (catalogue.given[catalogue.splits == Split.TEST] >= 0).all()
    assert not pack_all(catalogue, None, 224).problems
