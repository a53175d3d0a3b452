package dev.orrery.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * What may know what; each rule says why. The modules of the build hold the coarse ones, this the
 * finer.
 */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.orrery");

  @Test
  void onlyHttpKnowsTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.orrery.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jetty..")
        .because("the engine can then be replaced in one module")
        .check(CLASSES);
  }

  @Test
  void kernelModuleStandsAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.orrery.http..",
            "dev.orrery.server..",
            "dev.orrery.config..",
            "dev.orrery.telemetry..")
        .because("a Java kernel and other clients of kernels use it without a server")
        .check(CLASSES);
  }

  @Test
  void onlyTheProxyKnowsItsNetworkLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.orrery.proxy..", "dev.orrery.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .because("a notebook server must not pay for loading it")
        .check(CLASSES);
  }

  @Test
  void onlyPodsKnowTheClientOfKubernetes() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.orrery.kubernetes.api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .because(
            "it is heavy: nothing loads it that does not start pods, and names and manifests"
                + " are functions")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage("dev.orrery.kubernetes.names..", "dev.orrery.kubernetes.manifests..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.orrery.kubernetes.api..", "dev.orrery.kubernetes.pods..")
        .because("what is asked for can be looked at without a cluster")
        .check(CLASSES);
  }

  @Test
  void fewKnowTheClientOfHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.orrery.http.client..", "dev.orrery.hub.routes..", "dev.orrery.kubernetes.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.hc..", "java.net.http..")
        .because("limits, trust and what an interrupt does are decided in one place")
        .check(CLASSES);
  }

  @Test
  void podsKnowNoClock() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.kubernetes..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.time\\.(Clock|Instant|InstantSource|.*DateTime)|java\\.util\\.Date")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .because(
            "what a cluster has dated is of its clock, which may be wrong, and is not compared with"
                + " ours; how long something takes is measured by System.nanoTime")
        .check(CLASSES);
  }

  @Test
  void theProxyKnowsNoUsersAndNoOtherProgram() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.proxy..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.orrery.server..", "dev.orrery.kernel..", "dev.orrery.http..", "dev.orrery.web..")
        .because("it runs as its own process, and outlives what it stands in front of")
        .check(CLASSES);
  }

  @Test
  void onlyCommandsSeeTwoPrograms() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.orrery.cli..", "dev.orrery.proxy..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.orrery.proxy..")
        .because("programs know each other by their interfaces on the wire")
        .check(CLASSES);
  }

  @Test
  void routesKnowNoNetwork() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.proxy.routes..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "dev.orrery.proxy.net..")
        .because("another table can be put in the place of ours without knowing how bytes travel")
        .check(CLASSES);
  }

  @Test
  void partsOfTheProxyFormNoCycle() {
    slices()
        .matching("dev.orrery.proxy.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a reader follows a request in one direction")
        .check(CLASSES);
  }

  @Test
  void messagesAndWireKnowNoProcesses() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.orrery.kernel.message..", "dev.orrery.kernel.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.orrery.kernel.process..")
        .because("a kernel speaks the same messages over the same wire without starting anything")
        .check(CLASSES);
  }

  @Test
  void nothingKnowsTheCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.orrery.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.orrery.cli..")
        .because("commands put programs together; a program is whole without them")
        .check(CLASSES);
  }

  @Test
  void settingsAreReadAtTheEdge() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.server..")
        .and()
        .resideOutsideOfPackage("dev.orrery.server.settings..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.orrery.config..")
        .because("components get records of values, so that tests and other programs can make them")
        .check(CLASSES);
  }

  @Test
  void capabilitiesOfTheServerFormNoCycle() {
    slices()
        .matching("dev.orrery.server.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a reader follows a request in one direction")
        .check(CLASSES);
  }

  @Test
  void onlyTheWholeServerKnowsOfAHub() {
    noClasses()
        .that()
        .resideInAPackage("dev.orrery.server.*..")
        .and()
        .resideOutsideOfPackages("dev.orrery.server.hub..", "dev.orrery.server.settings..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.orrery.server.hub..")
        .because("who a visitor is, an IdentityProvider says; the rest is the same without a hub")
        .check(CLASSES);
  }

  @Test
  void nothingPrintsButTheCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.orrery.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .because("a server's words go to its log")
        .check(CLASSES);
  }

  @Test
  void utilityHeapsDoNotAppear() {
    classes()
        .that()
        .resideInAPackage("dev.orrery..")
        .should()
        .resideOutsideOfPackages("..util..", "..utils..", "..common..", "..misc..")
        .because("a package is named after what it is for")
        .check(CLASSES);
  }

  @Test
  void aHubKnowsNoOtherProgram() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.orrery.hub..", "dev.orrery.spawner..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.orrery.server..", "dev.orrery.kernel..", "dev.orrery.proxy..")
        .because("it starts servers of others and leads through proxies of others alike")
        .check(CLASSES);
  }

  @Test
  void onlyTheStoreKnowsTheDatabase() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.orrery.hub.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.zaxxer..", "org.sqlite..", "java.sql..")
        .because("what a transaction is, and when it is tried again, is decided in one place")
        .check(CLASSES);
  }

  @Test
  void scopesAndTokensSeeNoHttp() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.orrery.hub.scopes..", "dev.orrery.hub.tokens..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.orrery.http..", "java.net.http..", "dev.orrery.hub.store..")
        .because("who may do what is a pure question, asked from many places")
        .check(CLASSES);
  }

  @Test
  void partsOfTheHubFormNoCycle() {
    slices()
        .matching("dev.orrery.hub.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a reader follows a request in one direction")
        .check(CLASSES);
  }
}
