package dev.orrery.kernel;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Locale;

/**
 * A folder into which kernelspecs are installed, such as {@code /usr/local/share/jupyter/kernels}.
 *
 * @param folder made with the first spec
 */
public record KernelSpecFolder(Path folder) {

  /** Far above any kernelspec, which is a file, logos and at times a small program. */
  private static final int MAX_FILES = 10_000;

  /**
   * Copies a kernelspec into this folder, in place of one of the same name. Whoever looks meanwhile
   * sees the old one, none, or the whole new one.
   *
   * @param source a directory with a kernel.json; it may be the installed one itself
   * @param name in any case
   * @return where it is now
   * @throws IOException with a sentence when the source holds no kernelspec or the name can't be
   *     one, otherwise when it could not be copied; the old one is then as it was, or gone if it
   *     was its removal that failed
   */
  public Path install(Path source, String name) throws IOException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!KernelSpecs.isName(lower)) {
      throw new IOException("Invalid kernel name '%s'; %s".formatted(lower, KernelSpecs.NAME_RULE));
    }
    check(source, lower);
    Files.createDirectories(folder);
    Path destination = folder.resolve(lower);
    // Beside the folder, where nobody takes a half-made one for a kernelspec.
    Path partial = Files.createTempDirectory(folder.toAbsolutePath().getParent(), ".kernelspec-");
    try {
      Path copy = partial.resolve(lower);
      copy(source, copy);
      remove(destination);
      Files.move(copy, destination, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      remove(partial);
    }
    return destination;
  }

  private static void check(Path source, String name) throws IOException {
    Path file = source.resolve("kernel.json");
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Files.isDirectory(source)
              ? source + " is no kernelspec: there is no kernel.json in it"
              : "there is no directory " + source);
    }
    try {
      KernelSpecReader.read(name, source, file, Files.size(file));
    } catch (IOException e) {
      throw new IOException(file + " can't be used: " + e.getMessage(), e);
    }
  }

  private static void copy(Path source, Path copy) throws IOException {
    Files.walkFileTree(
        source,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        64,
        new SimpleFileVisitor<>() {
          private int files;

          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            // Not with the source's permissions: one that may not be written to could not be
            // filled.
            Files.createDirectory(copied(from));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(from, copied(from), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          private Path copied(Path from) throws IOException {
            files++;
            if (files > MAX_FILES) {
              throw new IOException(
                  source + " has more than " + MAX_FILES + " files; a kernelspec has a few");
            }
            return copy.resolve(source.relativize(from));
          }
        });
  }

  /**
   * Removes the directory of a kernelspec, or a link that leads to one and nothing else.
   *
   * @throws IOException when something of it could not be removed
   */
  public static void remove(Path directory) throws IOException {
    FileTree.delete(directory);
  }
}
