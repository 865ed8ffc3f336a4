"""`examples/worker.py --csv`: `examples/measured.py`, alone and as a user would run it."""
import csv
import re
import sys

from server import WORKER, ServerTest

sys.path.insert(0, str(WORKER.parent))

import measured


class MeasuredTest(ServerTest):
    def designs(self):
        """A table, and the values in it."""
        path = self.folder / "designs.csv"
        rows = [(n, width, glue, 4, n * width + (glue == "wax")) for n in (6, 10, 12)
                for width in (0.5, 1.25, 3) for glue in ("wax", "epoxy") for _ in range(2)]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("n", "width", "glue", "constant", "load"), *rows])
        return path, {float(row[-1]) for row in rows}

    def table(self, path, objective, answers=(), seed=1):
        """The table as the server reads it."""
        return measured.table(lambda query, variables: self.graphql(query, **variables), path, objective, answers, seed)

    def test_the_nearest_design_is_the_answer(self):
        self.start("serve")
        path, _ = self.designs()
        evaluate, space = self.table(path, "load")
        self.assertEqual(space, {"parameters": [
            {"int": {"name": "n", "low": 6, "high": 12, "step": 2}},
            {"float": {"name": "width", "low": 0.5, "high": 3.0}},
            {"categorical": {"name": "glue", "choices": ["epoxy", "wax"]}},
        ]})
        self.assertEqual(evaluate(n=6, width=0.5, glue="wax"), 4.0)
        self.assertEqual(evaluate(n=12, width=2.9, glue="epoxy", stop=None), 36.0)
        self.assertEqual(evaluate(n=10, width=1.0, glue="epoxy"), 12.5)

    def test_replicates_are_drawn_by_chance_and_each_run_alike(self):
        self.start("serve")
        path = self.folder / "replicates.csv"
        path.write_text("x,y\n1,10\n1,20\n2,30\n")
        draws = [self.table(path, "y", seed=seed)[0](x=1) for seed in range(20)]
        self.assertEqual(set(draws), {10, 20})
        one, two = (self.table(path, "y")[0] for _ in range(2))
        self.assertEqual([one(x=1) for _ in range(20)], [two(x=1) for _ in range(20)])

    def test_an_ugly_table_is_read_by_the_server_and_what_is_left_out_is_said(self):
        self.start("serve")
        path = self.folder / "ugly.csv"
        path.write_bytes("run;T (\u00b0C);solvent;Ausbeute\n1;60,5;THF;45,2\n2;80;DMF;nan\n3;70;;58\n4;90;THF;66\n".encode("latin-1"))
        output = self.end(self.worker("--csv", path, "--objective", "Ausbeute", "--direction", "maximize", "--trials", 5))
        for told in ("read as Windows-1252", "decimal comma", "“run” is left out", "line 4 is left out", "leave these rows out"):
            self.assertIn(told, output)
        self.assertEqual(self.task()["trialCounts"], {"completed": 5, "total": 5})
        names = [parameter["name"] for parameter in self.task()["parameterSpace"]["parameters"]]
        self.assertEqual(names, ["T (\u00b0C)", "solvent"])

    def test_what_is_ambiguous_is_asked_and_answered(self):
        self.start("serve")
        path = self.folder / "thousands.csv"
        path.write_text("speed;y\n1.200;1\n900;2\n")
        output = self.end(self.worker("--csv", path, "--objective", "y", "--trials", 2), code=1)
        self.assertIn("DECIMAL_SIGN (column None): COMMA: decimal comma: “1.200” is 1200", output)
        self.assertEqual(self.tasks(), [])
        answers = '[{"question": "DECIMAL_SIGN", "reading": "COMMA"}]'
        self.end(self.worker("--csv", path, "--objective", "y", "--trials", 2, "--answers", answers))
        [parameter] = self.task()["parameterSpace"]["parameters"]
        self.assertEqual((parameter["from"], parameter["to"]), (900, 1200))

    def test_a_column_that_is_not_there_is_named_with_those_that_are(self):
        self.start("serve")
        path = self.folder / "columns.csv"
        path.write_text("a,b\n1,2\n3,5\n")
        self.assertIn("the columns are a, b", self.end(self.worker("--csv", path, "--objective", "y"), code=1))

    def test_a_table_gives_the_space_and_the_values(self):
        self.start("serve")
        path, values = self.designs()
        output = self.end(self.worker("--csv", path, "--objective", "load", "--direction", "maximize", "--trials", 40))
        task = self.task()
        self.assertEqual(task["parameterSpace"]["parameters"], [
            {"__typename": "IntParameter", "name": "n", "from": 6, "to": 12, "by": 2},
            {"__typename": "FloatParameter", "name": "width", "low": 0.5, "high": 3},
            {"__typename": "CategoricalParameter", "name": "glue", "choices": ["epoxy", "wax"]},
        ])
        self.assertEqual((task["bestValue"], task["trialCounts"]["completed"]), (37, 40))
        told = {float(value) for value in re.findall(r"^COUNTED trial \d+: (\S+),", output, re.M)}
        self.assertLessEqual(told, values)

    def test_a_real_campaign(self):
        path = self.measured_data()
        self.start("serve")
        output = self.end(self.worker("--csv", path, "--objective", "toughness", "--direction", "maximize"))
        task = self.task()
        self.assertEqual(task["trialCounts"], {"completed": 60, "total": 60})
        with path.open(newline="") as file:
            values = sorted(float(row["toughness"]) for row in csv.DictReader(file))
        self.assertIn(task["bestValue"], values)
        self.assertGreater(task["bestValue"], values[int(len(values) * 0.9)], "in the best tenth")
        names = [parameter["name"] for parameter in task["parameterSpace"]["parameters"]]
        self.assertEqual(names, ["n", "theta", "r", "t"])
        print(output.splitlines()[-1])
