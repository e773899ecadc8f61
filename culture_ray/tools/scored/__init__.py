"""Import of responses that were elicited and scored elsewhere, as the labels of a run."""
