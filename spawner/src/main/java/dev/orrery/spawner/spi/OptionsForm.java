package dev.orrery.spawner.spi;

import java.util.List;
import java.util.Map;

/** What people choose before their server is started. */
public interface OptionsForm {

  /**
   * The fields, as HTML that goes into a form of the hub's. The spawner vouches for it: whatever is
   * not its operator's is escaped.
   *
   * @param last what was chosen for the last start; empty where there was none
   */
  String html(Map<String, Object> last);

  /**
   * What was chosen.
   *
   * @param fields of the form as they were sent, or of a query
   * @return what {@link SpawnRequest#userOptions} shall be
   */
  Map<String, Object> chosen(Map<String, List<String>> fields);
}
