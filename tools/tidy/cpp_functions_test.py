"""Tests that functions are found, with their lines and parameters, in the code we write."""

import unittest

from tools.testing import report
from tools.tidy import cpp_functions, cpp_text


def _functions(text):
    return cpp_functions.find(cpp_text.blank_comments_and_literals(text))


def _definitions(text):
    return [(f.line, f.length) for f in _functions(text) if f.is_definition]


class BlankTest(unittest.TestCase):

    def _expect(self, text, blanked):
        self.assertEqual(cpp_text.blank_comments_and_literals(text), blanked)

    def test_blanks_comments(self):
        self._expect("a // b\nc /* d\ne */ f", "a     \nc     \n     f")

    def test_blanks_literals(self):
        self._expect('f("a\\"//b", \'"\')', 'f("      ", " ")')

    def test_blanks_raw_literals(self):
        self._expect('f(R"x({")")x")', 'f("         ")')

    def test_keeps_digit_separators(self):
        self._expect("10'000 + 20'000", "10'000 + 20'000")


class FunctionsTest(unittest.TestCase):

    def test_finds_functions_in_namespaces_and_classes(self):
        self.assertEqual(_definitions(
            "namespace chat {\nclass A final : public B {\n public:\n  void F() {\n  }\n};\n"
            "int G() {\n  return 1;\n}\n}\n"), [(4, 2), (7, 3)])

    def test_counts_nested_blocks_and_lambdas_to_the_function(self):
        self.assertEqual(_definitions(
            "void F() {\n  if (a) {\n    G([] {\n    });\n  }\n}\n"), [(1, 6)])

    def test_counts_constructor_with_braced_members(self):
        self.assertEqual(_definitions(
            "A::A(int b)\n    : b_{b},\n      c_{1} {\n  F();\n}\nvoid G() {\n}\n"),
            [(1, 5), (6, 2)])

    def test_counts_the_signature(self):
        self.assertEqual(_definitions("template <class T>\nvoid F(\n    T t) {\n}\n"), [(1, 4)])

    def test_counts_test_macros(self):
        self.assertEqual(_definitions("TEST(ATest, Works) {\n}\n"), [(1, 2)])

    def test_counts_operators(self):
        self.assertEqual(_definitions("A& A::operator=(A&& other) {\n}\n"), [(1, 2)])

    def test_variables_are_no_functions(self):
        self.assertEqual(_definitions(
            "constexpr int kA[] = {\n  F(1),\n};\nconst auto kB = G({1, 2});\nint c{3};\n"
            "enum class D : int { kE };\nstruct F { int g = 1; };\n"), [])

    def test_preprocessor_is_no_function(self):
        self.assertEqual(_definitions("#define A(b) \\\n  do {  \\\n  } while (0)\nint c;\n"), [])

    def test_reads_parameters(self):
        function, = _functions("void F(std::map<int, int> a, G<1> b = {}, H (*c)(int, int));\n")
        self.assertEqual(len(function.parameters()), 3)

    def test_void_is_no_parameter(self):
        function, = _functions("void F(void);\n")
        self.assertEqual(function.parameters(), [])


if __name__ == "__main__":
    report.main()
