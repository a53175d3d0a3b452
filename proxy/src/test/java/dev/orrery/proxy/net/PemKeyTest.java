package dev.orrery.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemKeyTest {

  @TempDir Path folder;

  @Test
  void readsEveryFormOfAnRsaKeyAlike() throws Exception {
    var made = new Certificates(folder);
    made.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out new.key");
    made.run("rsa -in new.key -traditional -out old.key");
    made.run("pkcs8 -topk8 -in new.key -passout pass:secret -out encrypted.key");
    var key = PemKey.read(made.file("new.key"), Optional.empty());
    assertThat(key.getAlgorithm()).isEqualTo("RSA");
    assertThat(Files.readString(made.file("old.key"))).contains("BEGIN RSA PRIVATE KEY");
    assertThat(PemKey.read(made.file("old.key"), Optional.empty())).isEqualTo(key);
    assertThat(PemKey.read(made.file("encrypted.key"), Optional.of("secret"))).isEqualTo(key);
    assertThatIOException()
        .isThrownBy(() -> PemKey.read(made.file("encrypted.key"), Optional.empty()))
        .withMessageContaining("no passphrase");
    assertThatIOException()
        .isThrownBy(() -> PemKey.read(made.file("encrypted.key"), Optional.of("wrong")))
        .withMessageContaining("can't be read");
  }

  @Test
  void readsEcAndEd25519Keys() throws Exception {
    var made = new Certificates(folder);
    for (String curve : new String[] {"prime256v1", "secp384r1"}) {
      // The parameters come as a block of their own before the key.
      made.run("ecparam -name " + curve + " -genkey -out old.key");
      made.run("pkcs8 -topk8 -nocrypt -in old.key -out new.key");
      var key = PemKey.read(made.file("new.key"), Optional.empty());
      assertThat(key.getAlgorithm()).isEqualTo("EC");
      var old = (ECPrivateKey) PemKey.read(made.file("old.key"), Optional.empty());
      assertThat(old.getS()).isEqualTo(((ECPrivateKey) key).getS());
    }
    made.run("genpkey -algorithm ed25519 -out ed.key");
    assertThat(PemKey.read(made.file("ed.key"), Optional.empty()).getAlgorithm())
        .isEqualTo("EdDSA");
  }

  @Test
  void saysWhatIsWrongWithAFile() throws Exception {
    Path file = folder.resolve("key");
    for (String wrong :
        new String[] {
          "",
          "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
          "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
          "-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n",
          "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
          "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n"
        }) {
      Files.writeString(file, wrong);
      assertThatIOException().as(wrong).isThrownBy(() -> PemKey.read(file, Optional.empty()));
    }
  }
}
