"""The judge of mixed-integer programs: the judge of linear programs on the relaxation, and whole numbers.

Nobody is better than the relaxation's best objective, and its dual bound is proved from row duals. Where the objective
is a multiple of one number g at every point with whole integer variables, the bound moves on to the next multiple:
objective >= L and objective in g Z give objective >= g ceil(L / g). The arithmetic of that step is exact, on the costs
as float64 holds them: 0.2 is twice 0.1, but 0.3 is not three times as much.

A claimed point is judged with its integer variables rounded; what the rounding moves is charged to the gap. The
constant, which is no multiple of anything, is added at the end.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, gcd

import numpy as np

from thalweg import naming
from thalweg.certificate import Certificate, Tolerance, Verdict, Violation
from thalweg.judges import program
from thalweg.judges.existence import distance_to_feasible
from thalweg.judges.feasibility import violations
from thalweg.judges.form import Form
from thalweg.judges.reading import Reader
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.result import SOLVER_BOUND, Array, Claim, Stop
from thalweg.terms.constraints import Box
from thalweg.tolerance import Effort

FINEST = 2**40  # the largest cost in units of what all costs are multiples of; bounds move on by no less


def judge(
    problem: MixedIntegerProgram, claim: Claim, tolerance: Tolerance, effort: Effort = Effort.USUAL
) -> Certificate:
    """Say what the claim proves."""
    reader, n = Reader(), problem.c.size
    x = reader.take(claim.values, "x", n)
    word = reader.take(claim.hints, SOLVER_BOUND, 1)
    whole = None if x is None else problem.rounded(x)
    hints = {name: value for name, value in claim.hints.items() if name != SOLVER_BOUND}
    values = claim.values if whole is None else {**claim.values, "x": whole}
    certificate = program.judge(problem.bare, replace(claim, values=values, hints=hints), tolerance, effort)
    certificate = _with_facts(problem, certificate)
    if not reader.finite:
        notes = tuple(dict.fromkeys((*certificate.notes, *reader.faults)))
        return replace(certificate, finite=False, outcome=None, notes=notes)
    if x is None or whole is None:
        return replace(certificate, notes=(*certificate.notes, *_about_no_point(claim, certificate)))
    form = Form.of(problem.bare)
    if certificate.finite and certificate.feasible:
        certificate = _about_whole_numbers(problem, form, certificate, whole)
    if word is not None and certificate.feasible and not certificate.closed:
        certificate = _at_its_word(problem, form, certificate, float(word[0]), form.value(whole)[0])
    certificate = _with_constant(problem, certificate)
    return _with_the_claimed_point(problem, form, certificate, x, whole)


def _about_whole_numbers(
    problem: MixedIntegerProgram, form: Form, certificate: Certificate, whole: Array
) -> Certificate:
    """Judge a point that meets the limits; the constant is left out."""
    certificate = _exactly_met(problem, form, certificate, whole)
    if certificate.outcome is Verdict.UNBOUNDED:
        return _unbounded(certificate)
    return _to_the_next_multiple(problem, form, certificate, whole)


def _with_facts(problem: MixedIntegerProgram, certificate: Certificate) -> Certificate:
    """Name what the relaxation's judge derived: they are no duals of the program with whole numbers."""
    own = {"row_dual": "relaxation_row_dual", "reduced_costs": "relaxation_reduced_costs"}
    facts = {own.get(name, name): value for name, value in certificate.facts.items()}
    if np.isfinite(certificate.bound):
        facts["relaxation_bound"] = _with_constant(problem, certificate).bound
    return replace(certificate, facts=facts)


def _about_no_point(claim: Claim, certificate: Certificate) -> tuple[str, ...]:
    """Tell what a solver's word is worth where no ray proves it."""
    if certificate.outcome is not None or claim.stop not in (Stop.INFEASIBLE, Stop.UNBOUNDED):
        return ()
    what = "no whole numbers satisfy the limits" if claim.stop is Stop.INFEASIBLE else "there is no best answer"
    return (f"the solver says that {what}, but its relaxation does not prove it, and a solver's word is no proof",)


def _with_the_claimed_point(
    problem: MixedIntegerProgram, form: Form, certificate: Certificate, x: Array, whole: Array
) -> Certificate:
    """Report x itself: its distance from whole numbers, its objective, and what rounding it moves."""
    away = np.abs(x - whole)
    j = int(np.argmax(away))
    amount = float(away[j])
    found = Violation(amount, amount, amount, naming.label(problem.names, j))
    certificate = replace(certificate, violations={**certificate.violations, "integrality": found})
    if amount == 0:
        return certificate
    value, noise = form.value(x)
    moved = abs(value - form.value(whole)[0])
    note = f"the point was judged with whole numbers, which move the objective by {moved:.1e}"
    return replace(
        certificate,
        objective=problem.objective({"x": x}),
        distance=certificate.distance + np.copysign(moved, certificate.distance),
        noise=certificate.noise + noise,
        notes=(*certificate.notes, note),
    )


def _exactly_met(problem: MixedIntegerProgram, form: Form, certificate: Certificate, whole: Array) -> Certificate:
    """Assume what a tolerance cannot excuse: whole numbers cannot move a little to meet a limit that they miss.

    Only the continuous variables can: a point exists if they alone can meet all limits.
    """
    held = problem.integer
    outside_bounds = form.box.violation(whole)[held].any()
    box = Box(np.where(held, whole, form.box.lower), np.where(held, whole, form.box.upper))
    outside = violations(form.A, whole, form.rows, box, (problem.names, problem.row_names))
    if not outside_bounds and distance_to_feasible(outside, box.project(whole)) is not None:
        return certificate
    families = [v for v in certificate.violations.values() if v.amount > 0]
    worst = max(families, key=lambda v: v.amount, default=None)
    missed = f"{worst.where} is missed by {worst.amount:.1e}" if worst else "some are missed by rounding"
    premise = f"whole numbers that meet the limits to the last digit are no worse ({missed})"
    return replace(certificate, premises=(*certificate.premises, premise))


def _unbounded(certificate: Certificate) -> Certificate:
    """Keep the statement only if the point is whole and meets all limits.

    The entries of a direction are binary fractions, so a multiple of it is whole, and leads from whole points to whole
    points (Meyer 1974).
    """
    if not certificate.premises:
        return certificate
    note = "the direction would prove the program unbounded if a whole point met all limits exactly"
    return replace(certificate, outcome=None, statement="no finite bound", notes=(*certificate.notes, note))


def _to_the_next_multiple(
    problem: MixedIntegerProgram, form: Form, certificate: Certificate, whole: Array
) -> Certificate:
    """Move the proved bound on to the next value that the objective can take."""
    step = _step(problem)
    if not np.isfinite(certificate.bound) or step is None:
        return certificate
    value, noise = form.value(whole)
    relaxed = int(form.sign) * Fraction(certificate.bound)
    least = step * ceil((relaxed - Fraction(noise)) / step) if step else Fraction(0)  # the point's level may cap it
    if least <= relaxed:
        return certificate
    return replace(
        certificate,
        bound=_outward(int(form.sign) * least, problem),
        distance=float(Fraction(value) - least) + _charge(form, certificate, value),
        scale=max(abs(value), abs(float(least))),
        noise=noise,
        notes=(*certificate.notes, f"whole points give multiples of {float(step):g}; so the bound is one as well"),
    )


def _charge(form: Form, certificate: Certificate, value: float) -> float:
    """What the judge of the relaxation charged besides: for limits that are met within a tolerance only."""
    bound = form.sign * certificate.bound
    return max(certificate.distance - (value - bound), 0.0) if np.isfinite(bound) else 0.0


def _with_constant(problem: MixedIntegerProgram, certificate: Certificate) -> Certificate:
    """Add the constant to what was told without it."""
    bound = certificate.bound
    if np.isfinite(bound):
        bound = _outward(Fraction(bound) + Fraction(problem.constant), problem)
        certificate = replace(certificate, statement=program.nobody_beats(bound, problem.maximize))
    return replace(certificate, objective=certificate.objective + problem.constant, bound=bound)


def _step(problem: MixedIntegerProgram) -> Fraction | None:
    """Largest g such that the objective is a multiple of g at whole points; None if there is none worth naming."""
    if not problem.integer[problem.c != 0].all():
        return None
    ratios = [cost.as_integer_ratio() for cost in np.unique(np.abs(problem.c)).tolist()]  # 0 is a multiple of anything
    finest = max(below for _, below in ratios)  # all are powers of two
    wholes = [above * (finest // below) for above, below in ratios]
    common = gcd(*wholes)
    return None if wholes[-1] > FINEST * common else Fraction(common, finest)


def _outward(bound: Fraction, problem: MixedIntegerProgram) -> float:
    """Nearest float that is not beyond the bound."""
    told = float(bound)
    if problem.maximize:
        return told if Fraction(told) >= bound else float(np.nextafter(told, np.inf))
    return told if Fraction(told) <= bound else float(np.nextafter(told, -np.inf))


def _at_its_word(
    problem: MixedIntegerProgram, form: Form, certificate: Certificate, word: float, value: float
) -> Certificate:
    """Take the solver's own bound of c'x, where it is nearer than what is proved, under a premise that names it.

    ``value`` is c'x of the point in a minimisation; the ``word`` is in the user's sense.
    """
    distance, told = value - form.sign * word, word + problem.constant
    allowed = certificate.tolerance.gap * abs(value) + certificate.tolerance.absolute + certificate.noise
    if not form.sign * word > form.sign * certificate.bound:
        return certificate
    if not distance >= -allowed:
        note = f"the solver's own bound {told:.10g} is refuted by the point itself"
        return replace(certificate, notes=(*certificate.notes, note))
    return replace(
        certificate,
        bound=word,
        distance=distance + _charge(form, certificate, value),
        scale=max(abs(value), abs(word)),
        premises=(*certificate.premises, f"{told:.10g} is the bound of HiGHS' branch and bound, taken at its word"),
    )
