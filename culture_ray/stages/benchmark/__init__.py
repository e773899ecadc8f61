"""The stage benchmark: put the items of benchmarks to models and store their answers."""
