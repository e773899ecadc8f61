"""Reading of what a provider sends: JSON of any shape into typed values, once, at the edge."""
