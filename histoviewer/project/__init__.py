"""The project folder: database, migrations, verdict log, model registry, score arrays."""
