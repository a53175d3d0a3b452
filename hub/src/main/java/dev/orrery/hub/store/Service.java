package dev.orrery.hub.store;

import java.util.List;
import java.util.Optional;

/**
 * A program beside the hub that talks to it, and may have a place behind its front door.
 *
 * @param admin whether it was made an administrator by its definition
 * @param url where it listens; empty for one that is not for browsers
 * @param allowedScopes what it may ask for on behalf of people
 * @param info what else is told of it, a JSON object
 * @param display whether pages name it
 * @param noConfirm whether people are let in without being asked
 * @param command program and arguments of one that the hub runs; empty for others
 * @param environment what it gets besides, a JSON object
 * @param user the account it runs as; empty for that of the hub
 * @param timeout seconds until it has to answer
 * @param fromConfig whether the settings define it; the API made it otherwise
 * @param pid the process it was last seen as; 0 for none
 * @param clientId what it is to OAuth; empty where it logs nobody in
 */
public record Service(
    long id,
    String name,
    boolean admin,
    String url,
    List<String> allowedScopes,
    String info,
    boolean display,
    boolean noConfirm,
    List<String> command,
    String cwd,
    String environment,
    String user,
    int timeout,
    boolean fromConfig,
    long pid,
    String clientId) {

  public Service {
    allowedScopes = List.copyOf(allowedScopes);
    command = List.copyOf(command);
  }

  /** Whether the hub runs it. */
  public boolean isManaged() {
    return !command.isEmpty();
  }

  /** Where it listens, if browsers can use it. */
  public Optional<String> address() {
    return url.isEmpty() ? Optional.empty() : Optional.of(url);
  }
}
