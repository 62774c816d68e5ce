"""The embedding map: every tile as a point of a plane, near to those that look alike to a model."""
