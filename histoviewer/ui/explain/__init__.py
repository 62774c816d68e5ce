"""Why a model says what it says, beside the tile."""
