"""Bootstrap: draws of topics and responses, and the spread of figures over the rounds."""
