package dev.orrery.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Serves files with validators, single ranges and, where a {@code .gz} twin exists, compressed. */
public final class StaticFiles {

  private static final String FOR_EVER = "max-age=31536000, immutable";

  private StaticFiles() {}

  /**
   * The first of {@code folders} that has the file.
   *
   * @param folders looked through in order
   * @param path names separated by slashes, as of {@link RawPath}
   * @return empty when none has it, or when following links leads out of its folder
   */
  public static Optional<Path> find(List<Path> folders, String path) throws IOException {
    for (Path folder : folders) {
      Path file = folder.resolve(path);
      if (Files.isRegularFile(file)) {
        // Linked folders are common (development installs); a path that climbs is not.
        return file.normalize().startsWith(folder.normalize())
            ? Optional.of(file)
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * Answers with a file: 200, 206, 304 or 416.
   *
   * @param file an existing regular file
   * @param contentType what it is
   * @param immutable whether its name changes with its content
   * @throws HttpException 404 when the file is gone or can't be read
   */
  public static void send(Exchange exchange, Path file, String contentType, boolean immutable)
      throws IOException {
    try {
      Path twin = file.resolveSibling(file.getFileName() + ".gz");
      boolean exists = Files.isRegularFile(twin);
      boolean zip = exists && acceptsGzip(exchange);
      if (exists) {
        exchange.set("Vary", "Accept-Encoding");
      }
      if (zip) {
        exchange.set("Content-Encoding", "gzip");
      }
      sendPlain(exchange, zip ? twin : file, contentType, immutable);
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new HttpException(404, "No such file: " + exchange.rawPath());
    }
  }

  /**
   * Answers with a user's file as it is, never with a compressed twin that happens to lie beside
   * it.
   *
   * @param file an existing regular file
   * @param contentType what it is
   * @throws HttpException 404 when the file is gone, 403 when it can't be read
   */
  public static void sendExactly(Exchange exchange, Path file, String contentType)
      throws IOException {
    try {
      sendPlain(exchange, file, contentType, false);
    } catch (NoSuchFileException e) {
      throw new HttpException(404, "No such file: " + exchange.rawPath());
    } catch (AccessDeniedException e) {
      throw new HttpException(403, "Permission denied: " + exchange.rawPath());
    }
  }

  private static boolean acceptsGzip(Exchange exchange) {
    return exchange.header("Range").isEmpty()
        && exchange.header("Accept-Encoding").filter(StaticFiles::namesGzip).isPresent();
  }

  private static boolean namesGzip(String accepted) {
    for (String one : accepted.split(",", -1)) {
      String coding = one.strip();
      if (coding.equals("gzip")
          || coding.matches("gzip\\s*;.*") && !coding.matches(".*q=0(\\.0*)?\\s*")) {
        return true;
      }
    }
    return false;
  }

  private static void sendPlain(Exchange exchange, Path file, String contentType, boolean immutable)
      throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    long size = attributes.size();
    long modified = attributes.lastModifiedTime().toMillis();
    String tag = '"' + Long.toHexString(modified) + '-' + Long.toHexString(size) + '"';
    exchange.set("ETag", tag).set("Accept-Ranges", "bytes");
    exchange.set("Last-Modified", httpDate(modified));
    exchange.setIfAbsent("Cache-Control", immutable ? FOR_EVER : "no-cache");
    if (exchange.header("If-None-Match").filter(given -> matches(given, tag)).isPresent()) {
      exchange.sendEmpty(304);
      return;
    }
    Optional<String> asked =
        exchange
            .header("Range")
            .filter(_ -> exchange.header("If-Range").map(tag::equals).orElse(true));
    long start = 0;
    long end = size;
    int status = 200;
    if (asked.isPresent()) {
      Optional<long[]> range = range(asked.get(), size);
      if (range.isPresent() && range.get().length == 0) {
        exchange.set("Content-Range", "bytes */" + size);
        exchange.sendEmpty(416);
        return;
      }
      if (range.isPresent()) {
        start = range.get()[0];
        end = range.get()[1];
        status = 206;
        exchange.set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + size);
      }
    }
    exchange.set("Content-Length", Long.toString(end - start));
    try (var channel = FileChannel.open(file, StandardOpenOption.READ);
        InputStream in = Channels.newInputStream(channel.position(start));
        OutputStream out = exchange.stream(status, contentType)) {
      if (!exchange.method().equals("HEAD")) {
        copy(in, out, end - start);
      }
    }
  }

  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long left = length;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw new IOException("The file shrank while it was sent");
      }
      out.write(buffer, 0, count);
      left -= count;
    }
  }

  private static boolean matches(String given, String tag) {
    for (String one : given.split(",", -1)) {
      String trimmed = one.strip();
      if (trimmed.equals("*") || trimmed.equals(tag) || trimmed.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Start and end (exclusive) of a single range; an empty array when it can't be satisfied; empty
   * when ignored.
   */
  private static Optional<long[]> range(String header, long size) {
    if (!header.startsWith("bytes=") || header.indexOf(',') >= 0) {
      return Optional.empty();
    }
    String[] ends = header.substring("bytes=".length()).strip().split("-", -1);
    if (ends.length != 2
        || !isNumber(ends[0])
        || !isNumber(ends[1])
        || ends[0].isEmpty() && ends[1].isEmpty()
        || !ends[0].isEmpty()
            && !ends[1].isEmpty()
            && Long.parseLong(ends[0]) > Long.parseLong(ends[1])) {
      return Optional.empty();
    }
    long start =
        ends[0].isEmpty() ? Math.max(0, size - Long.parseLong(ends[1])) : Long.parseLong(ends[0]);
    long end =
        ends[0].isEmpty() || ends[1].isEmpty() ? size : Math.min(size, Long.parseLong(ends[1]) + 1);
    return Optional.of(start >= end ? new long[0] : new long[] {start, end});
  }

  private static boolean isNumber(String digits) {
    return digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String httpDate(long millis) {
    return DateTimeFormatter.RFC_1123_DATE_TIME
        .withLocale(Locale.ROOT)
        .format(ZonedDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC))
        .replaceFirst("^(\\w+, )(\\d )", "$10$2");
  }
}
