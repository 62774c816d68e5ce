"""The models page: which models there are, the recipes they are made by, searching, devices."""
