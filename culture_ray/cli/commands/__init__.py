"""The verbs of the console command, one module each; `culture_ray.cli.verbs` describes them."""
