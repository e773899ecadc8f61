"""Topics, populations, and how the EVS/WVS microdata file becomes ground truth."""
