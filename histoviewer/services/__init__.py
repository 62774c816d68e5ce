"""One use case a module, called by the window and the command line alike."""
