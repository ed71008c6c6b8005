"""Every method of regression by its name; a new one is a file beside this one and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ragone.models.surrogate.boosting import Boosting
from ragone.models.surrogate.kriging import Kriging
from ragone.models.surrogate.method import Method
from ragone.models.surrogate.neural_network import NeuralNetwork
from ragone.models.surrogate.ridge import Ridge

METHODS: Mapping[str, Method] = {
    "mean": Ridge(0),
    "linear": Ridge(1),
    "quadratic": Ridge(2),
    "gaussian_process": Kriging(),
    "gradient_boosting": Boosting(),
    "neural_network": NeuralNetwork(),
}
