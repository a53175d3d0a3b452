package dev.orrery.proxy.routes;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * One route. Thread-safe; what it was made with stays as it is.
 *
 * <p>The table replaces a route by a new one when it is added again, so whoever holds this one goes
 * on with the target it was found with.
 */
public final class Route {

  private final String path;
  private final Target target;
  private final ObjectNode data;
  private volatile Traffic traffic;
  private volatile long lastActivity;

  /**
   * Makes a route.
   *
   * @param path as {@link RoutePath#clean} gives it
   * @param data what the API was given, {@code target} included; not to be changed any more
   * @param now when it was made, in milliseconds since the epoch: that counts as activity
   */
  public Route(String path, Target target, ObjectNode data, long now) {
    this.path = path;
    this.target = target;
    this.data = data;
    this.traffic = new Traffic();
    this.lastActivity = now;
  }

  /** Counts on where another one stopped. Called before anybody asks for this one. */
  void continues(Route replaced) {
    traffic = replaced.traffic;
  }

  /** The decoded path that requests begin with, with a slash at the start and none at the end. */
  public String path() {
    return path;
  }

  /** Where its requests go. */
  public Target target() {
    return target;
  }

  /** What the API was given for it; not to be changed. */
  public ObjectNode data() {
    return data;
  }

  /** What went through it. */
  public Traffic traffic() {
    return traffic;
  }

  /** Something came from a client, or a request was answered well. */
  public void active(long now) {
    // A plain write when the clock has not moved keeps threads out of each other's way.
    if (now > lastActivity) {
      lastActivity = now;
    }
  }

  /** When something last happened. */
  public Instant lastActivity() {
    return Instant.ofEpochMilli(lastActivity);
  }

  /** What the API tells of it: the given data with {@code last_activity}. */
  public ObjectNode toJson() {
    ObjectNode json = data.deepCopy();
    return json.put("last_activity", JsonTime.text(lastActivity()));
  }
}
