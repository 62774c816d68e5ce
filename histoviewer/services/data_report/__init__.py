"""What a data set looks like: counted, measured in the background, kept, and written as a page."""
