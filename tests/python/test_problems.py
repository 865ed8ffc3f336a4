"""The problems of `tests/strategies`: what they are measured against is known."""
import itertools
import math
import random
import sys
import unittest

from server import ROOT

sys.path.insert(0, str(ROOT / "tests/strategies"))

import functions
import pareto
from placement import AboutMinimum, WholeSquare, WithinSquare
from problems import PROBLEMS, instance
from random_search import RandomSearch
from space import Float


class ProblemsTest(unittest.TestCase):
    def test_the_functions_have_the_values_of_the_literature(self):
        for x in ((-math.pi, 12.275), (math.pi, 2.275), (9.42478, 2.475)):
            self.assertAlmostEqual(functions.branin(x), functions.BRANIN_MINIMUM, places=6)
        self.assertAlmostEqual(functions.hartmann(functions.HARTMANN_PLACE), functions.HARTMANN_MINIMUM, places=10)
        self.assertAlmostEqual(functions.ackley([0] * 5), 0, places=10)
        self.assertEqual(functions.rosenbrock([1] * 4), 0)
        self.assertAlmostEqual(functions.levy([1] * 10), 0, places=10)
        self.assertAlmostEqual(functions.currin((0.5, 0.5)), 7.4051, places=3)
        value, (active, other) = functions.gramacy(functions.GRAMACY_PLACE)
        self.assertAlmostEqual(value, functions.GRAMACY_MINIMUM, places=7)
        self.assertAlmostEqual(active, 0, places=6)
        self.assertLess(other, 0)

    def test_nothing_is_better_than_the_best(self):
        for name, seed in itertools.product(PROBLEMS, range(3)):
            problem = instance(name, 1, seed)
            search = RandomSearch(problem, seed)
            for point in search.ask(1000).points:
                self.assertTrue(problem.space.admits(point))
                measured = problem.exact(point)
                self.assertEqual((len(measured.values), len(measured.constraints)), (problem.objectives, problem.constraints))
                if not problem.reference and all(value <= 0 for value in measured.constraints):
                    self.assertGreaterEqual(measured.values[0], problem.best, (name, point))

    def test_a_local_search_from_the_best_point_of_many_finds_nothing_better(self):
        rng = random.Random(0)
        for name in ("branin", "hartmann", "ackley", "rosenbrock", "levy", "constrained"):
            problem = instance(name, 1, 7)
            bounds = [(x.low, x.high) for x in problem.space.parameters]

            def value(units):
                measured = problem.exact({f"x{k}": low + u * (high - low) for k, (u, (low, high)) in enumerate(zip(units, bounds), 1)})
                return measured.values[0] if all(c <= 0 for c in measured.constraints) else math.inf

            best = min(([rng.random() for _ in bounds] for _ in range(2000)), key=value)
            width = 0.1
            while width > 1e-7:
                near = [min(max(u + rng.gauss(0, width), 0), 1) for u in best]
                best, width = (near, width * 1.2) if value(near) < value(best) else (best, width * 0.99)
            self.assertGreaterEqual(value(best), problem.best - 1e-9, name)

    def test_the_known_minimum_lies_in_the_box(self):
        for seed in range(100):
            placed = AboutMinimum([0.3, 0.9, 0.5], random.Random(seed))
            self.assertTrue(all(0.2 <= u <= 0.8 for u in placed.place))
            self.assertEqual(placed.source(placed.place), [0.3, 0.9, 0.5])
            window = WithinSquare(random.Random(seed))
            corners = [window.source(corner) for corner in itertools.product((0, 1), repeat=2)]
            self.assertTrue(all(0 <= u <= 1 for corner in corners for u in corner))
            radius = math.dist(window.source((1, 0.5)), (0.5, 0.5))
            self.assertLess(math.dist(functions.GRAMACY_PLACE, (0.5, 0.5)), radius)
            square = WholeSquare(random.Random(seed))
            corners = {tuple(square.source(corner)) for corner in itertools.product((0, 1), repeat=2)}
            self.assertEqual(corners, set(itertools.product((0, 1), repeat=2)))

    def test_a_run_meets_the_same_instance_whoever_optimizes(self):
        for name in PROBLEMS:
            points = RandomSearch(instance(name, 1, 5), 0).ask(5).points
            instance.cache_clear()
            again = instance(name, 1, 5)
            values = [again.measured(point, 5, number).values for number, point in enumerate(points)]
            instance.cache_clear()
            self.assertEqual(values, [instance(name, 1, 5).measured(point, 5, n).values for n, point in enumerate(points)])
            others = [instance(name, instances, seed) for instances, seed in ((1, 6), (2026, 5))]
            if all(isinstance(x, Float) for x in again.space.parameters):
                self.assertTrue(all(other.exact(points[0]) != again.exact(points[0]) for other in others), name)

    def test_the_hypervolume_of_two_objectives(self):
        self.assertEqual(pareto.hypervolume([(1, 3), (2, 1), (2, 2), (5, 0)], (4, 4)), 3 + 2 * 2)
        self.assertEqual(pareto.hypervolume([], (4, 4)), 0)
        line = pareto.greatest_hypervolume(lambda x, y: (x + y, 1 - x + y), (1, 1), 4)
        self.assertAlmostEqual(line, 0.5, places=2)
        problem = instance("zdt1", 1, 0)
        self.assertAlmostEqual(pareto.hypervolume([(k / 5000, 1 - math.sqrt(k / 5000)) for k in range(5001)], (11, 11)), problem.best, places=2)


if __name__ == "__main__":
    unittest.main()
