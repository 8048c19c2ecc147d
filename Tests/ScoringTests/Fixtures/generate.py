"""Trains the models of this folder and records what libxgboost answers.

    python3 -m venv venv && venv/bin/pip install xgboost-cpu==3.2.0 pandas
    venv/bin/python generate.py

Everything is seeded. Each model leaves <name>.json or <name>.ubj, and <name>.rows, one subject a
line: the features (bits of the single-precision number in hexadecimal, `-` where missing, or a
quoted text), `=`, the bits of the margin, and on the first lines `~` with the approximate
contributions, the last of them the bias.
"""

import json
import struct

import numpy as np
import pandas as pd
import xgboost as xgb

ROWS = 96
EXPLAINED = 12


def bits(value):
    return f"{struct.unpack('<I', struct.pack('<f', np.float32(value)))[0]:08x}"


def cell(value):
    if isinstance(value, str):
        return f'"{value}"'
    return "-" if value is None or np.isnan(value) else bits(value)


def record(name, kind, booster, data, cells):
    booster.save_model(f"{name}.{kind}")
    margins = booster.predict(data, output_margin=True)
    parts = booster.predict(data, pred_contribs=True, approx_contribs=True)
    with open(f"{name}.rows", "w", encoding="utf-8") as file:
        for index, row in enumerate(cells):
            line = " ".join(map(cell, row)) + f" = {bits(margins[index])}"
            if index < EXPLAINED:
                line += " ~ " + " ".join(f"{part:.7g}" for part in parts[index])
            file.write(line + "\n")


def numbers(random, count, features):
    values = random.normal(size=(count, features)) * 10.0 ** np.arange(-2, features - 2)
    values[random.random(values.shape) < 0.2] = np.nan
    return values.astype(np.float32)


def at_thresholds(random, booster, rows):
    """Puts thresholds, their neighbours and extremes into some rows."""
    model = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]
    splits = [
        (tree["split_indices"][node], np.float32(tree["split_conditions"][node]))
        for tree in model["trees"]
        for node, left in enumerate(tree["left_children"])
        if left != -1 and not tree["split_type"][node]
    ]
    for row in range(ROWS // 3, ROWS - 4):
        for _ in range(2):
            feature, threshold = splits[random.integers(len(splits))]
            away = np.float32([-np.inf, 0, np.inf][row % 3])
            rows[row, feature] = np.nextafter(threshold, away) if row % 3 != 1 else threshold
    rows[-4] = np.nan
    rows[-3] = np.float32(3e38)
    rows[-2] = np.float32(-3e38)
    rows[-1] = np.float32(-0.0)
    return rows


def numeric(name, kind, seed, features, rounds, target, **parameters):
    random = np.random.default_rng(seed)
    rows = numbers(random, 800, features)
    scaled = np.nan_to_num(rows / 10.0 ** np.arange(-2, features - 2))
    signal = scaled[:, 0] + scaled[:, 1] * scaled[:, 2] + random.normal(size=800) * 0.5
    booster = xgb.train(
        {"seed": seed, "nthread": 1, **parameters},
        xgb.DMatrix(rows, target(signal)), rounds)
    tested = at_thresholds(random, booster, rows[:ROWS].copy())
    record(name, kind, booster, xgb.DMatrix(tested), tested)


def codes(name, seed):
    """Categories as plain codes: the file says only which feature is categorical."""
    random = np.random.default_rng(seed)
    rows = numbers(random, 1000, 3)
    rows[:, 1] = random.integers(0, 70, 1000)
    rows[:, 2] = random.integers(0, 4, 1000)
    rows[random.random(1000) < 0.1, 2] = np.nan
    types = ["float", "c", "c"]
    target = ((np.nan_to_num(rows[:, 1]) % 3 == 1) ^ (rows[:, 2] == 2)).astype(float)
    matrix = xgb.DMatrix(rows, target, feature_types=types, enable_categorical=True)
    parameters = {"objective": "binary:logistic", "max_depth": 4, "max_cat_to_onehot": 5,
                  "seed": seed, "nthread": 1}
    booster = xgb.train(parameters, matrix, 6)
    tested = rows[:ROWS].copy()
    tested[:24, 1] = [69, 70, 71, 95, 96, 127, 128, 1e6, 16777215, 2, 1.75, 0.25] * 2
    tested[:24, 2] = [3, 4, 31, 32, 33, 1, 2, 0] * 3
    data = xgb.DMatrix(tested, feature_types=types, enable_categorical=True)
    record(name, "json", booster, data, tested)


def frame(name, kind, seed, countries):
    """Categories of a data frame: the file holds their texts and numbers."""
    random = np.random.default_rng(seed)
    count = 600
    data = pd.DataFrame({
        "age": random.normal(size=count).astype(np.float32),
        "country": pd.Categorical(random.choice(countries, count)),
        "plan": pd.Categorical(random.choice([-3, 10, 20], count)),
    })
    data.loc[random.random(count) < 0.15, "country"] = np.nan
    target = ((data["country"] == "DE") | (data["plan"] == 20)).astype(float)
    target += random.normal(size=count) * 0.1
    matrix = xgb.DMatrix(data, target, enable_categorical=True)
    parameters = {"objective": "reg:squarederror", "max_depth": 4, "seed": seed, "nthread": 1}
    booster = xgb.train(parameters, matrix, 8)
    tested = data[:ROWS]
    cells = [
        (age, country if isinstance(country, str) else None, float(plan))
        for age, country, plan in tested.itertuples(index=False)
    ]
    record(name, kind, booster, xgb.DMatrix(tested, enable_categorical=True), cells)


if __name__ == "__main__":
    positive = lambda signal: (signal > 0.4).astype(float)
    numeric("logistic", "json", 1, 5, 12, positive, objective="binary:logistic", max_depth=4)
    numeric("logistic-binary", "ubj", 2, 5, 14, positive, objective="binary:logistic", max_depth=5)
    numeric("pruned", "json", 3, 4, 4, lambda signal: signal, objective="reg:squarederror",
            max_depth=7, gamma=2.0, tree_method="exact")
    numeric("leafwise", "ubj", 4, 6, 6, lambda signal: signal, objective="reg:absoluteerror",
            grow_policy="lossguide", max_depth=0, max_leaves=32)
    numeric("gamma", "json", 5, 4, 4, lambda signal: np.abs(signal) + 0.1, objective="reg:gamma",
            max_depth=3, num_parallel_tree=3, subsample=0.7, base_score=0.3)
    numeric("raw", "json", 6, 4, 5, positive, objective="binary:logitraw", max_depth=3,
            base_score=0.3)
    codes("codes", 7)
    frame("frame", "json", 8, ["DE", "FR", "NL", "UK", "US"])
    frame("frame-binary", "ubj", 9, ["DE", "FR", "Köln", "UK", "US"])
