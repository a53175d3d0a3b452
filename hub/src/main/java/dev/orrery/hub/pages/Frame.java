package dev.orrery.hub.pages;

import java.util.List;
import java.util.Optional;

/**
 * What a page has around what it says.
 *
 * @param hubPath what its links begin with
 * @param texts in the language of who reads it
 * @param user who is logged in
 * @param links where one can go from here, for who is logged in
 * @param parts what there is for administrators, as far as who is logged in may see it
 * @param here which of the links this is; empty for none
 * @param announcement HTML of the operator's
 */
record Frame(
    String hubPath,
    Texts texts,
    Optional<String> user,
    List<Link> links,
    List<Link> parts,
    String here,
    String announcement) {

  /**
   * A way to another page.
   *
   * @param text the key of what it says
   */
  record Link(String path, String text) {}

  String say(String key, Object... values) {
    return texts.say(key, values);
  }

  /** What stands beside the field of a new password of at least so many characters. */
  String newPassword(int least) {
    return least > 1 ? say("password.new", least) : say("password.new.any");
  }

  /** Whether there is a part for administrators of that path, and who reads this may see it. */
  boolean leadsTo(String path) {
    return parts.stream().anyMatch(part -> part.path().equals(path));
  }

  String language() {
    return texts.language();
  }

  /** An address below the hub's. */
  String hub(String path) {
    return hubPath + path;
  }
}
