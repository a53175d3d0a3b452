package dev.orrery.proxy.danger;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Two readers that take the length of a body from different headers see different requests. */
class ConflictingLengthsTest extends DangerTest {

  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: example\r\n\r\n";

  @TestFactory
  List<DynamicTest> aBodyOfUncertainLengthIsRefused() throws IOException {
    return refused(
        Map.ofEntries(
            Map.entry(
                "length and chunks",
                POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
            Map.entry(
                "chunks and length",
                POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN),
            Map.entry(
                "two lengths",
                POST
                    + "Content-Length: 0\r\nContent-Length: "
                    + HIDDEN.length()
                    + "\r\n\r\n"
                    + HIDDEN),
            Map.entry(
                "the same length twice", POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"),
            Map.entry("a list of lengths", POST + "Content-Length: 2, 3\r\n\r\nabc"),
            Map.entry("a sign", POST + "Content-Length: +2\r\n\r\nab"),
            Map.entry("a negative length", POST + "Content-Length: -1\r\n\r\n" + HIDDEN),
            Map.entry("a hexadecimal length", POST + "Content-Length: 0x2\r\n\r\nab"),
            Map.entry(
                "a length with a space in it", POST + "Content-Length: 1 0\r\n\r\n0123456789"),
            Map.entry("a length with a dot", POST + "Content-Length: 2.0\r\n\r\nab"),
            Map.entry("no length", POST + "Content-Length: \r\n\r\n" + HIDDEN),
            Map.entry(
                "a length beyond 64 bits", POST + "Content-Length: 18446744073709551618\r\n\r\nab"),
            Map.entry("digits of another script", POST + "Content-Length: \u00b2\r\n\r\nab"),
            Map.entry(
                "a length on a GET twice",
                GET
                    + "Content-Length: 0\r\ncontent-length: "
                    + HIDDEN.length()
                    + "\r\n\r\n"
                    + HIDDEN)));
  }
}
