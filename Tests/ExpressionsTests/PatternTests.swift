import Expressions
import Testing

@Suite("Regular expressions")
struct PatternTests {
  @Test(
    "A pattern matches anywhere in a text",
    arguments: [
      ("hubba", "ubb", true), ("", "", true), ("abc", "^bc", false), ("abc", "bc$", true),
      ("abc", "^abc$", true), ("ab\nc", "b$", false), ("ab\nc", "(?m)b$", true),
      ("ab\nc", "(?m)^c", true), ("a\nb", "a.b", false), ("a\nb", "(?s)a.b", true),
      ("ABC", "abc", false), ("ABC", "(?i)abc", true), ("AbC", "a(?i:b)c", false),
      ("aBc", "a(?i:b)c", true), ("ÄRGER", "(?i)ärger", true), ("ΣΑΣ", "(?i)σας", true),
      ("aaa", "^a{3}$", true), ("aaaa", "^a{2,3}$", false), ("aa", "^a{2,}$", true),
      ("a{2", "a{2", true), ("a{,2}", "a{,2}", true), ("color", "colou?r", true),
      ("foo bar", "\\bbar\\b", true), ("foobar", "\\bbar", false), ("foobar", "\\Bbar", true),
      ("x1_y", "^\\w+$", true), ("é", "\\w", false), ("é", "\\pL", true), ("é", "\\p{Ll}", true),
      ("É", "\\p{Ll}", false), ("5", "\\P{L}", true), ("a", "[^\\pL]", false),
      ("٣", "\\p{Nd}", true),
      ("-", "[a-]", true), ("]", "[]a]", true), ("^", "[a^]", true), ("b", "[^a]", true),
      ("B", "(?i)[^b]", false), ("x", "[[:alpha:]]", true), ("x", "[[:^alpha:]]", false),
      ("a.b", "a\\.b", true), ("axb", "a\\.b", false), ("a.b*c", "\\Qa.b*c\\E", true),
      ("abab", "^(ab)*$", true), ("aba", "^(?:ab)*$", false), ("", "(a*)*", true),
      ("b", "(a*)*b", true), ("b", "(|a)+b", true), ("cat", "cat|dog", true),
      ("do", "cat|dog", false),
      ("\t", "\\t", true), ("A", "\\x41", true), ("☺", "\\x{263a}", true), ("A", "\\101", true),
      ("2024-01-04", "^(?P<y>\\d{4})-(\\d\\d)-(\\d\\d)$", true), ("😀", "^.$", true),
      ("K", "(?i)\\x{212a}", true), ("a", "(?i)[B-Z]", false), ("aaab", "a*?b", true),
      ("user@example.com", "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$", true), ("ab", "\\Ab", false),
      ("ab", "b\\z", true), ("a", "(?U)a+", true),
    ])
  func matches(text: String, pattern: String, isMatch: Bool) throws {
    let values: [String: Value] = ["t": .string(text), "p": .string(pattern)]
    #expect(try evaluated("t.matches(p)", values) == .bool(isMatch))
    // The machine that keeps captures finds the same.
    if !pattern.contains("(") || pattern.contains("(?:") || pattern.contains("(?i)") {
      #expect(try evaluated("regex.extract(t, p).hasValue()", values) == .bool(isMatch))
    }
  }

  @Test(
    "What is no pattern is refused",
    arguments: [
      "(", ")", "[", "a**", "*a", "a{1001}", "a{3,2}", "\\", "\\y", "\\1", "[b-a]", "(?x)a",
      "\\p{Greek}", "(?P<n", "(?P<>a)", "[[:foo:]]", "\\xZ", "\\x{110000}", "(a{1000}){1000}",
      "((((){1000}){1000}){1000}){1000}",
    ])
  func refuses(pattern: String) {
    let error = #expect(throws: EvaluationError.self) {
      try evaluated("'a'.matches(p)", ["p": .string(pattern)])
    }
    #expect(error?.kind == .invalidArgument)
  }

  @Test("A pattern that makes backtracking matchers explode is matched in linear time")
  func linear() throws {
    let text = String(repeating: "a", count: 5_000)
    let values: [String: Value] = ["t": .string(text)]
    #expect(try evaluated("t.matches('^(a+)+$')", values) == .bool(true))
    #expect(try evaluated("t.matches('^(a|aa)+b$')", values) == .bool(false))
    #expect(try evaluated("t.matches('(x+x+)+y')", values) == .bool(false))
  }

  @Test(
    "Parts are extracted and replaced",
    arguments: [
      ("regex.extract('order 17 of 23', '\\\\d+') == optional.of('17')", true),
      ("regex.extract('order 17', 'order (\\\\d+)') == optional.of('17')", true),
      ("regex.extract('x', '\\\\d') == optional.none()", true),
      ("regex.extractAll('a1b22c', '\\\\d+') == ['1', '22']", true),
      ("regex.extractAll('aaa', 'a*?') == ['', '', '', '']", true),
      ("regex.replace('a-b-c', '-', '+') == 'a+b+c'", true),
      ("regex.replace('a-b-c', '-', '+', 1) == 'a+b-c'", true),
      (
        "regex.replace('Ada Lovelace', '(\\\\w+) (\\\\w+)', '\\\\2, \\\\1') == 'Lovelace, Ada'",
        true
      ),
      ("regex.replace('ab', '', '.') == '.a.b.'", true),
      ("regex.extract('aaa', '(a+?)(?:a*)$') == optional.of('a')", true),
      ("regex.extract('foobar', 'foo|foobar') == optional.of('foo')", true),
    ])
  func captures(source: String, value: Bool) throws {
    #expect(try evaluated(source) == .bool(value))
  }
}
