package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers requests whose bodies are small. */
public interface Endpoint {

  /**
   * What can be said before the body of a request was read: a refusal, mostly. Nothing when the
   * body is wanted. Called on an event loop, so it must not take long.
   */
  Optional<Answer> beforeBody(Request request);

  /** How many bytes the body of a request may have that {@link #beforeBody} let pass. */
  default int mostBytes(Request request) {
    return 1 << 20;
  }

  /**
   * The answer to a request that {@link #beforeBody} let pass. Called on a thread for this alone,
   * one request after the other.
   */
  Answer answer(Request request, byte[] body);

  /** Told once of each answer that is about to be written, on either thread. */
  void answered(Request request, Answer answer);

  /**
   * The head of a request.
   *
   * @param target as the client sent it
   * @param host what the header of this name has; empty when there is none
   * @param authorization what the header of this name has; empty when there is none
   */
  record Request(String method, String target, String host, String authorization) {

    /** Path and query; proxies between a caller and us may have sent the whole address. */
    String origin() {
      if (target.startsWith("/")) {
        return target;
      }
      int authority = target.indexOf("://");
      int path = authority < 0 ? -1 : target.indexOf('/', authority + 3);
      return path < 0 ? "/" : target.substring(path);
    }

    /** The target without its query. */
    String path() {
      int query = target.indexOf('?');
      return query < 0 ? target : target.substring(0, query);
    }

    /** The query, without its question mark; empty when there is none. */
    String query() {
      int query = target.indexOf('?');
      return query < 0 ? "" : target.substring(query + 1);
    }
  }

  /**
   * An answer.
   *
   * @param headers beside those that every answer has
   * @param note what the log says beside the status
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and written once.
  record Answer(int status, Map<String, String> headers, byte[] body, String note) {

    private static final byte[] NOTHING = {};

    /** With one more header. */
    Answer with(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Answer(status, more, body, note);
    }

    static Answer empty(int status) {
      return new Answer(status, Map.of(), NOTHING, "");
    }

    static Answer of(String contentType, byte[] body) {
      return new Answer(200, Map.of("Content-Type", contentType), body, "");
    }

    /** A refusal whose sentence is its body, as configurable-http-proxy gives them. */
    static Answer refused(int status, String sentence) {
      return new Answer(status, Map.of(), sentence.getBytes(UTF_8), sentence);
    }

    static Answer notFound() {
      return new Answer(404, Map.of(), "Not Found".getBytes(UTF_8), "");
    }
  }
}
