package dev.orrery.server.sessions;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.KernelStartException;
import dev.orrery.kernel.Kernels;
import dev.orrery.server.contents.ContentPaths;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Which document uses which kernel. Thread-safe. A session whose kernel is gone is gone. Nothing
 * waits for a kernel that starts, except who opens the document it starts for.
 */
public final class SessionTable {

  private static final System.Logger LOG = System.getLogger(SessionTable.class.getName());
  private static final int MAX_SESSIONS = 10_000;

  /** One document with its kernel. */
  record Session(String id, String path, String name, String type, String kernelId) {}

  /** Gives the kernel of a new session; may take long. */
  interface KernelSource {
    Kernel get() throws KernelStartException;
  }

  private final Kernels kernels;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();

  // Guarded by lock.
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Set<String> opening = new HashSet<>();

  /** There are no sessions at first. */
  public SessionTable(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * The session of a document, which is made when there is none. Two tabs that open one document at
   * once get one session and one kernel: the second waits for the first, and tries by itself when
   * the first had no luck.
   */
  Session open(String path, String name, String type, KernelSource source)
      throws KernelStartException, InterruptedException {
    Optional<Session> existing = findOrReserve(path);
    if (existing.isPresent()) {
      return existing.get();
    }
    Optional<Session> made = Optional.empty();
    try {
      Kernel kernel = source.get();
      made = Optional.of(new Session(UUID.randomUUID().toString(), path, name, type, kernel.id()));
      return made.get();
    } finally {
      release(path, made);
    }
  }

  private Optional<Session> findOrReserve(String path) throws InterruptedException {
    lock.lock();
    try {
      Optional<Session> existing = byPath(path);
      while (existing.isEmpty() && opening.contains(path)) {
        opened.await();
        existing = byPath(path);
      }
      if (existing.isEmpty()) {
        if (sessions.size() + opening.size() >= MAX_SESSIONS) {
          throw new HttpException(
              503, "There are " + MAX_SESSIONS + " sessions already; end some first");
        }
        opening.add(path);
      }
      return existing;
    } finally {
      lock.unlock();
    }
  }

  private void release(String path, Optional<Session> made) {
    lock.lock();
    try {
      if (made.isPresent()) {
        sessions.put(made.get().id(), made.get());
        keep(made.get().kernelId());
      }
      opening.remove(path);
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Session> byPath(String path) {
    for (Session session : sessions.values()) {
      if (session.path().equals(path) && lives(session)) {
        return Optional.of(session);
      }
    }
    return Optional.empty();
  }

  private boolean lives(Session session) {
    return kernels.find(session.kernelId()).isPresent();
  }

  /**
   * The kernel of a document.
   *
   * @param path clean
   * @return empty when it has none
   */
  public Optional<Kernel> kernelOf(String path) {
    lock.lock();
    try {
      return sessions.values().stream()
          .filter(session -> ContentPaths.clean(session.path()).equals(path))
          .flatMap(session -> kernels.find(session.kernelId()).stream())
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** The documents that use a kernel, by their clean paths. */
  public List<String> documentsOf(String kernelId) {
    lock.lock();
    try {
      return sessions.values().stream()
          .filter(session -> session.kernelId().equals(kernelId))
          .map(session -> ContentPaths.clean(session.path()))
          .distinct()
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Has the documents of a kernel kept with it, for a server that goes on with the kernel. */
  private void keep(String kernelId) {
    kernels
        .find(kernelId)
        .ifPresent(kernel -> {
          ArrayNode list = Json.array();
          for (Session session : sessions.values()) {
            if (session.kernelId().equals(kernelId)) {
              list.addObject()
                  .put("id", session.id())
                  .put("path", session.path())
                  .put("name", session.name())
                  .put("type", session.type());
            }
          }
          try {
            kernel.note(Json.bytes(list));
          } catch (IOException e) {
            LOG.log(
                System.Logger.Level.WARNING,
                "After a crash it will not be known which notebooks use kernel "
                    + kernelId
                    + ": "
                    + e);
          }
        });
  }

  /** Takes the documents of a kernel that a server before this one has started. */
  public void restore(Kernel kernel) {
    lock.lock();
    try {
      Optional<byte[]> note = kernel.note();
      if (note.isPresent()) {
        for (JsonNode one : Json.parse(note.get())) {
          var session =
              new Session(
                  one.path("id").asString(""),
                  one.path("path").asString(""),
                  one.path("name").asString(""),
                  one.path("type").asString(""),
                  kernel.id());
          sessions.put(session.id(), session);
        }
      }
    } catch (IOException | JacksonException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Which notebooks use kernel " + kernel.id() + " is not known any more: " + e);
    } finally {
      lock.unlock();
    }
  }

  /** All sessions, oldest first. */
  List<Session> list() {
    lock.lock();
    try {
      sessions.values().removeIf(session -> !lives(session));
      return List.copyOf(sessions.values());
    } finally {
      lock.unlock();
    }
  }

  Optional<Session> find(String id) {
    lock.lock();
    try {
      Session session = sessions.get(id);
      if (session == null || !lives(session)) {
        sessions.remove(id);
        return Optional.empty();
      }
      return Optional.of(session);
    } finally {
      lock.unlock();
    }
  }

  /** A session before and after a change. */
  record Change(Session before, Session after) {}

  /**
   * Changes a session in one step.
   *
   * @param change keeps the id
   * @return empty when there is no such session
   */
  Optional<Change> change(String id, UnaryOperator<Session> change) {
    lock.lock();
    try {
      Session before = sessions.get(id);
      if (before == null) {
        return Optional.empty();
      }
      Session after = change.apply(before);
      sessions.put(id, after);
      keep(after.kernelId());
      if (!before.kernelId().equals(after.kernelId())) {
        keep(before.kernelId());
      }
      return Optional.of(new Change(before, after));
    } finally {
      lock.unlock();
    }
  }

  /** Takes a session out of the table; empty when another was faster. */
  Optional<Session> remove(String id) {
    lock.lock();
    try {
      Optional<Session> removed = Optional.ofNullable(sessions.remove(id));
      removed.ifPresent(session -> keep(session.kernelId()));
      return removed;
    } finally {
      lock.unlock();
    }
  }
}
