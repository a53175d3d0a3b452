package dev.orrery.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * File name extensions and what they stand for, as Python's {@code mimetypes} answers for the names
 * notebooks meet.
 */
public final class MediaTypes {

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("aac", "audio/aac"),
          Map.entry("avi", "video/x-msvideo"),
          Map.entry("bin", "application/octet-stream"),
          Map.entry("bmp", "image/bmp"),
          Map.entry("bz2", "application/x-bzip2"),
          Map.entry("c", "text/x-csrc"),
          Map.entry("cjs", "text/javascript"),
          Map.entry("css", "text/css"),
          Map.entry("csv", "text/csv"),
          Map.entry("doc", "application/msword"),
          Map.entry(
              "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
          Map.entry("eot", "application/vnd.ms-fontobject"),
          Map.entry("geojson", "application/geo+json"),
          Map.entry("gif", "image/gif"),
          Map.entry("gz", "application/gzip"),
          Map.entry("h5", "application/x-hdf5"),
          Map.entry("htm", "text/html"),
          Map.entry("html", "text/html"),
          Map.entry("ico", "image/vnd.microsoft.icon"),
          Map.entry("ipynb", "application/x-ipynb+json"),
          Map.entry("java", "text/x-java"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("js", "text/javascript"),
          Map.entry("json", "application/json"),
          Map.entry("m4a", "audio/mp4"),
          Map.entry("map", "application/json"),
          Map.entry("md", "text/markdown"),
          Map.entry("mjs", "text/javascript"),
          Map.entry("mov", "video/quicktime"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("otf", "font/otf"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("png", "image/png"),
          Map.entry("ppt", "application/vnd.ms-powerpoint"),
          Map.entry("ps", "application/postscript"),
          Map.entry("py", "text/x-python"),
          Map.entry("rtf", "application/rtf"),
          Map.entry("sh", "application/x-sh"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("tar", "application/x-tar"),
          Map.entry("tex", "application/x-tex"),
          Map.entry("tif", "image/tiff"),
          Map.entry("tiff", "image/tiff"),
          Map.entry("tsv", "text/tab-separated-values"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("txt", "text/plain"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("wav", "audio/x-wav"),
          Map.entry("webm", "video/webm"),
          Map.entry("webp", "image/webp"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("xls", "application/vnd.ms-excel"),
          Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
          Map.entry("xml", "text/xml"),
          Map.entry("yaml", "application/yaml"),
          Map.entry("yml", "application/yaml"),
          Map.entry("zip", "application/zip"));

  private MediaTypes() {}

  /** The type that belongs to the name's extension, if it is known. */
  public static Optional<String> ofName(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0
        ? Optional.empty()
        : Optional.ofNullable(TYPES.get(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }
}
