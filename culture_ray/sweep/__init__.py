"""Sweeps: plan, schedule, execution on Ray, progress; called, the API's `culture_ray.sweep`."""

from culture_ray.callable_package import make_callable

make_callable(__name__)
