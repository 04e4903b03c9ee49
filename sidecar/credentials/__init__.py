"""How the application proves who it is."""
