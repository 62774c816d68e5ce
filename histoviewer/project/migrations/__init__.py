"""Steps from each version of the database to the next, run from inside the program by Alembic.

A step that has been released is never edited, and imports nothing of the program: it must do the
same for ever. A new step raises `schema.HEAD`.
"""
