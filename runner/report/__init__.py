"""A page for people about one run, made from what the run left in its directory."""
