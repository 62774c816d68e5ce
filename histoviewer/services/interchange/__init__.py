"""Verdicts to and from other machines and programs.

Out: `exporting`, in four forms: the history of verdicts as `history_csv` and `history_json`, and
the tiles with their labels as `label_studio` and `fiftyone` import them. In: `importing`, which
takes a history from another machine (`merging`) as well as a plain list of verdicts (`listing`).
"""
