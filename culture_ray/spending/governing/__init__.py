"""Parts of the spending governor: queues, admissions, attempts, conditions of models."""
