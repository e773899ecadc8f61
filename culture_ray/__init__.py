"""culture_ray: do language models hold the views of the people whose language they speak?"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("culture-ray")
except PackageNotFoundError:  # a source tree that is not installed
    __version__ = "unknown"
