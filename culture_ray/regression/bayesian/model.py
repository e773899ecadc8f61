"""Mixed model in bambi (PyMC): columns of a design as terms, factors as `(1 | factor)`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from culture_ray.measures.result import FloatArray
from culture_ray.regression.bayesian.centred import CentredColumns
from culture_ray.regression.bayesian.installed import import_bambi
from culture_ray.regression.bayesian.priors import RESIDUAL_DF, priors_of
from culture_ray.regression.designs import DesignMatrices


def bambi_model(
    matrices: DesignMatrices, columns: CentredColumns, shared: FloatArray | None
) -> Any:
    """Return bambi's model of the rows, with the coefficients named by `coefficient`.

    `columns` are those of the matrices, `shared` is F (n x l) or None. Raises MissingExtra.
    """
    bambi = import_bambi()
    priors = priors_of(matrices.y, columns)
    terms = {coefficient(j): column for j, column in enumerate(columns.X.T)}
    known = {} if shared is None else {f"shared{j}": column for j, column in enumerate(shared.T)}
    factors = {f"factor{k}": matrices.labels(name) for k, name in enumerate(matrices.groups)}

    def prior(name: str, **arguments: Any) -> Any:
        return bambi.Prior(name, auto_scale=False, **arguments)

    given = {
        name: prior("Normal", mu=float(mean), sigma=float(deviation))
        for name, mean, deviation in zip(terms, priors.mean, priors.std_dev, strict=True)
    }
    # A covariate with a standard normal coefficient is an error of known variance.
    given |= {name: prior("Normal", mu=0.0, sigma=1.0) for name in known}
    given |= {
        f"1|{factor}": prior("Normal", mu=0.0, sigma=prior("HalfNormal", sigma=priors.scale))
        for factor in factors
    }
    given["sigma"] = prior("HalfStudentT", nu=RESIDUAL_DF, sigma=priors.scale)
    right = ["0", *terms, *known, *(f"(1|{factor})" for factor in factors)]
    return bambi.Model(
        f"response ~ {' + '.join(right)}",
        pd.DataFrame({"response": matrices.y, **terms, **known, **factors}),
        priors=given,
        auto_scale=False,
    )


def coefficient(j: int) -> str:
    """Return the name in the model of the coefficient of column j."""
    return f"term{j}"
