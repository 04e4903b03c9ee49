"""Does this installation work?  Walks through an emulator as its clients do."""
