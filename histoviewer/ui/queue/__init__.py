"""The queue page: what waits for retraining, and what retraining will learn."""
