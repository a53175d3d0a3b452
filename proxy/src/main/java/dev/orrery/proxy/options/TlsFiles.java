package dev.orrery.proxy.options;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How one side of a proxy is encrypted. The files were readable when the options were read.
 *
 * @param key private key, in PEM
 * @param passphrase of the key
 * @param certificate with its chain, in PEM
 * @param authorities that sign the certificates of the other side, in PEM
 * @param requestCertificate whether the other side is asked for a certificate
 * @param rejectUnauthorized whether it is refused without a valid one
 * @param protocol the one version to speak, as OpenSSL names it ({@code TLSv1_2})
 * @param ciphers OpenSSL's names with colons between them
 * @param dhParameters in PEM
 */
public record TlsFiles(
    Optional<Path> key,
    Optional<Secret> passphrase,
    Optional<Path> certificate,
    Optional<Path> authorities,
    boolean requestCertificate,
    boolean rejectUnauthorized,
    Optional<String> protocol,
    Optional<String> ciphers,
    Optional<Path> dhParameters) {}
