"""Write the HTML report and the figures of a run: `python jobs/report.py run=NAME`.

The same as `culture-ray report`. It reads the tables of a run and computes nothing anew. Use it in
a debugger when you change a figure or the page.
"""

from culture_ray.cli.main import run_verb

if __name__ == "__main__":
    run_verb("report")
