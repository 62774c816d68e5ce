"""Models on their way to another machine: one file that holds all of a model, checked on arrival.

`manifest` says what a bundle holds, `packing` writes the file, `unpacking` reads it, `exporting`
and `importing` are the two use cases, `origins` is what the first must know of what the second let
in, `starter` imports the bundle that comes with the program.
"""
