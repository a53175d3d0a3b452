package dev.orrery.cli;

import java.lang.reflect.Proxy;

/** What the system says to a process. The public API has only shutdown hooks. */
@SuppressWarnings("sunapi")
final class OnSignal {

  private static final System.Logger LOG = System.getLogger(OnSignal.class.getName());

  private OnSignal() {}

  /** Runs {@code action} on each signal of this name, {@code TERM}, in the place of ending. */
  static void run(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, _) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      Object instance = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, instance, handling);
    } catch (ReflectiveOperationException e) {
      LOG.log(System.Logger.Level.WARNING, "SIG" + name + " will end this server at once: " + e);
    }
  }
}
