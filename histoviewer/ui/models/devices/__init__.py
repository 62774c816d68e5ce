"""What models are trained and scored on."""
