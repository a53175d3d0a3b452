package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the parser with {@code ast.literal_eval} of one python3 child. */
class PythonLiteralTest {

  private static final String REFEREE =
      """
      import ast, base64, sys, warnings
      warnings.simplefilter("ignore")
      class Unsupported(Exception): pass
      def show(v):
          if v is None: return "None"
          if isinstance(v, bool): return str(v)
          if isinstance(v, int): return "i" + str(v)
          if isinstance(v, float): return "f" + v.hex().replace("0x1.0000000000000p", "P")
          if isinstance(v, str): return "s" + "".join("%04x" % u for u in units(v))
          if isinstance(v, bytes): return "b" + v.hex()
          if isinstance(v, (list, tuple)): return "[" + ",".join(map(show, v)) + "]"
          if isinstance(v, (set, frozenset)): return "{" + ",".join(sorted(map(show, v))) + "}"
          if isinstance(v, dict): return "{" + ",".join(show(k) + ":" + show(x) for k, x in v.items()) + "}"
          raise Unsupported
      def units(s):
          for c in s:
              o = ord(c)
              if o > 0xffff:
                  o -= 0x10000
                  yield 0xd800 + (o >> 10)
                  yield 0xdc00 + (o & 0x3ff)
              else:
                  yield o
      for line in %s:
          text = base64.b64decode(line).decode("utf-8", "surrogatepass")
          try:
              print(show(ast.literal_eval(text)))
          except Exception:
              print("refused")
      """;

  @TempDir Path directory;

  private List<String> referee(List<String> literals) throws IOException {
    List<String> encoded = new ArrayList<>();
    for (String literal : literals) {
      encoded.add(
          "'" + Base64.getEncoder().encodeToString(literal.getBytes(StandardCharsets.UTF_8)) + "'");
    }
    String script = REFEREE.replace("%s", "[" + String.join(",", encoded) + "]");
    var result =
        BoundedChild.run(
            List.of("python3", "-X", "utf8", "-"),
            script.getBytes(StandardCharsets.UTF_8),
            System.getenv(),
            directory,
            Duration.ofSeconds(60));
    assertThat(result.status()).describedAs(result.errorTail()).isZero();
    return result.output().lines().toList();
  }

  private static String show(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? "True" : "False";
      case Double number ->
          "f" + (Double.isInfinite(number) ? PlainValues.real(number) : hex(number));
      case Number number -> "i" + number;
      case String text -> {
        var out = new StringBuilder("s");
        text.chars().forEach(unit -> out.append(String.format("%04x", unit)));
        yield out.toString();
      }
      case byte[] bytes -> {
        var out = new StringBuilder("b");
        for (byte b : bytes) {
          out.append(String.format("%02x", b));
        }
        yield out.toString();
      }
      case List<?> items -> {
        List<String> shown = new ArrayList<>();
        items.forEach(item -> shown.add(item == null ? "None" : show(item)));
        yield "[" + String.join(",", shown) + "]";
      }
      case Map<?, ?> map -> {
        List<String> shown = new ArrayList<>();
        map.forEach(
            (key, item) -> shown.add(show(key) + ":" + (item == null ? "None" : show(item))));
        yield "{" + String.join(",", shown) + "}";
      }
      default -> throw new AssertionError("no plain value: " + value.getClass());
    };
  }

  /** Python's float.hex, so that no digit is lost or invented. */
  private static String hex(double number) {
    String java = Double.toHexString(number);
    int point = java.indexOf('.');
    int exponent = java.indexOf('p');
    String digits = java.substring(point + 1, exponent);
    String padded = digits + "0".repeat(13 - digits.length());
    String power = java.substring(exponent + 1);
    String signed = power.startsWith("-") ? power : "+" + power;
    if (number == 0) {
      return java.startsWith("-") ? "-0x0.0p+0" : "0x0.0p+0";
    }
    return (java.substring(0, point + 1) + padded + "p" + signed)
        .replace("0x1.0000000000000p", "P");
  }

  private static String parsed(String literal) {
    return switch (PythonLiteral.parse(literal)) {
      case Conversion.Good<Optional<Object>>(var value) ->
          value.map(PythonLiteralTest::show).orElse("None");
      case Conversion.Bad<Optional<Object>>(var rule) -> {
        assertThat(rule).isNotBlank();
        yield "refused";
      }
    };
  }

  private void assertAgreement(List<String> literals) throws IOException {
    var expected = referee(literals);
    assertThat(expected).hasSameSizeAs(literals);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < literals.size(); i++) {
      String ours = parsed(literals.get(i));
      if (!ours.equals(expected.get(i))) {
        differences.add(
            PlainValues.python(literals.get(i)) + ": " + ours + ", python3: " + expected.get(i));
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void chosenLiteralsAgreeWithPython() throws IOException {
    assertAgreement(
        List.of(
            "1",
            " \t1",
            "1 ",
            "1\n",
            "\n1",
            "-1",
            "+1",
            "--1",
            "- 1",
            "-(1)",
            "0",
            "00",
            "0_0",
            "01",
            "1_000",
            "1__0",
            "_1",
            "1_",
            "0x1F",
            "0x_1f",
            "0o17",
            "0b101",
            "0b102",
            "0xg",
            "1.",
            ".5",
            "1.5e3",
            "1e5",
            "1E-5",
            "1e",
            "1.e+2",
            ".",
            "..",
            "1..2",
            "1_0.0_1",
            "1e400",
            "-1e400",
            "99999999999999999999999",
            "-9223372036854775808",
            "9223372036854775808",
            "1abc",
            "0x1e+1",
            "True",
            "False",
            "None",
            "true",
            "none",
            "inf",
            "nan",
            "-True",
            "Truex",
            "'a'",
            "\"a\"",
            "'a\"b'",
            "'a\\'b'",
            "'''a'''",
            "'''a\nb'''",
            "'a\nb'",
            "'a\\\nb'",
            "''",
            "''''''",
            "'a' 'b'",
            "'a' \"b\"",
            "'a' b'b'",
            "'a'\n'b'",
            "('a'\n'b')",
            "b'a' b'\\xff'",
            "b'é'",
            "'é😀'",
            "'\\x41\\u00e9\\U0001f600\\101\\7\\a\\b\\f\\n\\r\\t\\v\\\\'",
            "'\\N{BULLET}'",
            "'\\N{nope}'",
            "'\\q'",
            "'\\x4'",
            "'\\u12'",
            "'\\U00110000'",
            "'\\ud800'",
            "b'\\u0041\\N{x}'",
            "b'\\777'",
            "'\\400'",
            "r'\\n'",
            "r'\\''",
            "R'a'",
            "u'a'",
            "ur'a'",
            "br'\\x'",
            "Rb'\\x'",
            "f'a'",
            "bb'a'",
            "'abc",
            "'abc\"",
            "[]",
            "[1]",
            "[1,]",
            "[,]",
            "[1,,2]",
            "[1 2]",
            "[1, 'a', None]",
            "[[[]]]",
            "[1",
            "1]",
            "[\n1, # c\n2]",
            "()",
            "(1)",
            "(1,)",
            "((1))",
            "(,)",
            "1,2",
            "1,",
            "1, 2,",
            ",",
            "'a', 'b'",
            "1,\n2",
            "{'a': 1}",
            "{'a': 1,}",
            "{'a': {'b': [1, {'c': None}]}}",
            "{'a' 1}",
            "{'a':}",
            "{:1}",
            "{'a': 1 'b': 2}",
            "{}",
            "{,}",
            "{'a': 1, 'a': 2}",
            "{'a': 1, 'b'}",
            "{1, 'b': 2}",
            "a",
            "a()",
            "__import__('os')",
            "1+1",
            "'a'+'b'",
            "lambda: 1",
            "[x for x in []]",
            "",
            " ",
            "#",
            "1 # c",
            "1 2",
            "1;2",
            "\\\n1",
            "(1\\\n)",
            "[1,\r\n2]",
            "'a\0b'",
            "\u00a01",
            "[{}]",
            "[(), []]"));
  }

  @Test
  void generatedLiteralsAgreeWithPython() throws IOException {
    var random = new Random(20_260_101);
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String literal = literal(random, 4);
      literals.add(random.nextInt(3) == 0 ? damaged(random, literal) : literal);
    }
    assertAgreement(literals);
  }

  private static String literal(Random random, int depth) {
    String space = " ".repeat(random.nextInt(2));
    int kind = random.nextInt(depth == 0 ? 6 : 9);
    return switch (kind) {
      case 0 -> pick(random, "None", "True", "False");
      case 1 -> String.valueOf(random.nextLong() >> random.nextInt(64));
      case 2 -> String.valueOf(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
      case 3, 4 -> text(random, "");
      case 5 -> text(random, "b");
      case 6 -> "[" + space + items(random, depth) + space + "]";
      case 7 -> "(" + space + items(random, depth) + ",)";
      default -> {
        List<String> entries = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          entries.add(text(random, "") + space + ":" + space + literal(random, depth - 1));
        }
        yield "{" + String.join(space + ",", entries) + "}";
      }
    };
  }

  private static String items(Random random, int depth) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      items.add(literal(random, depth - 1));
    }
    return String.join(", ", items);
  }

  private static String text(Random random, String prefix) {
    String quote = pick(random, "'", "\"", "'''");
    var out = new StringBuilder(prefix).append(quote);
    for (int i = random.nextInt(6); i > 0; i--) {
      out.append(
          prefix.isEmpty()
              ? pick(
                  random, "a", " ", "\\n", "\\'", "\\\"", "é", "😀", "\\x41", "\\\\", "{", "#",
                  "\\7")
              : pick(random, "a", " ", "\\n", "\\'", "\\xff", "\\\\", "#", "\\0"));
    }
    return out.append(quote).toString();
  }

  private static String damaged(Random random, String literal) {
    if (literal.isEmpty()) {
      return literal;
    }
    int at = random.nextInt(literal.length());
    boolean pair = Character.isSurrogate(literal.charAt(at));
    return pair || random.nextBoolean()
        ? literal.substring(0, pair ? 0 : at)
            + pick(random, "'", ",", "(", "]", "\\", "1", ":", "x", " ")
            + literal.substring(pair ? 0 : at)
        : literal.substring(0, at) + literal.substring(at + 1);
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @Test
  void setsBecomeListsAndKeysBecomeText() {
    assertThat(parsed("{1, 2}")).isEqualTo("[i1,i2]");
    assertThat(parsed("set()")).isEqualTo("[]");
    assertThat(PythonLiteral.parse("{1: 2, None: 3, True: 4}"))
        .isEqualTo(new Conversion.Good<>(Optional.of(Map.of("1", 2L, "null", 3L, "true", 4L))));
    assertThat(parsed("{(1,): 2}")).isEqualTo("refused");
    assertThat(parsed("{{}}")).isEqualTo("refused");
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThat(parsed("[".repeat(90) + "]".repeat(90))).isNotEqualTo("refused");
    assertThat(parsed("[".repeat(100_000))).isEqualTo("refused");
    assertThat(parsed("{1:".repeat(60) + "1" + "}".repeat(60))).isNotEqualTo("refused");
    // Were the first element of a set read twice, this would not end.
    assertThat(parsed("{".repeat(90) + "1" + "}".repeat(90)))
        .isEqualTo("[".repeat(90) + "i1" + "]".repeat(90));
    assertThat(parsed("'" + "a".repeat(1_000_001) + "'")).isEqualTo("refused");
    assertThat(parsed("9".repeat(5_000))).isEqualTo("refused");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    var value =
        List.of("a'b\"c\\\n\u0001é\ud800", 1L, -2.5, 1e300, true, Map.of("k", List.of()), "😀");
    assertThat(PythonLiteral.parse(PlainValues.python(value)))
        .isEqualTo(new Conversion.Good<>(Optional.of(value)));
  }
}
