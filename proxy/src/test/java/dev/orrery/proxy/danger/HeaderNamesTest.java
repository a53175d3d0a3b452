package dev.orrery.proxy.danger;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A name that one reader trims or skips and another one takes as it is. */
class HeaderNamesTest extends DangerTest {

  @TestFactory
  List<DynamicTest> aNameThatIsNoTokenIsRefused() throws IOException {
    return refused(
        Map.ofEntries(
            Map.entry("a space before the colon", POST + "Content-Length : 2\r\n\r\nab"),
            Map.entry(
                "a tab before the colon", POST + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
            Map.entry("a space in the name", GET + "Content Length: 2\r\n\r\n"),
            Map.entry("no name", GET + ": b\r\n\r\n"),
            Map.entry("no colon", GET + "Header\r\n\r\n"),
            Map.entry("a NUL in the name", GET + "A\0: b\r\n\r\n"),
            Map.entry("a byte beyond ASCII in the name", GET + "\u00e4: b\r\n\r\n"),
            Map.entry("a bracket in the name", GET + "A(: b\r\n\r\n"),
            Map.entry("a vertical tab in the name", POST + "Content-Length\u000b: 2\r\n\r\nab")));
  }
}
