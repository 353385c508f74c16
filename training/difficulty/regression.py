"""The regressions that training needs, with penalties as priors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse, special

Matrix = np.ndarray | sparse.csr_matrix


@dataclass(frozen=True)
class Prior:
    """Independent normal priors of weights: precision and mean by column."""

    precision: np.ndarray
    mean: np.ndarray


def logistic(
    x: Matrix,
    target: np.ndarray,
    weight: np.ndarray,
    prior: Prior,
    still: Matrix | None = None,
    *,
    offset: np.ndarray | float = 0.0,
) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression on shares in [0, 1], by maximum a posteriori.

    ``weight`` is by row and counts observations. ``still`` holds rows that the weights should map to 0, at half their square.
    ``offset`` is by row and in logits: what is known already.
    """

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        coefficients, bias = parameters[:-1], parameters[-1]
        z = x @ coefficients + bias + offset
        off = coefficients - prior.mean
        value = weight @ (np.logaddexp(0.0, z) - target * z) + 0.5 * prior.precision @ off**2
        residual = weight * (special.expit(z) - target)
        slope = x.T @ residual + prior.precision * off
        if still is not None:
            moved = still @ coefficients
            value += 0.5 * moved @ moved
            slope = slope + still.T @ moved
        return value, np.append(slope, residual.sum())

    options = {"maxiter": 300, "maxcor": 20}
    found = optimize.minimize(loss, np.append(prior.mean, 0.0), jac=True, method="L-BFGS-B", options=options)
    return found.x[:-1], float(found.x[-1])


def softmax(x: np.ndarray, labels: np.ndarray, classes: int, weight: np.ndarray, penalty: float) -> np.ndarray:
    """Weights (classes × columns + 1, the bias last) of a multinomial logistic regression."""
    rows = np.hstack([x, np.ones((len(x), 1))])
    wanted = np.eye(classes)[labels]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        theta = flat.reshape(classes, -1)
        z = rows @ theta.T
        value = weight @ (special.logsumexp(z, axis=1) - (wanted * z).sum(axis=1)) + 0.5 * penalty * (theta**2).sum()
        residual = weight[:, None] * (special.softmax(z, axis=1) - wanted)
        return value, (residual.T @ rows + penalty * theta).ravel()

    start = np.zeros(classes * rows.shape[1])
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return found.x.reshape(classes, -1)


def linear(x: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Coefficients of weighted least squares; the intercept is the last."""
    root = np.sqrt(weight)[:, None]
    rows = np.hstack([x, np.ones((len(x), 1))])
    return np.linalg.lstsq(rows * root, target * root[:, 0], rcond=None)[0]
