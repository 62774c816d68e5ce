"""Importing this module imports what a first job needs, so that the job need not wait for it.

To be named as `preload` of a compute process.
"""

from histoviewer.ml.work import warm_up

warm_up()
