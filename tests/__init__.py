"""The tests; a package so that a compute process can import the job bodies they define."""
