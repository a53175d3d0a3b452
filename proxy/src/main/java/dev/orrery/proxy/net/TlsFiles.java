package dev.orrery.proxy.net;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one side of a proxy needs to speak TLS, as files in PEM form. The files may be replaced
 * while the proxy runs.
 *
 * @param key the private key, if there is one
 * @param certificate the certificate of the key with its chain, if there is one
 * @param authorities whose certificates of others are trusted; empty for the system's own
 * @param passphrase of the key, if it is encrypted
 * @param askForCertificate for a server: whether clients need a certificate of these authorities
 */
public record TlsFiles(
    Optional<Path> key,
    Optional<Path> certificate,
    Optional<Path> authorities,
    Optional<String> passphrase,
    boolean askForCertificate) {

  /** Nothing given. */
  public static TlsFiles none() {
    return new TlsFiles(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  List<Path> all() {
    return Stream.of(key, certificate, authorities).flatMap(Optional::stream).toList();
  }

  /** Keeps the passphrase out of logs. */
  @Override
  public String toString() {
    return "TlsFiles[" + key + ", " + certificate + ", " + authorities + "]";
  }
}
