package dev.orrery.telemetry;

import java.io.PrintStream;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sets up logging of one process. Code logs through {@link System.Logger}; libraries that want
 * SLF4J end in the same place through {@code slf4j-jdk14}.
 */
public final class Logging {

  // Held strongly: java.util.logging keeps loggers weakly, and a collected one forgets its level.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.orrery");
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");
  private static final Logger NETTY = Logger.getLogger("io.netty");

  private Logging() {}

  /**
   * Replaces every handler of the process by one that writes to {@code out}. May be called again,
   * for example once the settings are known; the last call counts.
   *
   * @param level the least level written of what our code says. Libraries are written from INFO on,
   *     the HTTP and network engines from WARNING on, whatever lower level is asked for
   * @param format lines of some shape or JSON objects
   * @param out where to write; not closed
   */
  public static void configure(System.Logger.Level level, LogFormat format, PrintStream out) {
    LogManager.getLogManager().reset();
    Level julLevel = toJul(level);
    // What libraries and the runtime say at DEBUG is about themselves, certificate by certificate.
    ROOT.setLevel(atLeast(Level.INFO, julLevel));
    OURS.setLevel(julLevel);
    // What these say below warnings is about themselves as well, and at DEBUG each header of a
    // request, with the secrets in it.
    JETTY.setLevel(atLeast(Level.WARNING, julLevel));
    NETTY.setLevel(atLeast(Level.WARNING, julLevel));
    ROOT.addHandler(new StreamHandler(out, formatter(format)));
  }

  private static Level atLeast(Level least, Level level) {
    return level.intValue() < least.intValue() ? least : level;
  }

  private static Formatter formatter(LogFormat format) {
    return switch (format) {
      case LINE -> new LineFormatter();
      case JSON -> new JsonFormatter();
      case PROXY -> new ProxyFormatter(false);
      case PROXY_IN_COLOUR -> new ProxyFormatter(true);
    };
  }

  private static Level toJul(System.Logger.Level level) {
    return switch (level) {
      case ALL -> Level.ALL;
      case TRACE -> Level.FINER;
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARNING;
      case ERROR -> Level.SEVERE;
      case OFF -> Level.OFF;
    };
  }

  /**
   * Writes whole records and flushes each, so that the last line before a crash is on the terminal.
   */
  private static final class StreamHandler extends Handler {
    private final PrintStream out;

    StreamHandler(PrintStream out, Formatter formatter) {
      this.out = out;
      setFormatter(formatter);
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord record) {
      if (isLoggable(record)) {
        out.print(getFormatter().format(record));
        out.flush();
      }
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
