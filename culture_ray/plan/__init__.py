"""Plan of a run: requests, workload, hardware, time and cost. Callable as `culture_ray.plan()`."""

from culture_ray.callable_package import make_callable

make_callable(__name__)
