"""Importing this module makes a process ready to explain a tile at once.

To be named as `preload` of a compute process.
"""

from histoviewer.ml.explain_work import warm_up

warm_up()
