"""The map page: every tile as a point, near to those that look alike to the model."""
