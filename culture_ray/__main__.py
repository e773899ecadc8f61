"""`python -m culture_ray VERB [overrides]`: the console command without its script."""

from culture_ray.cli.main import main

if __name__ == "__main__":
    main()
