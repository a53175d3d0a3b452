package dev.orrery.kernel.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Text as JupyterLab's output model shows and saves it; each row was asked of that model. */
class StreamTextTest {

  private static final Map<String, String> SEEN_BY_WRITTEN =
      Map.ofEntries(
          Map.entry("abc", "abc"),
          Map.entry("a|b", "ab"),
          Map.entry("10%<20%", "20%"),
          Map.entry("100%<5%", "5%0%"),
          Map.entry("one~two<T", "one~Two"),
          Map.entry("one~<two", "one~two"),
          Map.entry("one<~two", "one~two"),
          Map.entry("ab#c", "ac"),
          Map.entry("ab##c", "c"),
          Map.entry("#a", "a"),
          Map.entry("a~#b", "a~b"),
          Map.entry("abc<d#e", "e"),
          Map.entry("abc<#x", "xbc"),
          Map.entry("12345<ab|c~d", "abc45~d"),
          Map.entry("a|<b|~|c", "b~c"),
          Map.entry("abc~d<##e", "abc~e"),
          Map.entry("ab<cdef", "cdef"),
          Map.entry("ab<c~d", "cb~d"));

  @Test
  void textIsWrittenOverWhatIsThere() {
    var seen = new TreeMap<String, String>();
    for (String written : SEEN_BY_WRITTEN.keySet()) {
      var text = new StreamText();
      for (String piece : control(written).split("\\|")) {
        text.write(piece);
      }
      assertThat(text.length()).isEqualTo(text.toString().length());
      seen.put(written, text.toString().replace('\n', '~'));
    }
    assertThat(seen).containsExactlyInAnyOrderEntriesOf(SEEN_BY_WRITTEN);
  }

  /** {@code ~} stands for a line feed, {@code <} for a carriage return, # for a backspace. */
  private static String control(String text) {
    return text.replace('~', '\n').replace('<', '\r').replace('#', '\b');
  }
}
