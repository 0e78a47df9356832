"""nn.MLPClassifier among scikit-learn's own: in a pipeline with a scaler, tuned by a grid search, judged beside others.

The data come with scikit-learn: wine, 178 wines of three growers by thirteen measurements, or digits, 1,797 handwritten
ones of 64 pixels. A quarter is held out. What is tuned is chosen by cross-validation on the rest; the scaler stands in
the pipeline, so it too learns nothing of the part that judges. Logistic regression gets the same search.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import nn
from autograd import MissingExtraError

DATA = ("digits", "wine")


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=DATA, default="digits", help="(default digits)")
    parser.add_argument("--folds", type=int, default=3, help="of the cross-validation (default 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the weights (default 0)")
    options = parser.parse_args(argv)
    if options.folds < 2 or options.seed < 0:
        parser.error("--folds must be at least 2, --seed at least 0")
    try:
        from sklearn import datasets
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV, train_test_split
        from sklearn.pipeline import Pipeline
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise MissingExtraError("this example", "sklearn") from error

    x, y = getattr(datasets, f"load_{options.data}")(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y, random_state=options.seed)
    network = nn.MLPClassifier((32,), learning_rate_init=0.01, max_iter=300, random_state=options.seed)
    candidates = {
        "nn.MLPClassifier": (network, {"model__alpha": [0.01, 1.0], "model__activation": ["relu", "tanh"]}),
        "LogisticRegression": (LogisticRegression(max_iter=1000), {"model__C": [0.01, 0.1, 1.0]}),
    }
    print(f"{options.data}: {len(x_train)} samples to choose by, in {options.folds} folds; {len(x_test)} held out")
    print(f"{'':20}{'cross-validated':>18}{'held out':>12}  chosen")
    accuracies: dict[str, float] = {}
    for name, (model, grid) in candidates.items():
        search = GridSearchCV(Pipeline([("scaler", StandardScaler()), ("model", model)]), grid, cv=options.folds)
        search.fit(x_train, y_train)
        accuracies[name] = search.score(x_test, y_test)
        chosen = ", ".join(f"{key.removeprefix('model__')} {value}" for key, value in search.best_params_.items())
        print(f"{name:20}{search.best_score_:18.1%}{accuracies[name]:12.1%}  {chosen}")
    return accuracies


if __name__ == "__main__":
    main()
