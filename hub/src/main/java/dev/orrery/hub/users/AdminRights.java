package dev.orrery.hub.users;

import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.store.User;

/** Only administrators make administrators, and change them. */
public final class AdminRights {

  private AdminRights() {}

  /**
   * Refuses to give the rights of an administrator to whoever has them not.
   *
   * @param gives whether they are to be given
   * @throws HttpException 403
   */
  public static void requireToGive(boolean gives, Visitor visitor) {
    if (gives && !visitor.isAdmin()) {
      throw new HttpException(403, "Only admins can grant admin permissions");
    }
  }

  /**
   * Refuses to change an administrator.
   *
   * @throws HttpException 403
   */
  public static void requireToChange(User user, Visitor visitor) {
    if (!visitor.isAdmin() && user.admin()) {
      throw new HttpException(403, "Only admins can modify other admins");
    }
  }
}
