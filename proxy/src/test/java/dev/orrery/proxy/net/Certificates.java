package dev.orrery.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Keys and certificates made for a test, by openssl, which writes the forms that people have. */
public final class Certificates {

  private final Path folder;

  /** Makes an authority in an empty folder. */
  public Certificates(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority"
            + " -keyout authority.key -out authority.crt");
  }

  /** A key with a certificate of the authority for {@code name} and 127.0.0.1. */
  public TlsFiles issue(String name, boolean askForCertificate)
      throws IOException, InterruptedException {
    return issue(name, askForCertificate, "DNS:localhost,IP:127.0.0.1,DNS:" + name);
  }

  /** A key with a certificate of the authority for these names alone. */
  public TlsFiles issue(String name, boolean askForCertificate, String names)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("names"), "subjectAltName=" + names);
    run("req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout one.key -out one.csr");
    run(
        "x509 -req -in one.csr -CA authority.crt -CAkey authority.key -days 2 -extfile names"
            + " -out "
            + name
            + ".crt");
    Files.move(
        folder.resolve("one.key"),
        folder.resolve(name + ".key"),
        StandardCopyOption.REPLACE_EXISTING);
    return new TlsFiles(
        Optional.of(folder.resolve(name + ".key")),
        Optional.of(folder.resolve(name + ".crt")),
        Optional.of(authority()),
        Optional.empty(),
        askForCertificate);
  }

  /** The certificate of the authority. */
  public Path authority() {
    return folder.resolve("authority.crt");
  }

  /** Runs openssl with words parted by spaces. */
  void run(String words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words.split(" ")));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(words + "\n" + Files.readString(log)).isZero();
  }

  Path file(String name) {
    return folder.resolve(name);
  }
}
