"""Design of a benchmark: the content of its file in conf/benchmark, checked."""
