package dev.orrery.kernel.message;

/**
 * The fields of a message header that routing needs. A field that is missing, or is no string, is
 * the empty string.
 *
 * @param msgId identifies the message; replies carry it in their parent header
 * @param session the client session that sent the message
 * @param username who sent it, as the sender says
 * @param msgType such as {@code execute_request}
 * @param version of the messaging protocol, such as {@code 5.4}
 * @param subshellId the subshell a request is for; empty for the main one
 */
public record Header(
    String msgId,
    String session,
    String username,
    String msgType,
    String version,
    String subshellId) {

  /** What stands in the parent header of a message that answers nothing. */
  public static final Header EMPTY = new Header("", "", "", "", "", "");

  /** Whether nothing is known: the header was {@code {}} or absent. */
  public boolean isEmpty() {
    return equals(EMPTY);
  }
}
