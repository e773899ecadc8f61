"""Slurm's own commands: the queue, outcomes of jobs, partitions, and advice on refusals."""
