"""The lessons as files: where they lie, a folder of one's own, JupyterLab, and whether all works.

In a checkout they are in ``notebooks/``; an installed package brings them along, and
``xrec lessons FOLDER`` writes them where a student can work.
"""
