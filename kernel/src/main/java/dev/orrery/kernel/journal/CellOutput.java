package dev.orrery.kernel.journal;

/** One output of a cell. */
public sealed interface CellOutput {

  /**
   * Text of a stream, as it looks once carriage returns and backspaces have done what they do.
   *
   * @param stream {@code stdout} or {@code stderr}
   */
  record Text(String stream, String text) implements CellOutput {}

  /**
   * Anything else.
   *
   * @param type {@code display_data}, {@code execute_result} or {@code error}
   * @param content of its message, a JSON object in UTF-8 that nobody may change; with what
   *     notebooks leave out, such as {@code transient}
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Data(String type, byte[] content) implements CellOutput {}
}
