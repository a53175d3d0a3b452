package dev.orrery.hub.logins.pam;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** PAM services of our own, whose passwords a program knows: {@code right-} and the name. */
final class PamServices {

  private PamServices() {}

  /** Writes {@code good}, and {@code expired} by which accounts are not in order. */
  static void write(Path folder) throws IOException {
    boolean there =
        PamLibrary.load().isPresent()
            && Stream.of("/lib", "/usr/lib", "/lib64", "/usr/lib64")
                .flatMap(
                    lib -> Stream.of(lib, lib + "/x86_64-linux-gnu", lib + "/aarch64-linux-gnu"))
                .anyMatch(lib -> Files.exists(Path.of(lib, "security", "pam_exec.so")));
    assumeTrue(there, "platform: there is no PAM with pam_exec here");
    Path check = folder.resolve("check.sh");
    Files.writeString(
        check,
        """
        #!/bin/sh
        test "$(head -c 200 | tr -d '\\000')" = "right-$PAM_USER"
        """);
    Files.setPosixFilePermissions(check, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        folder.resolve("good"),
        "auth required pam_exec.so expose_authtok quiet "
            + check
            + "\naccount required pam_permit.so\n");
    Files.writeString(
        folder.resolve("expired"),
        "auth required pam_exec.so expose_authtok quiet "
            + check
            + "\naccount required pam_deny.so\n");
  }
}
