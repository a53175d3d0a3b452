package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

class JsonTest {

  @Test
  void numbersStayAsTheyWereWritten() {
    for (String number :
        List.of(
            "1.10",
            "0.1",
            "1.0",
            "100",
            "123456789012345678901234567890",
            "0.12345678901234567890123456789")) {
      assertThat(Json.text(Json.parse(number))).isEqualTo(number);
    }
  }

  @Test
  void aNumberTooLargeForADoubleStaysANumber() {
    assertThat(Json.parse("[1e400]").get(0).isNumber()).isTrue();
    assertThat(Json.parse(Json.text(Json.parse("[1e400]")))).isEqualTo(Json.parse("[1e400]"));
  }

  @Test
  void pythonsNotQuiteNumbersAreReadAndWrittenAsPythonDoes() {
    assertThat(Json.text(Json.parse("[NaN, Infinity, -Infinity]")))
        .isEqualTo("[NaN,Infinity,-Infinity]");
  }

  @Test
  void controlCharactersAreEscapedAsPythonEscapesThem() {
    assertThat(Json.text(Json.array().add("\u001b[0m\u0001\b\f\n\r\t\"\\/\u007fé😀")))
        .isEqualTo("[\"\\u001b[0m\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\u007fé😀\"]");
  }

  @Test
  void documentsAsDeepAsNotebooksGetAreReadAndWritten() {
    String deep = "[".repeat(1_500) + "]".repeat(1_500);
    assertThat(Json.text(Json.parse(deep))).isEqualTo(deep);
  }

  @Test
  void deeperNestingIsRefusedBeforeTheStackIsSpent() {
    for (String open : List.of("[", "{\"a\":")) {
      assertThatThrownBy(() -> Json.parse(open.repeat(100_000)))
          .isInstanceOf(JacksonException.class);
      assertThatThrownBy(() -> Json.parseRelaxed(open.repeat(100_000)))
          .isInstanceOf(JacksonException.class);
    }
  }

  @Test
  void exactlyOneDocumentIsAccepted() {
    for (String text :
        List.of("{} {}", "{}x", "1 2", "{", "[1,]", "{'a':1}", "{a:1}", "tru", "01")) {
      assertThatThrownBy(() -> Json.parse(text)).as(text).isInstanceOf(JacksonException.class);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> Json.parse(bytes)).as(text).isInstanceOf(JacksonException.class);
      assertThatThrownBy(() -> Json.parse(new ByteArrayInputStream(bytes)))
          .as(text)
          .isInstanceOf(JacksonException.class);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = "[\"\u00e9\"]".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> Json.parse(bytes)).isInstanceOf(JacksonException.class);
  }

  @Test
  void longTextsAreRead() {
    String text = "x".repeat(30_000_000);
    assertThat(Json.parse('"' + text + '"').asString()).hasSize(30_000_000);
  }

  @Test
  void settingsMayBeWrittenAsPeopleWriteThem() {
    String text =
        """
        // a comment
        {
          /* another */ theme: 'Dark "one"', // of the page
          "size": +1.5, half: .5, none: null,
          list: [1, 2,],
        }
        """;
    assertThat(Json.parseRelaxed(text))
        .isEqualTo(
            Json.parse(
                "{\"theme\":\"Dark \\\"one\\\"\",\"size\":1.5,\"half\":0.5,"
                    + "\"none\":null,\"list\":[1,2]}"));
  }

  @Test
  void numbersMayBeHexadecimalOrEndWithAPoint() {
    assertThat(Json.parseRelaxed("{a: 0x1F}")).isEqualTo(Json.parse("{\"a\":31}"));
    assertThat(Json.parseRelaxed("5.").asDouble()).isEqualTo(5.0);
  }

  @Test
  void settingsAreOneDocumentToo() {
    for (String text : List.of("{} {}", "{", "{a}", "{a:}", "// nothing but a comment {")) {
      assertThatThrownBy(
              () -> {
                if (Json.parseRelaxed(text).isMissingNode()) {
                  throw new IllegalStateException("nothing there");
                }
              })
          .as(text)
          .isInstanceOfAny(JacksonException.class, IllegalStateException.class);
    }
  }

  @Test
  void writingLeavesTheStreamOpen() {
    var open = new boolean[] {true};
    var out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            open[0] = false;
          }
        };
    Json.write(Json.object().put("a", 1), out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}");
    assertThat(open[0]).isTrue();
  }
}
