"""thalweg in half a minute: four regressions on real data, two programs from files, a false claim, and a report.

Every answer is printed with its certificate: what is proved about it, computed from the problem alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes

import thalweg as tw

HERE = Path(__file__).parent


def main() -> None:
    """Run all parts in turn."""
    print("A solver makes a claim. The certificate says what that claim proves.")
    linear_regression()
    logistic_regression()
    model = elastic_net()
    rows_on_coefficients()
    diet = linear_program()
    quadratic_program()
    false_claim(diet)
    files(model, diet)


def linear_regression() -> None:
    """Lasso with a sign constraint."""
    title("Linear regression: progression of diabetes, 442 patients, 10 measurements")
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    model = tw.LinearRegression(alpha=0.1, l1_ratio=1.0, lower={"s1": 0}, tol=1e-9).fit(X, y)
    plain = tw.LinearRegression().fit(X, y).coef_[list(X.columns).index("s1")]
    print(
        f"L1 penalty 0.1, and the coefficient of s1 (cholesterol) must not be negative; least squares says {plain:.0f}."
    )
    show(zip(X.columns, model.coef_, strict=True))
    print(f"R2 = {model.score(X, y):.3f}")
    certificate(model.certificate_)


def logistic_regression() -> None:
    """Ridge, as scikit-learn has it by default."""
    title("Logistic regression: is a tumour benign? 569 patients, 30 measurements, L2 penalty")
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    model = tw.LogisticRegression(tol=1e-9).fit(X, y)
    print("The default penalty is scikit-learn's (C = 1), and so are the coefficients.")
    show(list(zip(X.columns, model.coef_[0], strict=True))[:6])
    print(f"accuracy on these patients = {model.score(X, y):.3f}")
    certificate(model.certificate_)


def elastic_net() -> tw.LogisticRegression:
    """L1 and L2 together choose measurements."""
    title("The same with an elastic net: which measurements are needed?")
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = (X - X.mean()) / X.std()
    model = tw.LogisticRegression(alpha=0.1, l1_ratio=0.8, tol=1e-9).fit(X, y)
    used = [(name, value) for name, value in zip(X.columns, model.coef_[0], strict=True) if value != 0]
    print(f"{len(used)} of {X.shape[1]} standardised measurements are used:")
    show(used)
    print(f"accuracy on these patients = {model.score(X, y):.3f}")
    certificate(model.certificate_)
    return model


def rows_on_coefficients() -> None:
    """Say what is known beforehand, in words."""
    title("Linear regression with what is known beforehand: flats and their rents (rents.csv)")
    flats = pd.read_csv(HERE / "rents.csv")
    known = ["rooms >= 2*floor", "balcony + floor <= 60"]
    model = tw.LinearRegression(constraints=known, upper={"distance": 0}, tol=1e-9)
    model.fit(flats.drop(columns="rent"), flats["rent"])
    print(f"Known: {', and '.join(known)}, and rents do not rise with the distance.")
    show(zip(model.feature_names_in_, model.coef_, strict=True))
    for row, price in zip(known, model.solution_.duals, strict=True):
        print(f"{row}: {'binds' if price else 'does not bind'}")
    certificate(model.certificate_)


def linear_program() -> tw.Solution:
    """Find a day's food at least cost."""
    title("Linear program from a file: a day's food at least cost (diet.mps)")
    diet = tw.read(HERE / "diet.mps")
    solution = tw.solve(diet)
    show((name, amount) for name, amount in zip(diet.names, solution.x, strict=True) if amount > 0)
    print(f"cost: {solution.objective:.1f} cents (amounts in units of 100 g)")
    for need, price in zip(diet.row_names, solution.duals, strict=True):
        if price != 0:
            print(f"one more unit of {need} would cost {price:.3f} cents")
    certificate(solution.certificate)
    return solution


def quadratic_program() -> None:
    """Spread savings with the least risk."""
    title("Quadratic program from a file: savings with the least risk (portfolio.lp)")
    funds = tw.read(HERE / "portfolio.lp")
    solution = tw.solve(funds)
    show(zip(funds.names, solution.x, strict=True))
    print(f"risk: {np.sqrt(2 * solution.objective):.2f} percent a year")
    certificate(solution.certificate)


def false_claim(solution: tw.Solution) -> None:
    """Judge an answer that is not the best, and one that breaks a limit."""
    title("And if somebody claims something false?")
    diet = solution.problem
    food = dict(zip(diet.names, solution.x, strict=True))
    dearer, poorer = food | {"eggs": 0.5}, food | {"lentils": 1.0}
    print('"Add half a portion of eggs, and it is still the cheapest day there is."')
    first = tw.certify(diet, x=list(dearer.values()), duals=solution.duals)
    certificate(first)
    print('"Half of the lentils will do."')
    second = tw.certify(diet, x=list(poorer.values()), duals=solution.duals)
    certificate(second)
    assert not first.ok
    assert not second.ok
    print("Both are refused; no solver was run for that, only the problem and the claim were read.")


def files(model: tw.LogisticRegression, diet: tw.Solution) -> None:
    """Keep the answers: as a page to read, a model to use, and a file that anyone can check."""
    title("To keep: a report to read, a model to use, an answer that anyone can check")
    folder = Path(tempfile.mkdtemp(prefix="thalweg-demo-"))
    model.save(folder / "tumours.json")
    diet.save(folder / "diet.npz")
    model.solution_.report(folder / "report.html", title="Which (standardised) measurements tell benign tumours?")
    print("the saved diet, judged again by whoever opens it:")
    certificate(tw.certify(folder / "diet.npz"))
    print(f"model:  {folder / 'tumours.json'}    (thalweg predict)")
    print(f"answer: {folder / 'diet.npz'}    (thalweg check)")
    print(f"report: {folder / 'report.html'}")


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'-' * len(text)}")


def show(pairs: Iterable[tuple[str, float]]) -> None:
    """Print names and numbers, three to a line."""
    cells = [f"{name:>22} {value:10.4g}" for name, value in pairs]
    for k in range(0, len(cells), 3):
        print("".join(cells[k : k + 3]))


def certificate(judged: tw.Certificate) -> None:
    """Print what is proved."""
    print(f"  {'ok    ' if judged.ok else 'not ok'} | " + judged.explain().replace("\n", "\n         | "))


if __name__ == "__main__":
    main()
