"""Models that the user's own code builds: its hash, its import, its hyperparameters, and how Keras trains them here."""
