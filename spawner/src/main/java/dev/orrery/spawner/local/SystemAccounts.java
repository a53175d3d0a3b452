package dev.orrery.spawner.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The accounts of the machine, also those of a directory service, which only {@code getent} knows.
 */
final class SystemAccounts implements Accounts {

  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final int PATIENCE_SECONDS = 20;
  private static final int MOST_BYTES = 64 * 1024;

  @Override
  public Optional<Account> find(String name) throws IOException, InterruptedException {
    // No account is called like this; getent would take the second for an option.
    if (name.isEmpty()
        || name.startsWith("-")
        || name.indexOf(':') >= 0
        || name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Optional<Path> getent = Programs.ofSystem("getent");
    List<String> lines =
        getent.isPresent() ? ask(getent.get(), name) : Files.readAllLines(PASSWD, UTF_8);
    // Asked for a number, getent answers with whoever has it.
    return lines.stream()
        .flatMap(line -> account(line).stream())
        .filter(account -> account.name().equals(name))
        .findFirst();
  }

  private static List<String> ask(Path getent, String name)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(getent.toString(), "passwd", name);
    builder.redirectInput(Redirect.from(new File("/dev/null")));
    builder.redirectError(Redirect.DISCARD);
    Process process = builder.start();
    try (var output = process.getInputStream()) {
      // One line is far less than a pipe holds, so that nothing has to be read before the end.
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("Looking for the account '" + name + "' took too long.");
      }
      return new String(output.readNBytes(MOST_BYTES), UTF_8).lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Optional<Account> account(String line) {
    String[] fields = line.split(":", -1);
    if (fields.length < 7) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Account(
              fields[0],
              Integer.parseUnsignedInt(fields[2]),
              Integer.parseUnsignedInt(fields[3]),
              fields[5],
              fields[6]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
