"""The only room that knows Keras: input pipeline, nets, training, scoring, metrics."""
