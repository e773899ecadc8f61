"""Templates, wordings, protocols, rendering and the design of a sweep."""
