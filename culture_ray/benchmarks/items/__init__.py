"""Items of a benchmark: files, transforms of their rows, columns, and the part that is put."""
