"""Bootstrap rounds: draws of topics and responses, and the spread of figures over them."""
