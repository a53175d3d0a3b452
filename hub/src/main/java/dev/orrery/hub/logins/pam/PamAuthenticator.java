package dev.orrery.hub.logins.pam;

import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.PamSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Accounts of the machine, with the passwords they have there. */
public final class PamAuthenticator implements Authenticator {

  private static final System.Logger LOG = System.getLogger(PamAuthenticator.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String WRONG = "Invalid username or password";

  private final PamSettings settings;
  private final Optional<Path> folder;
  private final PamLibrary library;
  private final ExecutorService threads;

  private PamAuthenticator(PamSettings settings, Optional<Path> folder, PamLibrary library) {
    this.settings = settings;
    this.folder = folder;
    this.library = library;
    // PAM blocks in C, where a virtual thread would hold up all others.
    this.threads =
        Executors.newFixedThreadPool(
            settings.threads(), Thread.ofPlatform().daemon().name("pam-", 1).factory());
  }

  /** Asks the PAM of this machine; nothing where there is none. */
  public static Optional<PamAuthenticator> open(PamSettings settings) {
    return open(settings, Optional.empty());
  }

  static Optional<PamAuthenticator> open(PamSettings settings, Optional<Path> folder) {
    return PamLibrary.load().map(library -> new PamAuthenticator(settings, folder, library));
  }

  @Override
  public String className() {
    return "jupyterhub.auth.PAMAuthenticator";
  }

  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    if (username.indexOf('\0') >= 0 || password.indexOf('\0') >= 0 || password.isEmpty()) {
      return new Refused(WRONG);
    }
    var answers = new ArrayList<>(List.of(password));
    Optional.ofNullable(form.get("otp"))
        .filter(otp -> !otp.isEmpty() && otp.indexOf('\0') < 0)
        .ifPresent(answers::add);
    Optional<String> problem =
        ask(
            new PamLibrary.Question(
                settings.service(), folder, username, answers, settings.checkAccount()));
    if (problem.isPresent()) {
      LOG.log(System.Logger.Level.WARNING, "PAM refuses a login: " + problem.get());
      return new Refused(WRONG);
    }
    return new Accepted(username, admin(username));
  }

  private Optional<String> ask(PamLibrary.Question question) {
    var asked = threads.submit(() -> library.ask(question));
    try {
      return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return Optional.of("no answer within " + PATIENCE.toSeconds() + " s");
    } catch (ExecutionException e) {
      LOG.log(System.Logger.Level.ERROR, "PAM could not be asked", e);
      return Optional.of("an error, see above");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the hub ends");
    }
  }

  private Admin admin(String username) {
    if (settings.adminGroups().isEmpty()) {
      return Admin.UNKNOWN;
    }
    return isIn(username, settings.adminGroups()) ? Admin.YES : Admin.NO;
  }

  @Override
  public boolean lets(String username) {
    return !settings.allowedGroups().isEmpty() && isIn(username, settings.allowedGroups());
  }

  private static boolean isIn(String username, Set<String> groups) {
    return !Collections.disjoint(SystemGroups.of(username), groups);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
