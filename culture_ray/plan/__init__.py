"""Plan of a run: its requests, workload, hardware, time and cost; called, `culture_ray.plan`."""

from culture_ray.callable_package import make_callable

make_callable(__name__)
