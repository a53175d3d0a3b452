package dev.orrery.kernel;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.kernel.journal.JournalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The running kernels of one server. Thread-safe. A kernel that was shut down or given up is
 * forgotten at once, as jupyter_server does.
 */
public final class Kernels implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Kernels.class.getName());

  /** Ids become file names. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  /** What the cells of one kernel may have put out that is not saved yet. */
  private static final long JOURNAL_BYTES = 64L << 20;

  private static final Duration HOUSEKEEPING = Duration.ofMinutes(5);
  private static final Duration AFTER_KILL_LIMIT = Duration.ofSeconds(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final KernelSettings settings;
  private final KernelSpecs specs;
  private final KernelHost host;
  private final String place;
  private final Kernel.Context context;
  private final CountDownLatch closed = new CountDownLatch(1);

  // Guarded by kernels.
  private final Map<String, Kernel> kernels = new LinkedHashMap<>();
  private @Nullable ServerFolder folder;

  private volatile Consumer<Kernel> whenOver = _ -> {};
  private volatile Instant lastEnded = Instant.now();

  /**
   * Starts nothing yet but the thread that looks for idle kernels.
   *
   * @param place tells this server from others of the same user: one that is gone, and was in the
   *     same place, is followed by this one; see {@link #resume}
   */
  public Kernels(KernelSettings settings, KernelSpecs specs, KernelHost host, String place) {
    this.place = place;
    this.settings = settings;
    this.specs = specs;
    this.host = host;
    var memory = new JournalMemory(JOURNAL_BYTES, Runtime.getRuntime().maxMemory() / 4);
    this.context =
        new Kernel.Context(settings, host, new KernelLauncher(host), new Ports(), memory);
    Thread.ofVirtual().name("kernel housekeeping").start(this::keepHouse);
  }

  /**
   * Starts a kernel and returns once its process runs, before it answers: see {@link
   * Kernel#awaitReady}. A request with the id of a running kernel returns that one.
   *
   * @throws UnknownKernelSpecException when there is no such spec
   * @throws KernelStartException when the directory is missing, the program cannot be run, or there
   *     are too many kernels
   */
  public Kernel start(StartRequest request) throws KernelStartException {
    String id = request.kernelId().orElseGet(() -> UUID.randomUUID().toString());
    if (!ID.matcher(id).matches()) {
      throw new KernelStartException(
          "'" + id + "' cannot be the id of a kernel: letters, digits, '.', '_' and '-' can.");
    }
    KernelSpec spec =
        specs
            .find(request.specName())
            .orElseThrow(() ->
                new UnknownKernelSpecException(
                    "There is no kernel named '%s'; there is %s."
                        .formatted(request.specName(), known())));
    if (!Files.isDirectory(request.cwd())) {
      throw new KernelStartException(
          "Kernel '%s' could not be started: its directory '%s' does not exist."
              .formatted(spec.name(), request.cwd()));
    }
    var kernel = new Kernel(id, spec, request, folder(id, spec), context, () -> over(id));
    synchronized (kernels) {
      Kernel existing = kernels.get(id);
      if (existing != null) {
        return existing;
      }
      if (closed.getCount() == 0) {
        throw new KernelStartException("The server is stopping and starts no kernels.");
      }
      if (kernels.size() >= settings.maxKernels()) {
        throw new KernelStartException(
            "Kernel '%s' could not be started: %d kernels run already, which is the limit. Shut one down first."
                .formatted(spec.name(), settings.maxKernels()));
      }
      kernels.put(id, kernel);
    }
    try {
      kernel.start();
      return kernel;
    } catch (KernelStartException | RuntimeException e) {
      forget(id);
      throw e;
    }
  }

  private KernelFolder folder(String id, KernelSpec spec) throws KernelStartException {
    try {
      return folder().kernel(id);
    } catch (IOException e) {
      throw new KernelStartException(
          "Kernel '%s' could not be started: %s".formatted(spec.name(), e.getMessage()), e);
    }
  }

  private ServerFolder folder() throws IOException {
    synchronized (kernels) {
      if (folder == null) {
        folder = ServerFolder.create(host.runtimeDir(), place);
      }
      return folder;
    }
  }

  /**
   * Goes on with the kernels of servers in the same place that are gone. To be called once, before
   * kernels are started; returns before they answer.
   *
   * @param found is told of each kernel once {@link #find} finds it, and before anything happens to
   *     it; one whose process has ended is over right after that, see {@link #onEnd}
   */
  public void resume(Consumer<Kernel> found) {
    for (ServerFolder left : ServerFolder.left(host.runtimeDir(), place)) {
      try (left) {
        for (KernelFolder kernel : left.kernels()) {
          resume(kernel, found);
        }
      } catch (IOException e) {
        LOG.log(WARNING, "Kernels of an earlier server can''t be used: {0}", e.toString());
      }
    }
  }

  private void resume(KernelFolder from, Consumer<Kernel> found) throws IOException {
    KernelRecord record;
    try {
      record = from.record();
    } catch (IOException e) {
      LOG.log(
          WARNING, "The kernel of an earlier server in '" + from.path() + "' can't be used: " + e);
      from.delete();
      return;
    }
    String id = record.id();
    KernelFolder own = folder().move(from);
    var kernel = new Kernel(record, own, context, () -> over(id));
    synchronized (kernels) {
      kernels.put(id, kernel);
    }
    try {
      found.accept(kernel);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "What is known of kernel " + id + " is lost", e);
    }
    kernel.resume(record);
  }

  /**
   * Lets go of all kernels, which go on running for a server that comes after this one, and starts
   * no more. They are found until the end: a page that asks must not hear that its kernel is gone.
   */
  public void leave() {
    synchronized (kernels) {
      closed.countDown();
    }
    var leaving = new ArrayList<Thread>();
    for (Kernel kernel : list()) {
      leaving.add(Thread.ofVirtual().name("leaving kernel " + kernel.id()).start(kernel::leave));
    }
    try {
      for (Thread thread : leaving) {
        thread.join(AFTER_KILL_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeFolder();
  }

  private void closeFolder() {
    synchronized (kernels) {
      if (folder != null) {
        try {
          folder.close();
        } catch (IOException e) {
          LOG.log(WARNING, "A folder of this server could not be removed: {0}", e.toString());
        }
        folder = null;
      }
    }
  }

  /**
   * Has {@code listener} told of each kernel that ends from now on, for whatever reason, while it
   * is still found and its sessions are attached. The end waits for it.
   */
  public void onEnd(Consumer<Kernel> listener) {
    whenOver = listener;
  }

  private void over(String id) {
    try {
      find(id).ifPresent(whenOver);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "What is to be done at the end of kernel " + id + " failed", e);
    }
    forget(id);
  }

  /** The running kernel of that id. */
  public Optional<Kernel> find(String id) {
    synchronized (kernels) {
      return Optional.ofNullable(kernels.get(id));
    }
  }

  /** All running kernels, oldest first. */
  public List<Kernel> list() {
    synchronized (kernels) {
      return List.copyOf(kernels.values());
    }
  }

  /** When something last happened in any kernel; the end of one counts. */
  public Instant lastActivity() {
    Instant last = lastEnded;
    for (Kernel kernel : list()) {
      if (kernel.lastActivity().isAfter(last)) {
        last = kernel.lastActivity();
      }
    }
    return last;
  }

  /** Ends a kernel and forgets it; returns when its process is gone. */
  public void shutdown(String id) throws KernelNotFoundException {
    find(id)
        .orElseThrow(() -> new KernelNotFoundException("Kernel does not exist: " + id))
        .shutdown();
  }

  /**
   * Ends all kernels at the same time.
   *
   * @param limit when it has passed, those still there are killed; returns a few seconds later at
   *     the latest
   */
  public void shutdownAll(Duration limit) {
    List<Kernel> all = list();
    var ending = new ArrayList<Thread>();
    for (Kernel kernel : all) {
      ending.add(
          Thread.ofVirtual().name("shutdown of kernel " + kernel.id()).start(kernel::shutdown));
    }
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      for (int i = 0; i < all.size(); i++) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        if (!ending.get(i).join(left)) {
          all.get(i).kill();
        }
      }
      for (Thread thread : ending) {
        // What follows a kill is quick: the connection file goes and the sessions are told.
        if (!thread.join(AFTER_KILL_LIMIT)) {
          LOG.log(WARNING, "The {0} goes on in the background", thread.getName());
        }
      }
    } catch (InterruptedException e) {
      all.forEach(Kernel::kill);
      Thread.currentThread().interrupt();
    }
  }

  /** Starts no more kernels and ends all there are. */
  @Override
  public void close() {
    synchronized (kernels) {
      closed.countDown();
    }
    shutdownAll(CLOSE_LIMIT);
    closeFolder();
  }

  private void forget(String id) {
    synchronized (kernels) {
      kernels.remove(id);
    }
    lastEnded = Instant.now();
  }

  private String known() {
    var names = specs.findAll().keySet();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private void keepHouse() {
    boolean culling = settings.culling().idleTimeout().isPositive();
    Duration pause = culling ? settings.culling().interval() : HOUSEKEEPING;
    try {
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Kernel kernel : list()) {
          try {
            kernel.expireBuffers();
            if (culling) {
              cullIfIdle(kernel);
            }
          } catch (RuntimeException e) {
            LOG.log(ERROR, "Looking after kernel " + kernel.id() + " failed", e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cullIfIdle(Kernel kernel) {
    Duration idle = Duration.between(kernel.lastActivity(), Instant.now());
    Duration limit = cullIdleTimeout(kernel.spec());
    ExecutionState state = kernel.state();
    boolean ending = state == ExecutionState.TERMINATING || state == ExecutionState.DEAD;
    boolean busy = state == ExecutionState.BUSY;
    int connections = kernel.connections();
    if (!ending
        && idle.compareTo(limit) > 0
        && (settings.culling().busy() || !busy)
        && (settings.culling().connected() || connections == 0)) {
      LOG.log(
          WARNING,
          "Culling kernel {0} ({1}), {2}, with {3} connections, after {4} s of inactivity",
          kernel.id(),
          kernel.name(),
          state.wireName(),
          connections,
          Long.toString(idle.toSeconds()));
      Thread.ofVirtual().name("culling of kernel " + kernel.id()).start(kernel::shutdown);
    }
  }

  private Duration cullIdleTimeout(KernelSpec spec) {
    var own = spec.metadata().path("cull_idle_timeout");
    return own.isNumber()
        ? Duration.ofMillis((long) (own.asDouble() * 1000))
        : settings.culling().idleTimeout();
  }
}
