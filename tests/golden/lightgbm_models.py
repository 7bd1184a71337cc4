"""Writes lightgbm_models.json beside it: small models of LightGBM with what they predict.

    pip install lightgbm==4.7.0
    python tests/golden/lightgbm_models.py

They hold the import of such models to LightGBM's own predictions (tolerance 1e-12, relative to 1)
without LightGBM being installed where the tests run.
"""

import json
import pathlib

import lightgbm
import numpy as np

rng = np.random.default_rng(7)
x = rng.normal(size=(400, 4))
x[:, 1] = np.round(x[:, 1] * 2)
x[rng.random(x.shape) < 0.1] = np.nan
base = np.nan_to_num(x[:, 0]) * 2 + np.where(np.isnan(x[:, 1]), 1.5, np.abs(np.nan_to_num(x[:, 1])))
noise = rng.normal(size=400) * 0.3
complete = np.nan_to_num(x)

TARGETS = {
    "regression": base + noise,
    "regression_l1": base + noise,
    "quantile": base + noise,
    "huber": base + noise,
    "poisson": rng.poisson(np.exp(base / 3)).astype(float),
    "binary": (base + noise > 1).astype(float),
}
CASES = [(objective, {}, x) for objective in TARGETS]
# Trained without missing values, LightGBM later takes NaN for zero.
CASES.append(("regression", {}, complete))
CASES.append(("binary", {"sigmoid": 2.0}, x))
# A target that can't be split: a tree that is a leaf.
CASES.append(("regression", {"min_data_in_leaf": 300}, x))

rows = np.vstack([x[:30], rng.normal(size=(10, 4)) * 3, np.full((1, 4), np.nan), np.zeros((1, 4))])
models = []
for objective, extra, features in CASES:
    params = dict(objective=objective, num_leaves=6, min_data_in_leaf=10, verbosity=-1, seed=1)
    data = lightgbm.Dataset(features, TARGETS[objective], feature_name=list("abcd"))
    model = lightgbm.train({**params, **extra}, data, 5)
    models.append(
        dict(
            objective=objective,
            text=model.model_to_string(),
            dump=json.dumps(model.dump_model()),
            predictions=model.predict(rows).tolist(),
        )
    )

about = "written by tests/golden/lightgbm_models.py with LightGBM " + lightgbm.__version__
values = [[None if np.isnan(v) else v for v in row] for row in rows.tolist()]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(dict(about=about, rows=values, models=models), indent=2) + "\n")
