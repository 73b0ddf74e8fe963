"""What estimators offer of files: `save`, and what `thalweg.load` gives back to them."""

from __future__ import annotations

import os
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from sklearn.utils.validation import check_is_fitted

from thalweg.certificate import Certificate
from thalweg.result import Array


class Savable(metaclass=ABCMeta):
    """Coefficients that can be written to a file and taken from one, with what was proved about them."""

    coef_: Array
    intercept_: Any
    certificate_: Certificate
    get_params: Callable[..., dict[str, Any]]

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the fitted model as JSON text, which `thalweg.load` and ``thalweg predict`` read.

        The file holds parameters, coefficients and what was proved about them, not the data.

        Parameters
        ----------
        path : str or path
            Usually ends in ``.json``.
        overwrite : bool
            Whether an existing file is replaced.

        Raises
        ------
        InputError
            A parameter that no file can hold, such as a solver object; or the file cannot be written, or exists.

        Examples
        --------
        >>> import tempfile, os, thalweg as tw
        >>> path = os.path.join(tempfile.mkdtemp(), "model.json")
        >>> tw.LinearRegression().fit([[0.0], [1.0], [3.0]], [1.0, 3.0, 7.0]).save(path)
        >>> model = tw.load(path)
        >>> model.predict([[2.0]]).round(6), model.proof_["verdict"]
        (array([5.]), 'PROVED')
        """
        from thalweg.io.models import SavedModel, write_model

        check_is_fitted(self, "coef_")
        model = SavedModel(
            type(self).__name__,
            self.get_params(deep=False),
            *self._kept(),
            features=getattr(self, "feature_names_in_", None),
            classes=getattr(self, "classes_", None),
            proof=self.proof_,
        )
        write_model(model, path, overwrite=overwrite)

    def _kept(self) -> tuple[Array, Any]:
        """Coefficients and intercept as `_keep` took them."""
        return self.coef_, self.intercept_

    def _restore(self, coef: Array, intercept: Any, proof: Mapping[str, Any]) -> None:
        """Take coefficients from a file, and what was proved about them when they were saved."""
        self._keep(coef, intercept)
        self._proof = dict(proof)

    @property
    def proof_(self) -> dict[str, Any]:
        """What is proved about the coefficients, as plain data; of a loaded model, what was proved when it was saved.

        For display: only ``certificate_`` is computed from the data.
        """
        from thalweg.io.models import proof_of

        return dict(self._proof) if "_proof" in vars(self) else proof_of(self.certificate_)

    @abstractmethod
    def _keep(self, coef: Array, intercept: Any) -> None:
        """Store ``coef_`` and ``intercept_`` in scikit-learn's shapes."""
